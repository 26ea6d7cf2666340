import { z } from 'zod';
import { exampleId, idOut } from '../fields/ids.ts';
import { versionOut } from '../fields/lists.ts';
import { colorField } from '../fields/text.ts';
import { instantOut, zoneField } from '../fields/times.ts';
import { issue } from './problem.ts';

/** full: everything is kept. busy_only: only times are kept, at rest too. */
export const calendarPrivacies = ['full', 'busy_only'] as const;
export const accessRoles = ['owner', 'writer', 'reader', 'free-busy'] as const;
export const calendarStates = ['active', 'inactive', 'removed'] as const;

const privacyField = z.enum(calendarPrivacies).meta({ description: 'full: everything is kept. busy_only: only times are ever stored.' });

/** One calendar of a connection, the same shape for every provider. */
export const calendar = z
  .object({
    id: idOut('calendar'),
    connection_id: idOut('connection'),
    user_id: idOut('user'),
    provider: z.string(),
    account_email: z.string().nullable(),
    external_id: z.string(),
    name: z.string(),
    description: z.string().nullable(),
    primary: z.boolean(),
    access_role: z.enum(accessRoles),
    time_zone: zoneField.nullable(),
    color: z.string().nullable(),
    status: z.enum(calendarStates),
    read_busy: z.boolean().meta({ description: 'Its events block time.' }),
    write_target: z.boolean().meta({ description: 'Meetings may be put on it.' }),
    writable: z.boolean().meta({ description: 'The account may write to it and the connection was given that permission.' }),
    privacy: privacyField,
    filters: z.object({ exclude_private: z.boolean(), exclude_all_day: z.boolean(), exclude_tentative: z.boolean() }),
    conference_types: z.array(z.string()),
    events_count: z.int(),
    covered_from: instantOut.nullable(),
    covered_until: instantOut.nullable(),
    last_success_at: instantOut.nullable(),
    running_run_id: idOut('run').nullable(),
    last_error: issue.nullable(),
    provider_data: z.record(z.string(), z.unknown()).meta({ description: 'Extras of this provider.' }),
    version: versionOut,
  })
  .meta({ id: 'Calendar' });

export const calendarPatch = z
  .strictObject({
    active: z.boolean().optional().meta({ description: 'false: neither read nor written any more.' }),
    read_busy: z.boolean().optional(),
    write_target: z.boolean().optional(),
    color: colorField.nullable().optional().meta({ description: 'null returns to the colour at the provider.' }),
    privacy: privacyField.optional(),
    filters: z
      .strictObject({
        exclude_private: z.boolean().optional(),
        exclude_all_day: z.boolean().optional(),
        exclude_tentative: z.boolean().optional(),
      })
      .optional()
      .meta({ description: 'Events that do not block time.' }),
  })
  .meta({ id: 'CalendarPatch' });

export type Calendar = z.output<typeof calendar>;

export const calendarExample = {
  id: exampleId('calendar'),
  connection_id: exampleId('connection'),
  user_id: exampleId('user'),
  provider: 'google',
  account_email: 'ada@corp.example',
  external_id: 'ada@corp.example',
  name: 'Ada',
  description: null,
  primary: true,
  access_role: 'owner' as const,
  time_zone: 'Europe/Berlin' as z.output<typeof zoneField>,
  color: '#2456c7',
  status: 'active' as const,
  read_busy: true,
  write_target: true,
  writable: true,
  privacy: 'full' as const,
  filters: { exclude_private: false, exclude_all_day: false, exclude_tentative: false },
  conference_types: ['hangoutsMeet'],
  events_count: 214,
  covered_from: '2027-02-05T00:00:00Z',
  covered_until: '2028-03-07T00:00:00Z',
  last_success_at: '2027-03-07T09:12:03Z',
  running_run_id: null,
  last_error: null,
  provider_data: {},
  version: 4,
} satisfies Calendar;
