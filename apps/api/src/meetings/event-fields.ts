import { wallTimeOf, type Interval, type Uuid, type ZoneId } from '@daymark/domain';
import type { EventFields } from '@daymark/provider-contract';
import type { NewAttendee } from './meetings.repository.ts';

export interface PlacedContent {
  readonly title: string;
  readonly description: string | null;
  readonly location: string | null;
  readonly interval: Interval;
  readonly zone: ZoneId;
  readonly attendees: readonly NewAttendee[];
  /** Whose calendar it is put on; organises, and is no attendee there. */
  readonly ownerUserId: Uuid;
}

/** A meeting in the words of an event. */
export function eventFieldsOf({ title, description, location, interval, zone, attendees, ownerUserId }: PlacedContent): EventFields {
  return {
    title,
    description,
    location,
    time: eventTimeOf(interval, zone),
    recurrence: [],
    attendees: attendees
      .filter(({ userId }) => userId !== ownerUserId)
      .map(({ email, name, isOptional }) => ({ email, name, optional: isOptional })),
    busy: true,
    visibility: 'default',
    reminders: null,
  };
}

export function eventTimeOf({ start, end }: Interval, zone: ZoneId): EventFields['time'] {
  return { kind: 'timed', start, end, startWall: wallTimeOf(start, zone), endWall: wallTimeOf(end, zone), zone };
}
