import { connectionConditions, connectionStatuses } from '@daymark/domain';
import { z } from 'zod';
import { exampleId, idField, idOut } from '../fields/ids.ts';
import { integer, versionOut } from '../fields/lists.ts';
import { emailField, httpUrl, line } from '../fields/text.ts';
import { instantOut } from '../fields/times.ts';
import { calendar, calendarExample } from './calendar.ts';
import { issue } from './problem.ts';
import { accessProfile } from './provider.ts';

export const connectionStatus = z.enum(connectionStatuses).meta({ id: 'ConnectionStatus' });
export const connectionCondition = z.enum(connectionConditions).meta({ id: 'ConnectionCondition' });

/** pull: read only. two_way: also write what is booked or changed here. */
export const syncDirections = ['pull', 'two_way'] as const;
/** How two edits of the same event are settled. */
export const conflictPolicies = ['per_field', 'latest', 'provider_wins', 'platform_wins', 'manual'] as const;

/** auto: the service tells of changes wherever it can. off: changes are only looked for. */
export const pushChoices = ['auto', 'off'] as const;

/** How a connection is kept in step. */
export const syncSettings = z
  .object({
    enabled: z.boolean(),
    past_days: z.int(),
    future_days: z.int(),
    direction: z.enum(syncDirections),
    cadence_minutes: z.int(),
    push: z.enum(pushChoices),
    conflict_policy: z.enum(conflictPolicies),
  })
  .meta({ id: 'SyncSettings' });

export const syncSettingsIn = z
  .strictObject({
    enabled: z.boolean().optional().meta({ description: 'false pauses automatic sync.' }),
    past_days: integer(7, 730).optional(),
    future_days: integer(7, 730).optional(),
    direction: z.enum(syncDirections).optional(),
    cadence_minutes: integer(1, 1440)
      .optional()
      .meta({ description: 'How often changes are looked for where the service does not tell of them.' }),
    push: z
      .enum(pushChoices)
      .optional()
      .meta({ description: 'off: changes are only looked for, also where the service would tell of them.' }),
    conflict_policy: z.enum(conflictPolicies).optional(),
  })
  .meta({ id: 'SyncSettingsInput' });

/** Whether the service tells of changes by itself, and if not, why. */
export const pushStatus = z
  .object({
    state: z.enum(['on', 'off', 'starting', 'unavailable']).meta({
      description: 'off: chosen, or the connection is not in use. unavailable: see reason; changes are looked for meanwhile.',
    }),
    reason: issue.pick({ code: true, message: true, cause: true, fix: true, who: true }).nullable(),
    calendars_on: z.int().meta({ description: 'Calendars of which the service tells.' }),
    calendars: z.int().meta({ description: 'Calendars that are read.' }),
    expires_at: instantOut.nullable().meta({ description: 'When the first channel ends if it is not renewed; it is renewed before.' }),
  })
  .meta({ id: 'PushStatus' });

/** One mailbox reached by one grant. */
export const connection = z
  .object({
    id: idOut('connection'),
    provider: z.string().meta({ example: 'google' }),
    account_email: z.string().nullable(),
    user_id: idOut('user'),
    label: z.string(),
    status: connectionStatus,
    conditions: z.array(z.object({ condition: connectionCondition, text: z.string(), until: instantOut.nullable() })),
    access_profile: accessProfile,
    granted_scopes: z.array(z.string()),
    sync: syncSettings,
    push: pushStatus,
    last_success_at: instantOut.nullable(),
    next_run_at: instantOut.nullable(),
    lag_seconds: z.int().nullable().meta({ description: 'Age of what is known of its least fresh calendar.' }),
    running_run_id: idOut('run').nullable(),
    last_error: issue.nullable(),
    calendars_count: z.int(),
    created_at: instantOut,
    updated_at: instantOut,
    version: versionOut,
  })
  .meta({ id: 'Connection' });

export const connectionPatch = z
  .strictObject({ label: line(100).optional(), sync: syncSettingsIn.optional() })
  .meta({ id: 'ConnectionPatch' });

export const authorizeIn = z
  .strictObject({
    provider: z.string().min(1).max(40).meta({ description: 'Id of a provider, or * for every configured one.', example: 'google' }),
    access_profile: accessProfile.default('read_write'),
    user_id: idField('user').optional().meta({ description: 'Whose connection it will be; the caller by default.' }),
    login_hint: emailField.optional(),
    return_url: httpUrl.optional().meta({ description: 'Where the browser goes afterwards; must belong to an allowed origin.' }),
    directory: z
      .string()
      .regex(/^[a-zA-Z0-9][a-zA-Z0-9.-]{0,252}$/)
      .optional()
      .meta({
        description:
          'Whose accounts may sign in, at services that have several directories: the id or domain of an organisation, or what the service calls all of them. It can only narrow the setting of the installation; other services ignore it.',
        example: 'corp.example',
      }),
  })
  .meta({ id: 'AuthorizeInput' });

export const authorization = z
  .object({
    provider: z.string(),
    authorize_url: z.string(),
    admin_consent_url: z.string().nullable().meta({
      description: 'Where an administrator approves the app for everybody of an organisation; null where the service has no such page.',
    }),
    expires_at: instantOut,
    state: z.string(),
  })
  .meta({ id: 'Authorization' });

export const reauthorizeIn = z
  .strictObject({ access_profile: accessProfile.optional(), return_url: httpUrl.optional() })
  .meta({ id: 'ReauthorizeInput' });

export const oauthExchangeIn = z
  .strictObject({ code: z.string().min(1).max(4000), state: z.string().min(1).max(2000) })
  .meta({ id: 'OauthExchangeInput' });

/** A connection with the calendars found on it. */
export const connectedAccount = z.object({ connection, calendars: z.array(calendar) }).meta({ id: 'ConnectedAccount' });

export const checkNames = ['token', 'scopes', 'calendar_list', 'free_busy', 'write'] as const;

export const connectionCheck = z
  .object({
    check: z.enum(checkNames),
    outcome: z.enum(['passed', 'failed', 'skipped']),
    message: z.string(),
    problem: issue.nullable(),
    duration_ms: z.int(),
  })
  .meta({ id: 'ConnectionCheck' });

export const connectionTest = z
  .object({ ok: z.boolean(), checks: z.array(connectionCheck), provider_requests: z.int(), tested_at: instantOut })
  .meta({ id: 'ConnectionTest' });

export const connectionRefresh = z
  .object({
    connection,
    token_renewed: z.boolean(),
    added: z.array(calendar),
    removed: z.array(calendar),
    renamed: z.array(z.object({ calendar_id: idOut('calendar'), from: z.string(), to: z.string() })),
  })
  .meta({ id: 'ConnectionRefresh' });

export type Connection = z.output<typeof connection>;
export type Authorization = z.output<typeof authorization>;
export type ConnectionTest = z.output<typeof connectionTest>;
export type ConnectionRefresh = z.output<typeof connectionRefresh>;
export type PushStatus = z.output<typeof pushStatus>;
export type SyncSettings = z.output<typeof syncSettings>;

export const connectionExample: Connection = {
  id: exampleId('connection'),
  provider: 'google',
  account_email: 'ada@corp.example',
  user_id: exampleId('user'),
  label: 'Work',
  status: 'active',
  conditions: [],
  access_profile: 'read_write',
  granted_scopes: ['https://www.googleapis.com/auth/calendar.events'],
  sync: {
    enabled: true,
    past_days: 30,
    future_days: 365,
    direction: 'two_way',
    cadence_minutes: 5,
    push: 'auto',
    conflict_policy: 'per_field',
  },
  push: { state: 'on', reason: null, calendars_on: 3, calendars: 3, expires_at: '2027-03-12T09:12:03Z' },
  last_success_at: '2027-03-07T09:12:03Z',
  next_run_at: '2027-03-07T09:17:03Z',
  lag_seconds: 42,
  running_run_id: null,
  last_error: null,
  calendars_count: 3,
  created_at: '2027-01-04T08:00:00Z',
  updated_at: '2027-03-07T09:12:03Z',
  version: 7,
};

export const authorizationExample: Authorization = {
  provider: 'google',
  authorize_url: 'https://accounts.google.com/o/oauth2/v2/auth?client_id=…&state=Zk3…&code_challenge=…',
  admin_consent_url: null,
  expires_at: '2027-03-07T09:22:03Z',
  state: 'Zk3uQ9sVfA',
};

export const connectionTestExample: ConnectionTest = {
  ok: true,
  checks: [{ check: 'token', outcome: 'passed', message: 'The access token is valid.', problem: null, duration_ms: 84 }],
  provider_requests: 3,
  tested_at: '2027-03-07T09:13:00Z',
};

export const connectionRefreshExample: ConnectionRefresh = {
  connection: connectionExample,
  token_renewed: true,
  added: [calendarExample],
  removed: [],
  renamed: [{ calendar_id: exampleId('calendar', 2), from: 'Team', to: 'Team Berlin' }],
};
