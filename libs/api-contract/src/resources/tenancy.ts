import { z } from 'zod';
import { roles, scopes, tenantRoles } from '../access.ts';
import { exampleId, idField, idOut } from '../fields/ids.ts';
import { integer, versionOut } from '../fields/lists.ts';
import { emailField, line, localeField } from '../fields/text.ts';
import { instantIn, instantOut, zoneField } from '../fields/times.ts';
import { resourceKinds } from './meeting.ts';
import { tenantRole } from './session.ts';

/** An account in a tenant. */
export const user = z
  .object({
    id: idOut('user'),
    email: z.string(),
    name: z.string(),
    role: tenantRole,
    status: z.enum(['invited', 'active']).meta({ description: 'invited until the first sign-in.' }),
    time_zone: zoneField.nullable(),
    locale: z.string().nullable(),
    resource_id: idOut('resource'),
    connections_count: z.int(),
    invited_at: instantOut
      .nullable()
      .meta({ description: 'When the last invitation was mailed; null when none was, or it is no longer kept.' }),
    last_seen_at: instantOut.nullable(),
    created_at: instantOut,
    version: versionOut,
  })
  .meta({ id: 'User' });

export const userCreate = z
  .strictObject({
    email: emailField,
    name: line(200),
    role: z.enum(tenantRoles).default('member'),
    time_zone: zoneField.nullable().default(null),
    locale: localeField.nullable().default(null),
  })
  .meta({ id: 'UserCreate' });

export const userPatch = z
  .strictObject({
    name: line(200).optional(),
    role: z.enum(tenantRoles).optional(),
    time_zone: zoneField.nullable().optional(),
    locale: localeField.nullable().optional(),
  })
  .meta({ id: 'UserPatch' });

/** What went with a user. */
export const userDeletion = z
  .object({ user_id: idOut('user'), connections_revoked: z.int(), meetings_cancelled: z.int(), sessions_ended: z.int() })
  .meta({ id: 'UserDeletion' });

/** What is used when a request does not name it. */
export const preferences = z
  .object({
    default_calendar_id: idOut('calendar').nullable(),
    default_provider: z.string().nullable(),
    default_schedule_id: idOut('schedule').nullable(),
    reminders: z.array(z.int()),
    version: versionOut,
  })
  .meta({ id: 'Preferences' });

export const preferencesPatch = z
  .strictObject({
    default_calendar_id: idField('calendar').nullable().optional(),
    default_provider: z.string().max(40).nullable().optional(),
    default_schedule_id: idField('schedule').nullable().optional(),
    reminders: z.array(integer(0, 40_320)).max(10).optional(),
  })
  .meta({ id: 'PreferencesPatch' });

/** Something besides a user that can be booked. */
export const resource = z
  .object({
    id: idOut('resource'),
    kind: z.enum(resourceKinds),
    name: z.string(),
    email: z.string().nullable(),
    user_id: idOut('user').nullable(),
    time_zone: zoneField,
    created_at: instantOut,
  })
  .meta({ id: 'Resource' });

export const resourceCreate = z
  .strictObject({
    kind: z.literal('room').default('room'),
    name: line(200),
    email: emailField.nullable().default(null),
    time_zone: zoneField.optional().meta({ description: 'That of the tenant when absent.' }),
  })
  .meta({ id: 'ResourceCreate' });

const keyEnvironment = z.enum(['test', 'live']).meta({
  description:
    'How the secret starts, `sk_test_` or `sk_live_`, so that people and secret scanners tell keys apart. It changes nothing else: both work on the same data.',
});

/** An API key without its secret. */
export const apiKey = z
  .object({
    id: idOut('apiKey'),
    label: z.string(),
    prefix: z.string().meta({ description: 'How the secret starts.', example: 'sk_test_3kQ9' }),
    role: z.enum(roles),
    scopes: z.array(z.enum(scopes)),
    environment: keyEnvironment,
    created_by: idOut('user').nullable(),
    created_at: instantOut,
    expires_at: instantOut.nullable(),
    last_used_at: instantOut.nullable(),
  })
  .meta({ id: 'ApiKey' });

export const apiKeyCreate = z
  .strictObject({
    label: line(100),
    scopes: z
      .array(z.enum(scopes))
      .min(1, { error: 'is empty' })
      .meta({ description: 'Only those that the role can use; `tenants:*` needs the role `platform`.' }),
    role: z
      .enum(roles)
      .default('member')
      .meta({ description: 'At most the role of the one who makes it. Only the operator of the installation makes keys with the role `platform`.' }),
    environment: keyEnvironment.default('live'),
    expires_at: instantIn.nullable().default(null),
  })
  .meta({ id: 'ApiKeyCreate' });

export const createdApiKey = z
  .object({ ...apiKey.shape, secret: z.string().meta({ description: 'Shown this once.', example: 'sk_test_3kQ9…' }) })
  .meta({ id: 'CreatedApiKey' });

export const slugField = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?$/, { error: 'is not a short name; use lower-case letters, digits and hyphens' })
  .meta({ example: 'corp' });

/** A customer of the installation; everything else belongs to one. */
export const tenant = z
  .object({
    id: idOut('tenant'),
    name: z.string(),
    slug: z.string(),
    status: z.enum(['active', 'suspended']),
    time_zone: zoneField,
    users_count: z.int(),
    connections_count: z.int(),
    created_at: instantOut,
  })
  .meta({ id: 'Tenant' });

export const tenantCreate = z
  .strictObject({
    name: line(200),
    slug: slugField,
    time_zone: zoneField.default('UTC' as z.output<typeof zoneField>),
    owner: z.strictObject({ email: emailField, name: line(200) }).meta({ description: 'Its first user.' }),
  })
  .meta({ id: 'TenantCreate' });

export type User = z.output<typeof user>;
export type Preferences = z.output<typeof preferences>;
export type Resource = z.output<typeof resource>;
export type ApiKey = z.output<typeof apiKey>;
export type CreatedApiKey = z.output<typeof createdApiKey>;
export type Tenant = z.output<typeof tenant>;

const berlin = 'Europe/Berlin' as z.output<typeof zoneField>;

export const userExample: User = {
  id: exampleId('user'),
  email: 'ada@corp.example',
  name: 'Ada Example',
  role: 'admin',
  status: 'active',
  time_zone: berlin,
  locale: 'en',
  resource_id: exampleId('resource'),
  connections_count: 2,
  invited_at: '2027-01-04T08:00:00Z',
  last_seen_at: '2027-03-07T09:00:00Z',
  created_at: '2027-01-04T08:00:00Z',
  version: 1,
};

export const preferencesExample: Preferences = {
  default_calendar_id: exampleId('calendar'),
  default_provider: 'google',
  default_schedule_id: exampleId('schedule'),
  reminders: [1440, 60],
  version: 2,
};

export const resourceExample: Resource = {
  id: exampleId('resource', 4),
  kind: 'room',
  name: 'Room 4',
  email: 'room4@corp.example',
  user_id: null,
  time_zone: berlin,
  created_at: '2027-01-04T08:00:00Z',
};

export const apiKeyExample: ApiKey = {
  id: exampleId('apiKey'),
  label: 'CRM',
  prefix: 'sk_test_3kQ9',
  role: 'member',
  scopes: ['availability:read', 'meetings:read', 'meetings:write'],
  environment: 'test',
  created_by: exampleId('user'),
  created_at: '2027-01-04T08:00:00Z',
  expires_at: null,
  last_used_at: '2027-03-07T09:00:00Z',
};

export const tenantExample: Tenant = {
  id: exampleId('tenant'),
  name: 'Corp',
  slug: 'corp',
  status: 'active',
  time_zone: berlin,
  users_count: 12,
  connections_count: 18,
  created_at: '2027-01-04T08:00:00Z',
};
