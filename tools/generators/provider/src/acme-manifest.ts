import type { ProviderManifest } from '@daymark/provider-contract';

/** What screens and documents say about Acme Calendar. It promises nothing that is not written: no scope, no kept field, no limit. */
export const acmeManifest: ProviderManifest = {
  name: 'Acme Calendar',
  color: { light: '#5f6b7a', dark: '#a9b4c2' },
  icon:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16" fill="currentColor">' +
    '<path d="M4 1h2v2h4V1h2v2h2v12H2V3h2zm0 6v6h8V7z"/></svg>',
  profiles: {
    free_busy: { description: 'Sees only when you are busy. No titles, no guests.', scopes: [] },
    read: { description: 'Sees your calendars and events, changes nothing.', scopes: [] },
    read_write: { description: 'Sees your events and enters the meetings that are booked with you.', scopes: [] },
  },
  keepsFields: [],
  conference: null,
  // The careful one: the host then invites guests itself.
  mailsGuests: 'always',
  limits: { eventsPerPage: 100, freeBusyCalendarsPerCall: 1, freeBusyDaysPerCall: 1, concurrentCalls: 1, channelLifeMs: null },
  quotas: [],
  documentation: '',
};
