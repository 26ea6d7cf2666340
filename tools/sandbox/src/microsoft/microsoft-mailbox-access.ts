import { calendarsOf, defaultCalendarOf, roleOf } from './microsoft-calendars.ts';
import { accessDenied, itemNotFound } from './microsoft-error.ts';
import type { MicrosoftCalendar, MicrosoftPerson } from './microsoft-state.ts';
import type { MicrosoftRole } from './microsoft-types.ts';
import { isRoleAtLeast } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

/** Who acts, on whose mailbox, in which of its calendars (null: the default one for what is new, any for what is there). */
export interface MailboxTarget {
  readonly actor: MicrosoftPerson;
  readonly mailbox: MicrosoftPerson;
  readonly calendarId: string | null;
  readonly ifMatch?: string;
}

/** The calendars in which an event may be, the default one first. @throws GraphError 404, 403 */
export function openMailboxCalendars(world: MicrosoftWorld, { actor, mailbox, calendarId }: MailboxTarget): MicrosoftCalendar[] {
  if (calendarId !== null) {
    const calendar = world.state.calendars.get(calendarId);
    if (calendar === undefined || roleOf(world, calendar, actor) === 'none') throw itemNotFound();
    return [calendar];
  }
  const first = defaultCalendarOf(world, mailbox);
  const all = calendarsOf(world, mailbox).filter(
    (calendar) => calendar.ownerEmail === mailbox.email && roleOf(world, calendar, actor) !== 'none',
  );
  return [first, ...all.filter((calendar) => calendar !== first)];
}

/** @throws GraphError 404 without any right, 403 with too small a one */
export function requireRole(
  world: MicrosoftWorld,
  calendar: MicrosoftCalendar,
  { person, least }: { person: MicrosoftPerson; least: MicrosoftRole },
): MicrosoftRole {
  const role = roleOf(world, calendar, person);
  if (role === 'none') throw itemNotFound();
  if (!isRoleAtLeast(role, least)) throw accessDenied();
  return role;
}
