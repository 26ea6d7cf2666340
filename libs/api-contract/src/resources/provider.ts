import { accessProfiles } from '@daymark/domain';
import { z } from 'zod';

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

export type Provider = z.output<typeof provider>;

export const providerExample: Provider = {
  id: 'google',
  name: 'Google Calendar',
  configured: true,
  reason: null,
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
