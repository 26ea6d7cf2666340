import { isAddressOf } from './google-accounts.ts';
import { notOrganizer } from './google-error.ts';
import type { ResolvedEvent } from './google-event-store.ts';
import { isDeepEqual } from '../canonical-json.ts';
import type { GoogleAccount } from './google-state.ts';
import type { GoogleAttendee, GoogleEventFields } from './google-types.ts';

/** The own answers that differ between the stored fields and the wanted ones. */
export function repliesIn(
  before: GoogleEventFields,
  { next, account }: { next: GoogleEventFields; account: GoogleAccount | null },
): GoogleAttendee[] {
  return (next.attendees ?? []).filter((attendee) => {
    if (account === null || !isAddressOf(account, attendee.email)) return false;
    const earlier = before.attendees?.find((candidate) => candidate.email === attendee.email);
    return !isDeepEqual(answerOf(earlier), answerOf(attendee));
  });
}

/**
 * What a guest may change on the own copy: the own answer, and what is private to the copy. Inviting
 * others is allowed unless the organizer forbade it. @throws GoogleApiError 403 forbiddenForNonOrganizer
 */
export function checkGuestChange(
  before: ResolvedEvent,
  { next, account }: { next: GoogleEventFields; account: GoogleAccount | null },
): void {
  if (before.fields.guestsCanModify === true) return;
  if (!isDeepEqual(sharedOf(before.fields), sharedOf(next))) throw notOrganizer();
  const earlier = new Map((before.fields.attendees ?? []).map((attendee) => [attendee.email, attendee]));
  const later = new Map((next.attendees ?? []).map((attendee) => [attendee.email, attendee]));
  for (const [email, attendee] of earlier) {
    const wanted = later.get(email);
    const isOwn = account !== null && isAddressOf(account, email);
    if (wanted === undefined || (!isOwn && !isDeepEqual(answerOf(attendee), answerOf(wanted)))) throw notOrganizer();
  }
  const addsGuests = [...later.keys()].some((email) => !earlier.has(email));
  if (addsGuests) throw notOrganizer();
}

const OWN_FIELDS: readonly string[] = [
  'reminders',
  'colorId',
  'transparency',
  'visibility',
  'eventLabelId',
  'attendees',
  'sequence',
  'iCalUID',
  'extendedProperties',
  'attendeesOmitted',
];

function sharedOf(fields: GoogleEventFields): unknown {
  const shared = Object.fromEntries(Object.entries(fields).filter(([name, value]) => value !== undefined && !OWN_FIELDS.includes(name)));
  return { ...shared, properties: fields.extendedProperties?.shared };
}

function answerOf(attendee: GoogleAttendee | undefined): unknown {
  return [attendee?.responseStatus ?? 'needsAction', attendee?.comment ?? '', attendee?.additionalGuests ?? 0];
}
