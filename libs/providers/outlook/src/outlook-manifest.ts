import { MINUTE_MS } from '@daymark/domain';
import type { ProviderManifest } from '@daymark/provider-contract';
import { profileScopes } from './outlook-scopes.ts';

/** "You can send up to 20 schedules": https://learn.microsoft.com/en-us/graph/api/calendar-getschedule */
export const FREE_BUSY_SCHEDULES = 20;
/** Below 62 days, and below 42 in older pages of the same method. */
export const FREE_BUSY_DAYS = 40;
/** Graph gives 10 unless asked; most of a page are occurrences of series, which are small and not passed on. */
export const EVENTS_PER_PAGE = 200;
/** Times alone are small; the most that `$top` takes is not documented, 1,000 has been seen to work. */
export const BUSY_TIMES_PER_PAGE = 500;
export const CALENDARS_PER_PAGE = 100;
/** 10,080 minutes for events: https://learn.microsoft.com/en-us/graph/api/resources/subscription#subscription-lifetime */
export const CHANNEL_LIFE_MS = 10_080 * MINUTE_MS;

const limitsPage = 'https://learn.microsoft.com/en-us/graph/throttling-limits#outlook-service-limits';

export const outlookManifest: ProviderManifest = {
  name: 'Outlook and Microsoft 365',
  color: { light: '#0f6cbd', dark: '#62abf5' },
  icon:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16" fill="currentColor">' +
    '<path d="M9 2.5 1.5 4v8L9 13.500zM5.250 5.800c1.200 0 2 .9 2 2.200s-.8 2.200-2 2.200-2-.9-2-2.200.8-2.200 2-2.200zm0 1c-.6 0-1 .5-1 1.200s.4 1.200 1 1.200 1-.5 1-1.200-.4-1.200-1-1.200zM10 4h4.500v8H10v-1.500h1V9h-1V8h1V6.500h-1zm2 2.500V8h1.500V6.500zM12 9v1.500h1.500V9z"/></svg>',
  profiles: {
    free_busy: { description: 'Sees only when you are busy. No titles, no guests.', scopes: profileScopes.free_busy },
    read: { description: 'Sees your calendars and events, changes nothing.', scopes: profileScopes.read },
    read_write: { description: 'Sees your events and enters the meetings that are booked with you.', scopes: profileScopes.read_write },
  },
  keepsFields: ['title', 'description', 'location', 'time', 'recurrence', 'attendees', 'busy', 'visibility', 'reminders', 'conference'],
  conference: { key: 'teamsForBusiness', name: 'Microsoft Teams' },
  mailsGuests: 'always',
  limits: {
    eventsPerPage: EVENTS_PER_PAGE,
    freeBusyCalendarsPerCall: FREE_BUSY_SCHEDULES,
    freeBusyDaysPerCall: FREE_BUSY_DAYS,
    concurrentCalls: 4,
    channelLifeMs: CHANNEL_LIFE_MS,
  },
  quotas: [{ scope: 'account', requests: 10_000, perMs: 10 * MINUTE_MS, source: limitsPage }],
  documentation: 'https://learn.microsoft.com/en-us/graph/api/resources/calendar',
};
