import { z } from 'zod';
import { exampleId, idOut } from '../fields/ids.ts';
import { integer } from '../fields/lists.ts';
import { instantOut } from '../fields/times.ts';

export const freshnessPolicies = ['use_last_known', 'fail_closed', 'live_first'] as const;

const policyField = z.enum(freshnessPolicies).meta({
  description:
    'use_last_known: answer from what was last read. fail_closed: refuse when a calendar is older than max_age_seconds. live_first: read such calendars now, then as use_last_known.',
});

/** How old the knowledge about calendars may be. */
export const freshnessIn = z
  .strictObject({ policy: policyField.default('use_last_known'), max_age_seconds: integer(0, 86_400).default(900) })
  .meta({ id: 'FreshnessInput' });

/** Why a calendar's time is not known, or not as recently as asked. */
export const staleReasons = [
  'no_calendar',
  'not_read_yet',
  'older_than_asked',
  'reauthorization_required',
  'connection_paused',
  'connection_error',
  'connection_pending',
  'connection_revoked',
  'calendar_removed',
  'mailbox_unknown',
  'not_shared',
  'provider_silent',
  'held',
] as const;
export type StaleReason = (typeof staleReasons)[number];

/** What is known of one calendar, or of somebody who has none, and how it was used. */
export const calendarStatus = z
  .object({
    calendar_id: idOut('calendar').nullable().meta({ description: 'Null where there is none: then member says whose it would be.' }),
    member: z
      .string()
      .nullable()
      .meta({ description: 'Somebody of whom no calendar is known: a user or resource id, or an address. Null beside a calendar.' }),
    state: z.enum(['fresh', 'stale', 'unknown']),
    synced_at: instantOut.nullable(),
    covered_until: instantOut.nullable().meta({ description: 'Where the knowledge ends; later times are unknown, not free.' }),
    reason: z
      .string()
      .nullable()
      .meta({ description: `Why it is not fresh: ${staleReasons.join(', ')}.`, example: 'reauthorization_required' }),
    applied: z.enum(['current', 'last_known', 'live', 'treated_as_busy', 'claims_only']).meta({
      description:
        'live: just told by the calendar service. treated_as_busy: its time is unknown, so none of it is free. claims_only: a user without a calendar; only meetings of this platform are known to take their time.',
    }),
  })
  .meta({ id: 'CalendarStatus' });

/** The members that every answer about time has. */
export const freshnessOut = {
  as_of: instantOut.nullable().meta({ description: 'The moment that all calendars are known at least up to; null when none is known.' }),
  freshness_policy: z.object({ policy: policyField, max_age_seconds: z.int() }).meta({ id: 'Freshness' }),
  calendar_statuses: z.array(calendarStatus),
};

export type CalendarStatus = z.output<typeof calendarStatus>;

export const freshnessExample = {
  as_of: '2027-03-07T09:12:03Z',
  freshness_policy: { policy: 'use_last_known' as const, max_age_seconds: 900 },
  calendar_statuses: [
    {
      calendar_id: exampleId('calendar'),
      member: null,
      state: 'fresh' as const,
      synced_at: '2027-03-07T09:12:03Z',
      covered_until: '2028-03-07T00:00:00Z',
      reason: null,
      applied: 'current' as const,
    },
  ],
};
