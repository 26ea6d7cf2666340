import { z } from 'zod';
import type { OutlookOptions } from '@daymark/provider-outlook';
import { plainHttpFaults, readClient } from './client-settings.ts';
import type { ConfigurationFault } from './configuration-error.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' });
const directory = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,252}$/i, { error: 'is neither common, organizations, consumers, nor the id or domain of a directory' });

const schema = z.object({
  DAYMARK_OUTLOOK_CLIENT_ID: z.string().min(1).optional(),
  /** Comma-separated while a secret is being rotated; the first is used. */
  DAYMARK_OUTLOOK_CLIENT_SECRET: z.string().min(1).optional(),
  /** Whose accounts may come; has to fit the "supported account types" of the registration. */
  DAYMARK_OUTLOOK_TENANT: directory.default('common'),
  DAYMARK_OUTLOOK_LOGIN_URL: httpUrl.default('https://login.microsoftonline.com'),
  DAYMARK_OUTLOOK_GRAPH_URL: httpUrl.default('https://graph.microsoft.com'),
});

/** Options of the Outlook provider, or null when it is not configured, with the faults found. */
export function outlookSettings(env: Readonly<Record<string, string | undefined>>): {
  readonly options: OutlookOptions | null;
  readonly faults: readonly ConfigurationFault[];
} {
  const parsed = schema.safeParse(env);
  const { client, faults: ofClient } = readClient(env, { prefix: 'DAYMARK_OUTLOOK', product: 'Microsoft' });
  const faults: ConfigurationFault[] = [
    ...(parsed.error?.issues ?? []).map((issue) => ({
      setting: String(issue.path[0]),
      cause: issue.message,
      fix: String(issue.path[0]).endsWith('_URL')
        ? "give a full URL, or unset it for Microsoft's own"
        : 'give the directory (tenant) id of the Microsoft Entra admin center, or unset it for all accounts',
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
      tenant: settings.DAYMARK_OUTLOOK_TENANT,
      loginUrl: settings.DAYMARK_OUTLOOK_LOGIN_URL,
      graphUrl: settings.DAYMARK_OUTLOOK_GRAPH_URL,
    },
    faults: [],
  };
}
