import { accessProfiles } from '@daymark/domain';
import { z } from 'zod';
import { instantOut } from '../fields/times.ts';
import { problemOwner } from './problem.ts';

export const accessProfile = z
  .enum(accessProfiles)
  .meta({ id: 'AccessProfile', description: 'How much a connection may do, least first.' });

export const capability = z.enum(['write', 'free-busy', 'others-free-busy', 'push', 'conference', 'find-times']).meta({ id: 'Capability' });

/** A calendar service that this installation knows, and whether it can be used. */
export const provider = z
  .object({
    id: z.string().meta({ example: 'google' }),
    name: z.string(),
    configured: z.boolean(),
    reason: z.string().nullable().meta({ description: 'Why it cannot be used; null when it can.' }),
    client_id: z
      .string()
      .nullable()
      .meta({ description: 'Of the registration at the service; stands in every consent address. Null when there is none.' }),
    color: z.object({ light: z.string(), dark: z.string() }),
    icon: z.string().meta({ description: 'SVG, 16 × 16, drawn in currentColor.' }),
    capabilities: z.array(capability),
    profiles: z.array(
      z.object({ id: accessProfile, description: z.string(), scopes: z.array(z.object({ scope: z.string(), reason: z.string() })) }),
    ),
    conference: z.object({ key: z.string(), name: z.string() }).nullable(),
    keeps_fields: z.array(z.string()).meta({ description: 'Fields of an event that survive a round trip.' }),
    redirect_uri: z.string().meta({ description: 'To be registered with the service for connecting accounts.' }),
    sign_in: z
      .object({ label: z.string(), redirect_uri: z.string() })
      .nullable()
      .meta({ description: 'Null when people cannot sign in with it.' }),
    documentation: z.string(),
  })
  .meta({ id: 'Provider' });

/** How a provider is set up. Secrets are never told. */
export const providerConfig = z
  .object({
    provider: z.string().meta({ example: 'google' }),
    configured: z.boolean(),
    reason: z.string().nullable(),
    source: z.literal('environment').meta({ description: 'Where it is set; changed there, with a restart.' }),
    client_id: z.string().nullable(),
    has_client_secret: z.boolean(),
    redirect_uris: z.array(z.string()).meta({ description: 'All that have to be registered with the service, to the letter.' }),
    scopes: z.array(z.string()).meta({ description: 'All that any access profile asks for.' }),
  })
  .meta({ id: 'ProviderConfig' });

export const providerCheckSteps = ['reachable', 'client-id', 'client-secret', 'redirect-uri'] as const;

export const providerCheckStep = z
  .object({
    step: z.enum(providerCheckSteps),
    outcome: z
      .enum(['passed', 'failed', 'unknown'])
      .meta({ description: 'unknown: a step before it failed, or the service does not say.' }),
    detail: z.string().nullable().meta({ description: 'What the service said, in our words.' }),
    cause: z.string().nullable(),
    fix: z.string().nullable(),
    who: problemOwner.nullable(),
  })
  .meta({ id: 'ProviderCheckStep' });

/** Whether the registration at the service works, found out without anybody's consent. */
export const providerCheck = z
  .object({
    provider: z.string().meta({ example: 'google' }),
    ok: z.boolean().meta({ description: 'No step failed.' }),
    failed_step: z.enum(providerCheckSteps).nullable(),
    redirect_uri: z.string(),
    steps: z.array(providerCheckStep),
    checked_at: instantOut,
  })
  .meta({ id: 'ProviderCheck' });

export type Provider = z.output<typeof provider>;
export type ProviderConfig = z.output<typeof providerConfig>;
export type ProviderCheck = z.output<typeof providerCheck>;

export const providerExample: Provider = {
  id: 'google',
  name: 'Google Calendar',
  configured: true,
  reason: null,
  client_id: '1234567890-abc.apps.googleusercontent.com',
  color: { light: '#1a73e8', dark: '#8ab4f8' },
  icon: '<svg viewBox="0 0 16 16"><path d="M2 2h12v12H2z" fill="currentColor"/></svg>',
  capabilities: ['write', 'free-busy', 'others-free-busy', 'conference'],
  profiles: [
    {
      id: 'free_busy',
      description: 'See when you are busy, nothing else.',
      scopes: [{ scope: 'https://www.googleapis.com/auth/calendar.freebusy', reason: 'To find times at which you are free.' }],
    },
  ],
  conference: { key: 'hangoutsMeet', name: 'Google Meet' },
  keeps_fields: ['title', 'description', 'location', 'attendees'],
  redirect_uri: 'http://localhost:4400/oauth/google/callback',
  sign_in: { label: 'Sign in with Google', redirect_uri: 'http://localhost:4400/auth/google/callback' },
  documentation: 'https://developers.google.com/workspace/calendar',
};

export const providerConfigExample: ProviderConfig = {
  provider: 'google',
  configured: true,
  reason: null,
  source: 'environment',
  client_id: '1234567890-abc.apps.googleusercontent.com',
  has_client_secret: true,
  redirect_uris: ['http://localhost:4400/oauth/google/callback', 'http://localhost:4400/auth/google/callback'],
  scopes: ['https://www.googleapis.com/auth/calendar.freebusy'],
};

const passed = { outcome: 'passed', detail: null, cause: null, fix: null, who: null } as const;
const notReached = { ...passed, outcome: 'unknown' } as const;

export const providerCheckExample: ProviderCheck = {
  provider: 'google',
  ok: false,
  failed_step: 'client-secret',
  redirect_uri: 'http://localhost:4400/oauth/google/callback',
  steps: [
    { ...passed, step: 'reachable' },
    { ...passed, step: 'client-id' },
    {
      step: 'client-secret',
      outcome: 'failed',
      detail: 'The service does not know this secret.',
      cause: 'The client secret does not belong to the client, was deleted or has run out.',
      fix: 'Make a new secret at the service, put it into the settings of this installation and restart.',
      who: 'operator',
    },
    { ...notReached, step: 'redirect-uri' },
  ],
  checked_at: '2027-03-07T09:13:00Z',
};
