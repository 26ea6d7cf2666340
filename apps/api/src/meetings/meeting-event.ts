import { Injectable } from '@nestjs/common';
import type { Instant, Uuid } from '@daymark/domain';
import type { Transaction } from '../database/database.ts';
import { Placements } from '../placements/placements.ts';
import type { Offer } from './conference.ts';
import { eventFieldsOf } from './event-fields.ts';
import { MeetingsRepository } from './meetings.repository.ts';

/** The calendar on which a meeting is organised. */
export interface OrganizerCalendar extends Offer {
  readonly userId: Uuid;
}

/** The event of a meeting on its organiser's calendar. */
@Injectable()
export class MeetingEvent {
  constructor(
    private readonly meetings: MeetingsRepository,
    private readonly placements: Placements,
  ) {}

  /** Null when it is on none, or a person took it from there. */
  async calendarOf(tx: Transaction, meetingId: Uuid): Promise<OrganizerCalendar | null> {
    const [row] = await tx.query<{ user_id: Uuid; name: string; conference_types: string[] }[]>(
      `SELECT n.user_id, k.name, k.conference_types
       FROM placements p JOIN calendars k ON k.id = p.calendar_id JOIN connections n ON n.id = k.connection_id
       WHERE p.thing_kind = 'meeting' AND p.thing_id = $1 AND p.role = 'organizer' AND p.desired = 'present' AND p.state <> 'removed'`,
      [meetingId],
    );
    return row === undefined ? null : { userId: row.user_id, name: row.name, conferenceTypes: row.conference_types };
  }

  /** Brings the event to what the meeting is now. `conference`: ask for one, or take it away. */
  async follow(tx: Transaction, meetingId: Uuid, { conference }: { conference?: boolean } = {}): Promise<void> {
    const meeting = await this.meetings.find(tx, meetingId);
    const calendar = await this.calendarOf(tx, meetingId);
    if (meeting === null || calendar === null) return;
    const fields = eventFieldsOf({
      title: meeting.title,
      description: meeting.description,
      location: meeting.location,
      interval: { start: meeting.start_at.getTime() as Instant, end: meeting.end_at.getTime() as Instant },
      zone: meeting.zone,
      attendees: await this.meetings.attendees(tx, meetingId),
      ownerUserId: calendar.userId,
    });
    await this.placements.change(tx, { kind: 'meeting', id: meetingId }, { fields, conference, notify: 'none' });
  }
}
