import { randomBytes } from 'node:crypto';
import { itemNotFound } from './microsoft-error.ts';
import { getPerson } from './microsoft-people.ts';
import type { MicrosoftCalendar, MicrosoftPerson } from './microsoft-state.ts';
import type { MicrosoftRole, OnlineMeetingProvider } from './microsoft-types.ts';
import { isRoleAtLeast } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';
import { nextChangeKey } from './microsoft-world.ts';

export interface NewMicrosoftCalendar {
  readonly name: string;
  readonly isDefault?: boolean;
  /** One of Graph's colour names; default `auto`. */
  readonly color?: string;
  readonly hexColor?: string;
  readonly allowedOnlineMeetingProviders?: readonly OnlineMeetingProvider[];
}

export function addCalendar(world: MicrosoftWorld, owner: MicrosoftPerson, calendar: NewMicrosoftCalendar): MicrosoftCalendar {
  // Teams for organizations only; what personal accounts list is not confirmed.
  const allowedProviders = [...(calendar.allowedOnlineMeetingProviders ?? (owner.isPersonal ? [] : (['teamsForBusiness'] as const)))];
  const made: MicrosoftCalendar = {
    id: `AQMkA${randomBytes(72).toString('base64url')}AAAA==`,
    ownerEmail: owner.email,
    isDefault: calendar.isDefault ?? false,
    name: calendar.name,
    color: calendar.color ?? 'auto',
    hexColor: calendar.hexColor ?? '',
    changeKey: nextChangeKey(world),
    access: new Map(),
    allowedProviders,
    defaultProvider: allowedProviders[0] ?? 'unknown',
    events: new Map(),
    lastSeq: 0,
    lastOrder: 0,
    tokenGeneration: 1,
    readerGenerations: new Map(),
    isDeleted: false,
  };
  world.state.calendars.set(made.id, made);
  world.touch();
  return made;
}

/** What this person may do with the calendar; colleagues see free and busy of default calendars. */
export function roleOf(world: MicrosoftWorld, calendar: MicrosoftCalendar, person: MicrosoftPerson): MicrosoftRole {
  if (calendar.isDeleted) return 'none';
  if (calendar.ownerEmail === person.email) return 'owner';
  const own = calendar.access.get(person.email);
  if (own !== undefined) return own;
  const owner = world.state.people.get(calendar.ownerEmail);
  return calendar.isDefault && !person.isPersonal && owner?.tenantId === person.tenantId ? 'freeBusyRead' : 'none';
}

export function canViewPrivate(role: MicrosoftRole): boolean {
  return role === 'owner' || role === 'delegateWithPrivateEventAccess';
}

/** Own calendars first, then those that others shared, by name. */
export function calendarsOf(world: MicrosoftWorld, person: MicrosoftPerson): MicrosoftCalendar[] {
  const all = [...world.state.calendars.values()].filter(
    (calendar) =>
      !calendar.isDeleted && (calendar.ownerEmail === person.email || isRoleAtLeast(calendar.access.get(person.email) ?? 'none', 'read')),
  );
  const rank = (calendar: MicrosoftCalendar): number =>
    calendar.isDefault && calendar.ownerEmail === person.email ? 0 : calendar.ownerEmail === person.email ? 1 : 2;
  return all.sort((a, b) => rank(a) - rank(b));
}

export function defaultCalendarOf(world: MicrosoftWorld, person: MicrosoftPerson): MicrosoftCalendar {
  for (const calendar of world.state.calendars.values()) if (calendar.isDefault && calendar.ownerEmail === person.email) return calendar;
  throw itemNotFound();
}

/** Changes a person's rights; null takes them away. Delta tokens of that person die. */
export function setAccess(world: MicrosoftWorld, calendar: MicrosoftCalendar, who: string, role: MicrosoftRole | null): void {
  const person = getPerson(world, who);
  if (role === null || role === 'none') calendar.access.delete(person.email);
  else calendar.access.set(person.email, role);
  calendar.readerGenerations.set(person.email, (calendar.readerGenerations.get(person.email) ?? 0) + 1);
  calendar.changeKey = nextChangeKey(world);
  world.touch();
}

/** Removes the calendar for everybody. */
export function deleteCalendar(world: MicrosoftWorld, calendar: MicrosoftCalendar): void {
  calendar.isDeleted = true;
  world.touch();
}

/** A calendar as this reader sees it. */
export function viewCalendar(world: MicrosoftWorld, calendar: MicrosoftCalendar, reader: MicrosoftPerson): Record<string, unknown> {
  const owner = getPerson(world, calendar.ownerEmail);
  const role = roleOf(world, calendar, reader);
  const isOwner = role === 'owner';
  return {
    id: calendar.id,
    name: calendar.name,
    color: calendar.color,
    hexColor: calendar.hexColor,
    isDefaultCalendar: isOwner && calendar.isDefault,
    changeKey: calendar.changeKey,
    canShare: isOwner,
    canViewPrivateItems: canViewPrivate(role),
    canEdit: isRoleAtLeast(role, 'write'),
    allowedOnlineMeetingProviders: calendar.allowedProviders,
    defaultOnlineMeetingProvider: calendar.defaultProvider,
    isTallyingResponses: isOwner && calendar.isDefault,
    isRemovable: !calendar.isDefault,
    owner: { name: owner.name, address: owner.email },
  };
}
