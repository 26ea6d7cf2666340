import type { PageShape } from '../page-rules.ts';
import { openCalendar, roleOf, subscribe, touchListEntry, unsubscribe } from './google-accounts.ts';
import { colorOf } from './google-colors.ts';
import { badRequest, errorForReason, notFound } from './google-error.ts';
import { readMaxResults } from './google-event-list.ts';
import type { GoogleAccount, GoogleListEntry } from './google-state.ts';
import { compareKeys, encodeToken, parametersHash, readPageToken, readSyncToken } from './google-tokens.ts';
import type { GoogleAccessRole } from './google-types.ts';
import { GOOGLE_ROLE_ORDER, isRoleAtLeast } from './google-types.ts';
import type { GoogleWorld } from './google-world.ts';

export interface CalendarListRequest {
  readonly account: GoogleAccount;
  readonly query: URLSearchParams;
  readonly shape: (page: number) => PageShape;
}

interface Row {
  readonly calendarId: string;
  readonly entry: GoogleListEntry;
  readonly role: GoogleAccessRole;
}

/** `calendarList.list`: full or incremental, one page. */
export function listCalendars(world: GoogleWorld, request: CalendarListRequest): Record<string, unknown> {
  const { account, query } = request;
  const parameters = parametersHash({ list: account.email, minAccessRole: query.get('minAccessRole'), syncToken: query.get('syncToken') });
  const identity = { scope: 'calendarList', reader: account.email, generation: String(account.listGeneration), parameters: '' };
  const minRole = readMinRole(query);
  const syncToken = query.get('syncToken');
  if (syncToken !== null && (query.has('minAccessRole') || query.get('showOwnOrganizationOnly') === 'true')) {
    throw badRequest('Sync token cannot be used together with other filters.', { location: 'minAccessRole' });
  }
  if (syncToken !== null && (query.get('showDeleted') === 'false' || query.get('showHidden') === 'false')) {
    throw badRequest('showDeleted and showHidden may not be false with a sync token.', { location: 'showDeleted' });
  }
  const since = syncToken === null ? null : readSyncToken(syncToken, identity).position;
  const pageToken = query.get('pageToken');
  const page = pageToken === null ? null : readPageToken(pageToken, parameters);
  const number = page?.page ?? 1;
  const position = page?.position ?? account.listSeq;
  const shape = request.shape(number);
  if (shape.failStatus !== null) throw errorForReason(shape.failStatus);
  const rows = shape.isEmptyList
    ? []
    : listRows(world, account)
        .filter(({ entry, role }) => since !== null || query.get('showDeleted') === 'true' || (!entry.isDeleted && role !== 'none'))
        .filter(({ entry }) => since !== null || query.get('showHidden') === 'true' || !entry.isHidden)
        .filter(({ role }) => minRole === null || isRoleAtLeast(role, minRole))
        .filter(({ entry }) => since === null || entry.seq > since)
        .sort((a, b) => compareKeys([a.entry.seq, a.calendarId], [b.entry.seq, b.calendarId]));
  const after = page?.after ?? null;
  const rest = after === null ? rows : rows.filter((row) => compareKeys([row.entry.seq, row.calendarId], after) > 0);
  const wanted = readMaxResults(query, { fallback: 100, most: 250 });
  const items = shape.isEmptyPage ? [] : rest.slice(0, Math.min(wanted, shape.size ?? wanted));
  const last = items.at(-1);
  const next = shape.isEmptyPage
    ? (after ?? [])
    : items.length < rest.length && last !== undefined
      ? [last.entry.seq, last.calendarId]
      : null;
  return {
    kind: 'calendar#calendarList',
    etag: `"p${account.listSeq}"`,
    ...(items.length === 0 && shape.omitsEmptyItems ? {} : { items: items.map((row) => showEntry(world, account, row)) }),
    ...(next === null
      ? { nextSyncToken: encodeToken({ kind: 'sync', ...identity, position }) }
      : { nextPageToken: encodeToken({ kind: 'page', parameters, after: next, position, page: number + 1 }) }),
  };
}

export function getListEntry(world: GoogleWorld, account: GoogleAccount, calendarId: string): Record<string, unknown> {
  const id = calendarId === 'primary' ? account.email : calendarId;
  const row = listRows(world, account).find(
    (candidate) => candidate.calendarId === id && !candidate.entry.isDeleted && candidate.role !== 'none',
  );
  if (row === undefined) throw notFound();
  return showEntry(world, account, row);
}

export interface ListEntryChange {
  readonly summaryOverride?: string | null;
  readonly colorId?: string;
  readonly hidden?: boolean;
  readonly selected?: boolean;
}

export function insertListEntry(world: GoogleWorld, account: GoogleAccount, calendarId: string): Record<string, unknown> {
  const { calendar } = openCalendar(world, account, calendarId);
  const entry = account.calendarList.get(calendar.id);
  if (entry === undefined || entry.isDeleted) subscribe(world, account, calendar.id);
  return getListEntry(world, account, calendar.id);
}

export function changeListEntry(
  world: GoogleWorld,
  account: GoogleAccount,
  { calendarId, change }: { calendarId: string; change: ListEntryChange },
): Record<string, unknown> {
  const id = calendarId === 'primary' ? account.email : calendarId;
  const entry = account.calendarList.get(id);
  if (entry === undefined || entry.isDeleted) throw notFound();
  if (change.summaryOverride !== undefined) entry.summaryOverride = change.summaryOverride ?? undefined;
  if (change.colorId !== undefined) entry.colorId = change.colorId;
  if (change.hidden !== undefined) entry.isHidden = change.hidden;
  if (change.selected !== undefined) entry.isSelected = change.selected;
  touchListEntry(world, account, entry);
  return getListEntry(world, account, id);
}

export function deleteListEntry(world: GoogleWorld, account: GoogleAccount, calendarId: string): void {
  const calendar = openCalendar(world, account, calendarId).calendar;
  if (calendar.ownerEmail === account.email)
    throw badRequest('The data owner cannot remove the calendar from the list.', { reason: 'cannotUnsubscribe' });
  unsubscribe(world, account, calendar.id);
}

function listRows(world: GoogleWorld, account: GoogleAccount): Row[] {
  return [...account.calendarList].map(([calendarId, entry]) => {
    const calendar = world.state.calendars.get(calendarId);
    const role = calendar === undefined ? 'none' : roleOf(calendar, account, world.state.accounts.get(calendar.ownerEmail) ?? null);
    return { calendarId, entry, role };
  });
}

function showEntry(world: GoogleWorld, account: GoogleAccount, { calendarId, entry, role }: Row): Record<string, unknown> {
  const calendar = world.state.calendars.get(calendarId);
  const kind = 'calendar#calendarListEntry';
  if (entry.isDeleted || calendar === undefined || role === 'none') return { kind, etag: entry.etag, id: calendarId, deleted: true };
  const color = colorOf('calendar', entry.colorId);
  return {
    kind,
    etag: entry.etag,
    id: calendar.id,
    summary: calendar.summary,
    ...(calendar.description === undefined ? {} : { description: calendar.description }),
    ...(calendar.location === undefined ? {} : { location: calendar.location }),
    timeZone: calendar.timeZone,
    ...(entry.summaryOverride === undefined ? {} : { summaryOverride: entry.summaryOverride }),
    colorId: entry.colorId,
    backgroundColor: color.background,
    foregroundColor: color.foreground,
    ...(entry.isHidden ? { hidden: true } : {}),
    ...(entry.isSelected ? { selected: true } : {}),
    accessRole: role,
    defaultReminders: entry.defaultReminders,
    ...(calendar.id === account.email
      ? {
          primary: true,
          notificationSettings: {
            notifications: ['eventCreation', 'eventChange', 'eventCancellation', 'eventResponse'].map((type) => ({
              type,
              method: 'email',
            })),
          },
        }
      : {}),
    ...(calendar.isPrimary ? {} : { dataOwner: calendar.ownerEmail }),
    conferenceProperties: { allowedConferenceSolutionTypes: ['hangoutsMeet'] },
  };
}

function readMinRole(query: URLSearchParams): GoogleAccessRole | null {
  const text = query.get('minAccessRole');
  if (text === null) return null;
  const role = GOOGLE_ROLE_ORDER.find((candidate) => candidate === text && candidate !== 'none');
  if (role === undefined) throw badRequest(`Invalid value for minAccessRole: ${text}`, { location: 'minAccessRole' });
  return role;
}
