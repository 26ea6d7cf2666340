import type { ZoneId } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { AccessRole, ProviderCalendar } from '@daymark/provider-contract';
import { graphCalendar, mailboxSettings, mismatch } from './outlook-api.ts';
import type { GraphCalendar } from './outlook-api.ts';
import type { OutlookClient } from './outlook-client.ts';
import { calendarPath } from './outlook-event-call.ts';
import { unexpectedAnswer } from './outlook-error.ts';
import type { EventSource } from './outlook-event.ts';
import { needsSource } from './outlook-event.ts';
import { CALENDARS_PER_PAGE } from './outlook-manifest.ts';
import { zoneOf } from './outlook-zones.ts';

/** Own calendars and those that others share; they are whole or this throws. */
export async function listOutlookCalendars(client: OutlookClient): Promise<readonly ProviderCalendar[]> {
  const items = await client.list({ purpose: 'calendars', path: '/me/calendars', query: { $top: String(CALENDARS_PER_PAGE) } });
  const calendars = items.map((item) => {
    const { data, error } = graphCalendar.safeParse(item);
    if (data === undefined) throw unexpectedAnswer(mismatch(error), 'calendars');
    return data;
  });
  const mailbox: Mailbox = {
    // Only one of the own calendars is the default one, so it tells whose mailbox this is.
    owner: calendars.find(({ isDefaultCalendar }) => isDefaultCalendar === true)?.owner?.address?.toLowerCase() ?? null,
    zone: await findMailboxZone(client),
  };
  return [...new Map(calendars.map((calendar) => [calendar.id, readCalendar(calendar, mailbox)])).values()];
}

export interface Mailbox {
  readonly owner: string | null;
  /** A calendar of Outlook has none of its own. */
  readonly zone: ZoneId | null;
}

export function readCalendar(calendar: GraphCalendar, { owner, zone }: Mailbox): ProviderCalendar {
  const address = calendar.owner?.address?.toLowerCase() ?? null;
  const isOwn = address === null ? calendar.isDefaultCalendar === true : address === owner;
  return {
    id: calendar.id,
    name: calendar.name ?? calendar.id,
    description: null,
    primary: isOwn && calendar.isDefaultCalendar === true,
    accessRole: roleOf(calendar, { isOwn }),
    zone: isOwn ? zone : null,
    color: colorOf(calendar),
    // Graph does not tell which calendars are ticked in Outlook.
    selected: true,
    conferenceTypes: calendar.allowedOnlineMeetingProviders ?? [],
    providerData: {
      owner: calendar.owner?.address ?? null,
      ownerName: calendar.owner?.name ?? null,
      colorName: calendar.color ?? null,
      seesPrivateEvents: calendar.canViewPrivateItems ?? null,
    },
  };
}

/** What has to be known of the calendar to read these of its events; asked for once in a session, and only when one needs it. */
export async function eventSource(client: OutlookClient, calendarId: string, raws: readonly unknown[]): Promise<EventSource> {
  if (!raws.some(needsSource)) return { owner: null, hidesPrivate: false };
  return client.once(`source ${calendarId}`, async () => {
    const { owner, canViewPrivateItems } = await client.call({
      purpose: 'changes',
      path: calendarPath(calendarId),
      query: { $select: 'id,owner,canViewPrivateItems' },
      answer: graphCalendar,
    });
    return { owner: owner?.address ?? null, hidesPrivate: canViewPrivateItems === false };
  });
}

/** A subscription to a calendar on the web is one's own, and can only be read. */
function roleOf({ canEdit }: GraphCalendar, { isOwn }: { readonly isOwn: boolean }): AccessRole {
  if (canEdit !== true) return 'reader';
  return isOwn ? 'owner' : 'writer';
}

/** Outlook's own shades of the names that it gives to colours, on light ground. */
const colors: Readonly<Record<string, string>> = {
  lightBlue: '#a6d1f5',
  lightGreen: '#87d28e',
  lightOrange: '#fcab73',
  lightGray: '#c0c0c0',
  lightYellow: '#f5d75e',
  lightTeal: '#4adacc',
  lightPink: '#f08cc0',
  lightBrown: '#cba287',
  lightRed: '#f88c9b',
};

function colorOf({ color, hexColor }: GraphCalendar): string | null {
  if (/^#[0-9a-f]{6}$/i.test(hexColor ?? '')) return hexColor ?? null;
  return colors[color ?? ''] ?? null;
}

/** Null where the settings may not be read: an older grant lacks that scope. */
export async function findMailboxZone(client: OutlookClient): Promise<ZoneId | null> {
  try {
    const { timeZone } = await client.call({
      purpose: 'calendars',
      path: '/me/mailboxSettings',
      query: { $select: 'timeZone' },
      answer: mailboxSettings,
    });
    return zoneOf(timeZone ?? '');
  } catch (error) {
    if (error instanceof ProviderError && error.problem === 'scope-missing') return null;
    throw error;
  }
}
