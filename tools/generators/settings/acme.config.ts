import { z } from 'zod';
import type { AcmeOptions } from '@daymark/provider-acme';
import { plainHttpFaults, readClient } from './client-settings.ts';
import type { ConfigurationFault } from './configuration-error.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' });

const schema = z.object({
  DAYMARK_ACME_CLIENT_ID: z.string().min(1),
  /** Comma-separated while a secret is being rotated; the first is used. */
  DAYMARK_ACME_CLIENT_SECRET: z.string().min(1),
  DAYMARK_ACME_AUTHORIZE_URL: httpUrl,
  DAYMARK_ACME_TOKEN_URL: httpUrl,
  DAYMARK_ACME_API_URL: httpUrl,
});
const names = Object.keys(schema.shape);

/** Options of the provider of Acme Calendar, or null when none of its settings is given, with the faults found. */
export function acmeSettings(env: Readonly<Record<string, string | undefined>>): {
  readonly options: AcmeOptions | null;
  readonly faults: readonly ConfigurationFault[];
} {
  if (names.every((name) => env[name] === undefined)) return { options: null, faults: [] };
  const parsed = schema.safeParse(env);
  const { client, faults: ofClient } = readClient(env, { prefix: 'DAYMARK_ACME', product: 'Acme Calendar' });
  const faults: ConfigurationFault[] = [
    ...(parsed.error?.issues ?? []).map(({ path: [name], message }) => ({
      setting: String(name),
      cause: env[String(name)] === undefined ? 'is not set though others of Acme Calendar are' : message,
      fix: 'set all of Acme Calendar, or none',
    })),
    // What is not set is told already.
    ...(parsed.success ? ofClient : []),
    ...plainHttpFaults(env, names),
  ];
  if (!parsed.success || faults.length > 0 || client === null) return { options: null, faults };
  const settings = parsed.data;
  return {
    options: {
      clientId: client.id,
      clientSecrets: client.secrets,
      authorizeUrl: settings.DAYMARK_ACME_AUTHORIZE_URL,
      tokenUrl: settings.DAYMARK_ACME_TOKEN_URL,
      apiUrl: settings.DAYMARK_ACME_API_URL,
    },
    faults: [],
  };
}
