import type { EventFields } from './calendar-provider.ts';
import type { ProviderEvent } from './provider-event.ts';

/** What an event is to be. */
export interface WantedEvent {
  readonly fields: EventFields;
  readonly conference: boolean;
}

/** What changes on an event: only the fields that differ. */
export interface EventDifference {
  readonly fields: Partial<EventFields>;
  readonly conference?: 'add' | 'remove';
}

/** Against what we wrote last, not against what a service made of it: so what it rewords is never written again. Null: none. */
export function differenceOf(agreed: WantedEvent, wanted: WantedEvent): EventDifference | null {
  const names = Object.keys(wanted.fields) as (keyof EventFields)[];
  const changed = names.filter((name) => !isSame(agreed.fields[name], wanted.fields[name]));
  const hasConferenceChanged = agreed.conference !== wanted.conference;
  if (changed.length === 0 && !hasConferenceChanged) return null;
  return {
    fields: Object.fromEntries(changed.map((name) => [name, wanted.fields[name]])),
    ...(hasConferenceChanged ? { conference: wanted.conference ? 'add' : 'remove' } : {}),
  };
}

/** What an event lacks of a change; null when it holds all of it, so that writing it would be a second time. */
export function lackOf(event: ProviderEvent, { fields, conference }: EventDifference): EventDifference | null {
  const isConferenceLacking = conference !== undefined && (conference === 'add') !== (event.conference !== null);
  const standing: Omit<EventFields, 'time'> & Pick<ProviderEvent, 'time'> = {
    title: event.title,
    description: event.description,
    location: event.location,
    time: event.time,
    recurrence: event.recurrence.kind === 'series' ? event.recurrence.rules : [],
    attendees: event.attendees.map(({ email, name, optional }) => ({ email, name, optional })),
    busy: event.busy,
    visibility: event.visibility,
    reminders: event.reminders,
  };
  const names = Object.keys(fields) as (keyof EventFields)[];
  const lacking = names.filter((name) =>
    name === 'attendees' ? !isSameGuests(event, fields.attendees ?? []) : !isSame(standing[name], fields[name]),
  );
  if (lacking.length === 0 && !isConferenceLacking) return null;
  return {
    fields: Object.fromEntries(lacking.map((name) => [name, fields[name]])),
    ...(isConferenceLacking ? { conference } : {}),
  };
}

function isSameGuests(event: ProviderEvent, wanted: EventFields['attendees']): boolean {
  const key = ({ email, optional }: { email: string; optional: boolean }): string => `${email.toLowerCase()} ${optional}`;
  const asked = new Set(wanted.map(({ email }) => email.toLowerCase()));
  const standing = event.attendees.filter((guest) => !guest.organizer || asked.has(guest.email.toLowerCase()));
  return isSame(standing.map(key).toSorted(), wanted.map(key).toSorted());
}

/** Equal as JSON, in whatever order the members come. */
function isSame(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
