import { wallTimeOf } from '@daymark/domain';
import { formatCalendar } from '@daymark/icalendar';
import type { MailCalendarPart } from '../mail-channel.ts';
import type { MailRequest } from './mail-content.ts';

/** The calendar file of a mail: what the recipient's calendar needs to add, move or remove the meeting. */
export function calendarPart(request: MailRequest): MailCalendarPart | null {
  const { kind, meeting } = request;
  if (kind === 'reminder' || meeting.iCalUid === null) return null;
  const { recurrence } = meeting;
  const [organizer, ...otherHosts] = meeting.hosts;
  const attendees = [...otherHosts.map(({ email, name, response }) => ({ email, name, response, optional: false })), ...meeting.attendees];
  const method = kind === 'cancelled' ? 'CANCEL' : 'REQUEST';
  const content = formatCalendar({
    method,
    events: [
      {
        uid: meeting.iCalUid,
        sequence: meeting.sequence,
        stampedAt: request.stampedAt,
        time: {
          kind: 'timed',
          start: meeting.start,
          end: meeting.end,
          startWall: wallTimeOf(meeting.start, meeting.zone),
          endWall: wallTimeOf(meeting.end, meeting.zone),
          zone: meeting.zone,
        },
        recurrenceId: recurrence?.kind === 'occurrence' ? { kind: 'timed', at: recurrence.originalStart } : null,
        rules: recurrence?.kind === 'series' ? recurrence.rules : [],
        status: kind === 'cancelled' ? 'cancelled' : 'confirmed',
        busy: true,
        private: false,
        title: meeting.title,
        description: meeting.description,
        location: meeting.location,
        url: meeting.manageUrl,
        joinUrl: meeting.joinUrl,
        organizer: organizer === undefined ? null : { email: organizer.email, name: organizer.name },
        attendees: attendees.map((attendee) => ({
          ...attendee,
          resource: false,
          replyRequested: kind !== 'cancelled' && attendee.response === 'needs-action',
        })),
      },
    ],
  });
  return { method, content };
}
