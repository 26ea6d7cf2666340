import { z } from 'zod';
import type { GoogleOptions } from '@daymark/provider-google';
import { plainHttpFaults, readClient } from './client-settings.ts';
import type { ConfigurationFault } from './configuration-error.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' });

const schema = z.object({
  DAYMARK_GOOGLE_CLIENT_ID: z.string().min(1).optional(),
  /** Comma-separated while a secret is being rotated; the first is used. */
  DAYMARK_GOOGLE_CLIENT_SECRET: z.string().min(1).optional(),
  DAYMARK_GOOGLE_AUTHORIZE_URL: httpUrl.default('https://accounts.google.com/o/oauth2/v2/auth'),
  DAYMARK_GOOGLE_TOKEN_URL: httpUrl.default('https://oauth2.googleapis.com/token'),
  DAYMARK_GOOGLE_REVOKE_URL: httpUrl.default('https://oauth2.googleapis.com/revoke'),
  DAYMARK_GOOGLE_USERINFO_URL: httpUrl.default('https://openidconnect.googleapis.com/v1/userinfo'),
  DAYMARK_GOOGLE_API_URL: httpUrl.default('https://www.googleapis.com/'),
});

/** Options of the Google provider, or null when it is not configured, with the faults found. */
export function googleSettings(env: Readonly<Record<string, string | undefined>>): {
  readonly options: GoogleOptions | null;
  readonly faults: readonly ConfigurationFault[];
} {
  const parsed = schema.safeParse(env);
  const { client, faults: ofClient } = readClient(env, { prefix: 'DAYMARK_GOOGLE', product: 'Google' });
  const faults: ConfigurationFault[] = [
    ...(parsed.error?.issues ?? []).map((issue) => ({
      setting: String(issue.path[0]),
      cause: issue.message,
      fix: "give a full URL, or unset it for Google's own",
    })),
    ...ofClient,
    ...plainHttpFaults(env, Object.keys(schema.shape)),
  ];
  if (!parsed.success || faults.length > 0 || client === null) return { options: null, faults };
  const settings = parsed.data;
  return {
    options: {
      clientId: client.id,
      clientSecrets: client.secrets,
      authorizeUrl: settings.DAYMARK_GOOGLE_AUTHORIZE_URL,
      tokenUrl: settings.DAYMARK_GOOGLE_TOKEN_URL,
      revokeUrl: settings.DAYMARK_GOOGLE_REVOKE_URL,
      userInfoUrl: settings.DAYMARK_GOOGLE_USERINFO_URL,
      apiUrl: settings.DAYMARK_GOOGLE_API_URL,
    },
    faults: [],
  };
}
