import { DAY_MS } from '@daymark/domain';
import type { ProviderManifest } from '@daymark/provider-contract';
import { profileScopes } from './google-scopes.ts';

/** `calendarExpansionMax` of freeBusy.query: https://developers.google.com/workspace/calendar/api/v3/reference/freebusy/query */
export const FREE_BUSY_CALENDARS = 50;
/** Google refuses long ranges (`timeRangeTooLong`) without naming the limit; 60 days have been safe. */
export const FREE_BUSY_DAYS = 60;
/** Google allows 2,500; fewer keep a page, and the transaction that stores it, small. */
export const EVENTS_PER_PAGE = 1000;
export const CALENDARS_PER_PAGE = 250;
/** `params.ttl` of events.watch: 604,800 s unless less is asked for. https://developers.google.com/workspace/calendar/api/v3/reference/events/watch */
const CHANNEL_LIFE_MS = 7 * DAY_MS;

const quotaPage = 'https://developers.google.com/workspace/calendar/api/guides/quota';

export const googleManifest: ProviderManifest = {
  name: 'Google Calendar',
  color: { light: '#1a73e8', dark: '#8ab4f8' },
  icon:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16" fill="currentColor">' +
    '<path d="M14.2 6.7H8v2.6h3.5c-.4 1.7-1.8 2.7-3.5 2.7a4 4 0 1 1 2.6-7l1.9-1.9A6.7 6.7 0 1 0 8 14.7c3.9 0 6.5-2.7 6.3-7.1 0-.3 0-.6-.1-.9z"/></svg>',
  profiles: {
    free_busy: { description: 'Sees only when you are busy. No titles, no guests.', scopes: profileScopes.free_busy },
    read: { description: 'Sees your calendars and events, changes nothing.', scopes: profileScopes.read },
    read_write: { description: 'Sees your events and enters the meetings that are booked with you.', scopes: profileScopes.read_write },
  },
  keepsFields: ['title', 'description', 'location', 'time', 'recurrence', 'attendees', 'busy', 'visibility', 'reminders', 'conference'],
  conference: { key: 'hangoutsMeet', name: 'Google Meet' },
  mailsGuests: 'when-asked',
  limits: {
    eventsPerPage: EVENTS_PER_PAGE,
    freeBusyCalendarsPerCall: FREE_BUSY_CALENDARS,
    freeBusyDaysPerCall: FREE_BUSY_DAYS,
    concurrentCalls: null,
    channelLifeMs: CHANNEL_LIFE_MS,
  },
  quotas: [
    { scope: 'project', requests: 10_000, perMs: 60_000, source: quotaPage },
    { scope: 'account', requests: 600, perMs: 60_000, source: quotaPage },
  ],
  documentation: 'https://developers.google.com/workspace/calendar/api/v3/reference',
};
