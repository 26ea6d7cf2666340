import type { ProviderEvent } from '@daymark/provider-contract';
import { graphCalendar } from './outlook-api.ts';
import type { GraphCalendar } from './outlook-api.ts';
import type { OutlookClient } from './outlook-client.ts';
import { calendarPath } from './outlook-event-call.ts';
import { outlookManifest } from './outlook-manifest.ts';

/** Members that make an event an online meeting; https://learn.microsoft.com/en-us/graph/outlook-calendar-online-meetings */
export const TEAMS = { isOnlineMeeting: true, onlineMeetingProvider: 'teamsForBusiness' } as const;

/** Whether meetings can be made on this calendar: not with personal accounts, nor where an organisation has no Teams. */
export async function allowsTeams(client: OutlookClient, calendarId: string): Promise<boolean> {
  const { allowedOnlineMeetingProviders } = await findCalendarFacts(client, calendarId);
  return (allowedOnlineMeetingProviders ?? []).includes(TEAMS.onlineMeetingProvider);
}

/** What a writer has to know of a calendar; asked for once in a session. */
export function findCalendarFacts(client: OutlookClient, calendarId: string): Promise<GraphCalendar> {
  return client.once(`facts ${calendarId}`, () =>
    client.call({
      purpose: 'changes',
      path: calendarPath(calendarId),
      query: { $select: 'id,owner,allowedOnlineMeetingProviders' },
      answer: graphCalendar,
    }),
  );
}

/** The event without the meeting that was asked for: Graph leaves it out silently where it cannot be made. */
export function failedMeeting(event: ProviderEvent): ProviderEvent {
  const platform = outlookManifest.conference?.name ?? '';
  return { ...event, conference: { status: 'failed', platform, joinUrl: null, conferenceId: null } };
}
