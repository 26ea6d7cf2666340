import { z } from 'zod';
import { Secret } from '@daymark/domain';
import type { GoogleOptions } from '@daymark/provider-google';
import type { ConfigurationFault } from './configuration-error.ts';

const DEFAULT_SECRETS = ['changeme', 'change-me', 'secret', 'password', 'demo-secret', 'test', 'google-client-secret'];

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
  const faults: ConfigurationFault[] = (parsed.error?.issues ?? []).map((issue) => ({
    setting: String(issue.path[0]),
    cause: issue.message,
    fix: "give a full URL, or unset it for Google's own",
  }));
  const id = env['DAYMARK_GOOGLE_CLIENT_ID'];
  const secret = env['DAYMARK_GOOGLE_CLIENT_SECRET'];
  if (id === undefined && secret !== undefined)
    faults.push({ setting: 'DAYMARK_GOOGLE_CLIENT_ID', cause: 'is not set though a secret is', fix: 'set both, or neither' });
  if (secret === undefined && id !== undefined)
    faults.push({ setting: 'DAYMARK_GOOGLE_CLIENT_SECRET', cause: 'is not set though a client id is', fix: 'set both, or neither' });
  const secrets = (secret ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (env['DAYMARK_MODE'] === 'production' && secrets.some((part) => DEFAULT_SECRETS.includes(part.toLowerCase()))) {
    faults.push({
      setting: 'DAYMARK_GOOGLE_CLIENT_SECRET',
      cause: 'is a default that everyone knows',
      fix: 'set the secret of your own OAuth client',
    });
  }
  if (!parsed.success || faults.length > 0) return { options: null, faults };
  if (id === undefined) return { options: null, faults };
  const settings = parsed.data;
  return {
    options: {
      clientId: id,
      clientSecrets: secrets.map((part) => new Secret(part)),
      authorizeUrl: settings.DAYMARK_GOOGLE_AUTHORIZE_URL,
      tokenUrl: settings.DAYMARK_GOOGLE_TOKEN_URL,
      revokeUrl: settings.DAYMARK_GOOGLE_REVOKE_URL,
      userInfoUrl: settings.DAYMARK_GOOGLE_USERINFO_URL,
      apiUrl: settings.DAYMARK_GOOGLE_API_URL,
    },
    faults: [],
  };
}
