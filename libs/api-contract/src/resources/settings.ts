import { z } from 'zod';
import { integer, versionOut } from '../fields/lists.ts';
import { colorField, emailField, httpUrl, line, localeField } from '../fields/text.ts';
import { zoneField } from '../fields/times.ts';
import { conflictPolicies, pushChoices, syncDirections } from './connection.ts';

/** How a tenant behaves; the whole of it is read and written at once. */
export const settingsIn = z
  .strictObject({
    branding: z.strictObject({
      name: line(100),
      color: colorField,
      logo_url: httpUrl.nullable(),
      support_email: emailField.nullable(),
      privacy_url: httpUrl.nullable().meta({ description: 'Shown to people who connect a calendar.' }),
    }),
    time_zone: zoneField.meta({ description: 'Where nothing nearer is known.' }),
    locale: localeField,
    mail: z.strictObject({
      from_name: line(100),
      reply_to: emailField.nullable(),
      is_enabled: z.boolean().meta({ description: 'false: no mail is sent for this tenant.' }),
    }),
    connections: z.strictObject({
      max_per_user_per_provider: integer(1, 20).nullable().meta({ description: 'null: any number.' }),
    }),
    sync: z.strictObject({
      past_days: integer(7, 730),
      future_days: integer(7, 730),
      cadence_minutes: integer(1, 1440),
      push: z.enum(pushChoices).default('auto'),
      direction: z.enum(syncDirections),
      conflict_policy: z.enum(conflictPolicies),
    }),
    reminders: z.strictObject({ default_minutes: z.array(integer(0, 40_320)).max(10) }),
    retention: z.strictObject({
      events_days: integer(30, 3650).meta({ description: 'Past events and meetings.' }),
      tombstones_days: integer(7, 365),
      changes_days: integer(7, 365),
      runs_days: integer(7, 365),
      deliveries_days: integer(7, 365),
    }),
  })
  .meta({ id: 'SettingsInput' });

export const settings = z.object({ ...settingsIn.shape, version: versionOut }).meta({ id: 'Settings' });

export const mailTestIn = z.strictObject({ to: emailField }).meta({ id: 'MailTestInput' });

export const mailTest = z
  .object({ accepted: z.boolean(), message_id: z.string().nullable(), transport: z.string() })
  .meta({ id: 'MailTest' });

export type Settings = z.output<typeof settings>;
export type SettingsInput = z.output<typeof settingsIn>;

/** What a new tenant starts with, besides its name, zone and language. */
export const defaultSettings = {
  connections: { max_per_user_per_provider: null },
  sync: { past_days: 30, future_days: 365, cadence_minutes: 5, push: 'auto', direction: 'two_way', conflict_policy: 'per_field' },
  reminders: { default_minutes: [1440, 60] },
  retention: { events_days: 730, tombstones_days: 30, changes_days: 90, runs_days: 90, deliveries_days: 30 },
} as const satisfies { [K in 'connections' | 'sync' | 'retention']: SettingsInput[K] } & {
  readonly reminders: { readonly default_minutes: readonly number[] };
};

export const settingsInExample: SettingsInput = {
  branding: { name: 'Corp', color: '#2456c7', logo_url: null, support_email: 'help@corp.example', privacy_url: null },
  time_zone: 'Europe/Berlin' as SettingsInput['time_zone'],
  locale: 'en',
  mail: { from_name: 'Corp', reply_to: null, is_enabled: true },
  connections: defaultSettings.connections,
  sync: defaultSettings.sync,
  reminders: { default_minutes: [...defaultSettings.reminders.default_minutes] },
  retention: defaultSettings.retention,
};

export const settingsExample: Settings = { ...settingsInExample, version: 3 };
