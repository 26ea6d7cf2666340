import { z } from 'zod';
import { exampleId, idField, idOut } from '../fields/ids.ts';
import { integer } from '../fields/lists.ts';
import { emailField, httpUrl, line } from '../fields/text.ts';
import { instantOut } from '../fields/times.ts';
import { accessProfile, provider, providerExample } from './provider.ts';

/** used: an account was connected with it. revoked: taken back, or replaced by a newer one for the same person and provider. */
export const setupLinkStatuses = ['open', 'used', 'revoked', 'expired'] as const;
export const setupLinkStatus = z.enum(setupLinkStatuses).meta({ id: 'SetupLinkStatus' });

/** An invitation to connect one calendar account, for somebody who does not sign in here. */
export const setupLink = z
  .object({
    id: idOut('setupLink'),
    user_id: idOut('user'),
    email: z.string(),
    provider: z.string().nullable().meta({ description: 'Null: the person chooses.', example: 'google' }),
    access_profile: accessProfile,
    return_url: z.string().nullable(),
    status: setupLinkStatus,
    connection_id: idOut('connection')
      .nullable()
      .meta({ description: 'The connection that waits for consent, or was made; null until a provider is chosen.' }),
    created_at: instantOut,
    expires_at: instantOut,
    opened_at: instantOut.nullable().meta({ description: 'When somebody last looked at its page.' }),
    ended_at: instantOut.nullable(),
  })
  .meta({ id: 'SetupLink' });

export const createdSetupLink = setupLink
  .extend({ url: z.string().meta({ description: 'Shown this once; only its hash is kept.' }) })
  .meta({ id: 'CreatedSetupLink' });

export const setupLinkCreate = z
  .strictObject({
    user_id: idField('user').optional().meta({ description: 'A user of the tenant; else email.' }),
    email: emailField.optional().meta({ description: 'A user with this address, made as a member when there is none.' }),
    name: line(100).optional().meta({ description: 'Of a new user; the address by default.' }),
    provider: z.string().min(1).max(40).optional().meta({ description: 'Without it the person chooses.', example: 'google' }),
    access_profile: accessProfile.default('read_write'),
    return_url: httpUrl.optional().meta({ description: 'Where the browser goes afterwards; must belong to an allowed origin.' }),
    expires_in_hours: integer(1, 720).default(168).meta({ description: 'How long it can be used, 1 to 720 hours.' }),
    send_mail: z.boolean().default(false).meta({ description: 'Whether the person gets a mail with a link.' }),
  })
  .refine(({ user_id, email }) => (user_id === undefined) !== (email === undefined), {
    error: 'name either user_id or email',
    path: ['user_id'],
  })
  .meta({ id: 'SetupLinkCreate' });

/** What the link ends with, as the page that it opens read it from its own address. */
export const setupToken = z.strictObject({ token: z.string().min(1).max(200) }).meta({ id: 'SetupToken' });

export const setupAuthorizeIn = z
  .strictObject({ token: z.string().min(1).max(200), provider: z.string().min(1).max(40).meta({ example: 'google' }) })
  .meta({ id: 'SetupAuthorizeInput' });

/** What somebody with a setup link is asked, and by whom. */
export const setupInvitation = z
  .object({
    organisation: z.object({
      name: z.string(),
      color: z.string(),
      logo_url: z.string().nullable(),
      privacy_url: z.string().nullable(),
      support_email: z.string().nullable(),
    }),
    person: z.object({ name: z.string(), email: z.string() }),
    access_profile: accessProfile,
    time_zone: z.string().meta({ description: 'Zone of the person, else of the tenant.', example: 'Europe/Berlin' }),
    expires_at: instantOut,
    providers: z.array(
      provider.pick({ id: true, name: true, color: true, icon: true }).extend({
        description: z.string(),
        scopes: z.array(z.object({ scope: z.string(), reason: z.string() })),
      }),
    ),
  })
  .meta({ id: 'SetupInvitation' });

export const setupAuthorization = z
  .object({ provider: z.string(), authorize_url: z.string(), expires_at: instantOut })
  .meta({ id: 'SetupAuthorization' });

export type SetupLink = z.output<typeof setupLink>;
export type SetupLinkStatus = z.output<typeof setupLinkStatus>;
export type CreatedSetupLink = z.output<typeof createdSetupLink>;
export type SetupInvitation = z.output<typeof setupInvitation>;
export type SetupAuthorization = z.output<typeof setupAuthorization>;

export const setupLinkExample: SetupLink = {
  id: exampleId('setupLink'),
  user_id: exampleId('user'),
  email: 'anna@birch.example',
  provider: 'google',
  access_profile: 'read_write',
  return_url: null,
  status: 'open',
  connection_id: exampleId('connection'),
  created_at: '2027-03-07T09:12:03Z',
  expires_at: '2027-03-14T09:12:03Z',
  opened_at: null,
  ended_at: null,
};

export const createdSetupLinkExample: CreatedSetupLink = { ...setupLinkExample, url: 'https://daymark.example/setup#q3X9…' };

export const setupInvitationExample: SetupInvitation = {
  organisation: { name: 'Birch', color: '#14532d', logo_url: null, privacy_url: 'https://birch.example/privacy', support_email: null },
  person: { name: 'Anna Lindqvist', email: 'anna@birch.example' },
  access_profile: 'free_busy',
  time_zone: 'Europe/Berlin',
  expires_at: '2027-03-14T09:12:03Z',
  providers: [
    {
      id: providerExample.id,
      name: providerExample.name,
      color: providerExample.color,
      icon: providerExample.icon,
      description: providerExample.profiles[0]!.description,
      scopes: providerExample.profiles[0]!.scopes,
    },
  ],
};

export const setupAuthorizationExample: SetupAuthorization = {
  provider: 'google',
  authorize_url: 'https://accounts.google.com/o/oauth2/v2/auth?client_id=…&state=Zk3…&code_challenge=…',
  expires_at: '2027-03-07T09:22:03Z',
};
