import { isDeepEqual } from '../canonical-json.ts';
import type { ResolvedEvent } from './microsoft-event-store.ts';
import { idOf, uidOf } from './microsoft-event-store.ts';
import type { MicrosoftCalendar, MicrosoftMail } from './microsoft-state.ts';
import type { MicrosoftEventFields } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';
import { nowInstant } from './microsoft-world.ts';

/** Notes the mail that Exchange sends by itself; there is no switch against it. */
export function recordMail(
  world: MicrosoftWorld,
  mail: {
    kind: MicrosoftMail['kind'];
    from: string;
    to: readonly string[];
    calendar: MicrosoftCalendar;
    event: ResolvedEvent;
    comment?: string;
  },
): void {
  const to = mail.to.filter((address) => address.toLowerCase() !== mail.from);
  if (to.length === 0) return;
  world.state.mails.push({
    at: nowInstant(world),
    kind: mail.kind,
    from: mail.from,
    to,
    eventId: idOf(mail.calendar, mail.event, { isImmutable: false }),
    iCalUId: uidOf(mail.event),
    subject: mail.event.fields.subject ?? '',
    comment: mail.comment ?? '',
  });
  world.touch();
}

/** After an organizer's change: invitations to new guests, cancellations to removed ones, updates to the others when they would see one. */
export function recordChangeMails(
  world: MicrosoftWorld,
  change: { from: string; calendar: MicrosoftCalendar; before: ResolvedEvent; event: ResolvedEvent },
): void {
  const { before, event } = change;
  const [earlier, later] = [addressesOf(before.fields), addressesOf(event.fields)];
  const added = later.filter((address) => !earlier.includes(address));
  const kept = later.filter((address) => earlier.includes(address));
  recordMail(world, { ...change, kind: 'invitation', to: added });
  recordMail(world, { ...change, kind: 'cancellation', to: earlier.filter((address) => !later.includes(address)) });
  if (!isDeepEqual(seenOf(before.fields), seenOf(event.fields))) recordMail(world, { ...change, kind: 'update', to: kept });
}

export function addressesOf(fields: MicrosoftEventFields): string[] {
  return fields.attendees.map((attendee) => attendee.emailAddress.address.toLowerCase());
}

function seenOf(fields: MicrosoftEventFields): unknown {
  const { start, end, isAllDay, recurrence, subject, body, locations, isOnlineMeeting } = fields;
  return [start, end, isAllDay, recurrence, subject, body, locations, isOnlineMeeting];
}
