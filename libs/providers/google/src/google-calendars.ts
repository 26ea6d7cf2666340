import { findZone } from '@daymark/domain';
import type { AccessRole, ProviderCalendar } from '@daymark/provider-contract';
import { calendarListPage } from './google-api.ts';
import type { CalendarEntry } from './google-api.ts';
import type { GoogleClient } from './google-client.ts';
import { unexpectedAnswer } from './google-error.ts';
import { CALENDARS_PER_PAGE } from './google-manifest.ts';

/** Every calendar in the account's list, hidden ones too; they are whole or this throws. */
export async function listGoogleCalendars(client: GoogleClient): Promise<readonly ProviderCalendar[]> {
  const calendars = new Map<string, ProviderCalendar>();
  const seenTokens = new Set<string>();
  let pageToken: string | undefined;
  do {
    const token = pageToken;
    const page = await client.call({
      purpose: 'calendars',
      answer: calendarListPage,
      send: (api) => api.calendarList.list({ maxResults: CALENDARS_PER_PAGE, showHidden: true, pageToken: token }),
    });
    for (const entry of page.items ?? []) {
      if (entry.deleted !== true) calendars.set(entry.id, readCalendar(entry));
    }
    pageToken = page.nextPageToken ?? undefined;
    if (pageToken !== undefined && seenTokens.has(pageToken)) throw unexpectedAnswer('the pages go round in a circle', 'calendars');
    if (pageToken !== undefined) seenTokens.add(pageToken);
  } while (pageToken !== undefined);
  return [...calendars.values()];
}

export function readCalendar(entry: CalendarEntry): ProviderCalendar {
  return {
    id: entry.id,
    name: entry.summaryOverride ?? entry.summary ?? entry.id,
    description: entry.description ?? null,
    primary: entry.primary === true,
    // A role that is not known may do the least.
    accessRole: roles[entry.accessRole ?? ''] ?? 'free-busy',
    zone: typeof entry.timeZone === 'string' ? findZone(entry.timeZone) : null,
    color: /^#[0-9a-f]{6}$/i.test(entry.backgroundColor ?? '') ? (entry.backgroundColor ?? null) : null,
    selected: entry.selected === true && entry.hidden !== true,
    conferenceTypes: entry.conferenceProperties?.allowedConferenceSolutionTypes ?? [],
    providerData: {
      accessRole: entry.accessRole ?? null,
      ownName: entry.summary ?? null,
      colorId: entry.colorId ?? null,
      isHidden: entry.hidden === true,
      dataOwner: entry.dataOwner ?? null,
      acceptsInvitations: entry.autoAcceptInvitations ?? null,
    },
  };
}

const roles: Readonly<Record<string, AccessRole>> = {
  owner: 'owner',
  writer: 'writer',
  // Writes, but sees private events without details.
  writerWithoutPrivateAccess: 'writer',
  reader: 'reader',
  freeBusyReader: 'free-busy',
};
