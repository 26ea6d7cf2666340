import { createHash } from 'node:crypto';
import { nameOf } from '../person-name.ts';
import { badRequest, notFound } from './google-error.ts';
import type { GoogleAccount, GoogleCalendar, GoogleListEntry } from './google-state.ts';
import type { GoogleAccessRole } from './google-types.ts';
import { GOOGLE_ROLE_ORDER } from './google-types.ts';
import type { GoogleWorld } from './google-world.ts';
import { nextEtag, nowIso, randomEventId } from './google-world.ts';

export interface NewGooglePerson {
  readonly email: string;
  readonly name?: string;
  readonly timeZone?: string;
  readonly locale?: string;
  /** Other addresses that reach the same person. */
  readonly aliases?: readonly string[];
  /** Workspace domain; null makes a consumer account. Default: the address's domain, null for gmail. */
  readonly hostedDomain?: string | null;
}

/** Makes the person with a primary calendar, or gives the one that exists. */
export function addPerson(world: GoogleWorld, person: NewGooglePerson): GoogleAccount {
  const email = person.email.toLowerCase();
  if (!/^[^@\s"<>]+@[^@\s"<>]+\.[^@\s"<>]+$/.test(email)) throw badRequest(`not an address: ${person.email}`);
  const existing = findAccount(world, email);
  if (existing !== null) return existing;
  const domain = email.slice(email.indexOf('@') + 1);
  const name = person.name ?? nameOf(email);
  const [givenName = name, ...rest] = name.split(' ');
  const timeZone = person.timeZone ?? 'Europe/Berlin';
  const account: GoogleAccount = {
    email,
    aliases: (person.aliases ?? []).map((alias) => alias.toLowerCase()),
    sub: subjectOf(email),
    name,
    givenName,
    familyName: rest.join(' '),
    locale: person.locale ?? 'en',
    timeZone,
    hostedDomain: person.hostedDomain === undefined ? (/^(gmail|googlemail)\./.test(domain) ? null : domain) : person.hostedDomain,
    settings: { timezone: timeZone, locale: person.locale ?? 'en', weekStart: '1', format24HourTime: 'true', defaultEventLength: '60' },
    calendarList: new Map(),
    listSeq: 0,
    listGeneration: 1,
  };
  world.state.accounts.set(email, account);
  addCalendar(world, account, { id: email, summary: email, timeZone, isPrimary: true, colorId: '14' });
  world.touch();
  return account;
}

export function findAccount(world: GoogleWorld, address: string): GoogleAccount | null {
  const email = address.toLowerCase();
  const direct = world.state.accounts.get(email);
  if (direct !== undefined) return direct;
  for (const account of world.state.accounts.values()) if (account.aliases.includes(email)) return account;
  return null;
}

export function getAccount(world: GoogleWorld, address: string): GoogleAccount {
  const account = findAccount(world, address);
  if (account === null) throw notFound();
  return account;
}

export function isAddressOf(account: GoogleAccount, address: string): boolean {
  const email = address.toLowerCase();
  return account.email === email || account.aliases.includes(email);
}

export interface NewGoogleCalendar {
  readonly id?: string;
  readonly summary: string;
  readonly description?: string;
  readonly location?: string;
  readonly timeZone?: string;
  readonly isPrimary?: boolean;
  readonly colorId?: string;
  readonly createdByClientId?: string | null;
  readonly publicRole?: GoogleAccessRole;
}

export function addCalendar(world: GoogleWorld, owner: GoogleAccount, calendar: NewGoogleCalendar): GoogleCalendar {
  const id = calendar.id ?? `c_${randomEventId()}@group.calendar.google.com`;
  const existing = world.state.calendars.get(id);
  if (existing !== undefined && !existing.isDeleted) return existing;
  const isPrimary = calendar.isPrimary ?? false;
  const made: GoogleCalendar = {
    id,
    ownerEmail: owner.email,
    isPrimary,
    summary: calendar.summary,
    description: calendar.description,
    location: calendar.location,
    timeZone: calendar.timeZone ?? owner.timeZone,
    etag: nextEtag(world),
    acl: new Map([[owner.email, 'owner']]),
    domainRole: isPrimary && owner.hostedDomain !== null ? 'freeBusyReader' : 'none',
    publicRole: calendar.publicRole ?? 'none',
    createdByClientId: calendar.createdByClientId ?? null,
    events: new Map(),
    lastSeq: 0,
    lastOrder: 0,
    updated: nowIso(world),
    tokenGeneration: (existing?.tokenGeneration ?? 0) + 1,
    readerGenerations: new Map(),
    isDeleted: false,
  };
  world.state.calendars.set(id, made);
  subscribe(world, owner, id, { colorId: calendar.colorId });
  return made;
}

/** Puts a calendar on a person's list. */
export function subscribe(
  world: GoogleWorld,
  account: GoogleAccount,
  calendarId: string,
  wish: { colorId?: string } = {},
): GoogleListEntry {
  account.listSeq += 1;
  const entry: GoogleListEntry = {
    seq: account.listSeq,
    etag: nextEtag(world),
    isDeleted: false,
    isHidden: false,
    isSelected: true,
    colorId: wish.colorId ?? String((account.calendarList.size % 23) + 1),
    defaultReminders: calendarId === account.email ? [{ method: 'popup', minutes: 10 }] : [],
  };
  account.calendarList.set(calendarId, entry);
  world.touch();
  return entry;
}

export function unsubscribe(world: GoogleWorld, account: GoogleAccount, calendarId: string): void {
  const entry = account.calendarList.get(calendarId);
  if (entry === undefined || entry.isDeleted) return;
  entry.isDeleted = true;
  touchListEntry(world, account, entry);
}

export function touchListEntry(world: GoogleWorld, account: GoogleAccount, entry: GoogleListEntry): void {
  account.listSeq += 1;
  entry.seq = account.listSeq;
  entry.etag = nextEtag(world);
  world.touch();
}

/** What this person may do with the calendar, by the strongest rule that applies. */
export function roleOf(calendar: GoogleCalendar, account: GoogleAccount, owner: GoogleAccount | null): GoogleAccessRole {
  if (calendar.isDeleted) return 'none';
  const roles: GoogleAccessRole[] = [calendar.acl.get(account.email) ?? 'none', calendar.publicRole];
  if (owner !== null && owner.hostedDomain !== null && owner.hostedDomain === account.hostedDomain) roles.push(calendar.domainRole);
  return roles.reduce((best, role) => (GOOGLE_ROLE_ORDER.indexOf(role) > GOOGLE_ROLE_ORDER.indexOf(best) ? role : best), 'none');
}

/** Changes a person's rights; null takes them away, and the calendar off the person's list. Sync tokens of that person die. */
export function setAccess(world: GoogleWorld, calendar: GoogleCalendar, address: string, role: GoogleAccessRole | null): void {
  const account = getAccount(world, address);
  if (role === null || role === 'none') {
    calendar.acl.delete(account.email);
    unsubscribe(world, account, calendar.id);
  } else {
    calendar.acl.set(account.email, role);
    const entry = account.calendarList.get(calendar.id);
    if (entry === undefined || entry.isDeleted) subscribe(world, account, calendar.id);
    else touchListEntry(world, account, entry);
  }
  calendar.readerGenerations.set(account.email, (calendar.readerGenerations.get(account.email) ?? 0) + 1);
  calendar.etag = nextEtag(world);
  world.touch();
}

/** Removes the calendar for everybody. */
export function deleteCalendar(world: GoogleWorld, calendar: GoogleCalendar): void {
  calendar.isDeleted = true;
  for (const account of world.state.accounts.values()) unsubscribe(world, account, calendar.id);
  world.touch();
}

/** The calendar by id or `primary`, with the caller's role. @throws GoogleApiError 404 without any access. */
export function openCalendar(
  world: GoogleWorld,
  account: GoogleAccount,
  calendarId: string,
): { calendar: GoogleCalendar; role: GoogleAccessRole } {
  const id = calendarId === 'primary' ? account.email : calendarId;
  const calendar = world.state.calendars.get(id) ?? world.state.calendars.get(findAccount(world, id)?.email ?? id);
  if (calendar === undefined || calendar.isDeleted) throw notFound();
  const role = roleOf(calendar, account, world.state.accounts.get(calendar.ownerEmail) ?? null);
  if (role === 'none') throw notFound();
  return { calendar, role };
}

function subjectOf(email: string): string {
  return `1${BigInt(`0x${createHash('sha256').update(email).digest('hex').slice(0, 16)}`)
    .toString()
    .padStart(20, '0')
    .slice(0, 20)}`;
}
