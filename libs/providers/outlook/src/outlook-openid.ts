import type { HostPorts } from '@daymark/provider-contract';
import type { z } from 'zod';
import { mismatch } from './outlook-api.ts';
import { endpointOf } from './outlook-directory.ts';
import { graphError, transportError, unexpectedAnswer } from './outlook-error.ts';
import { openIdConfiguration, signingKeys } from './outlook-identity-api.ts';
import type { OutlookSettings } from './outlook-options.ts';

/** What OpenID Connect Discovery tells about the directory of the settings, with the keys that sign its ID tokens. */
export type OpenIdConfiguration = z.infer<typeof openIdConfiguration> & z.infer<typeof signingKeys>;

export function configurationUrl(settings: OutlookSettings): string {
  return endpointOf(settings, { directory: undefined, path: 'v2.0/.well-known/openid-configuration' });
}

/** Two calls. @throws ProviderError */
export async function fetchOpenIdConfiguration(settings: OutlookSettings, ports: HostPorts): Promise<OpenIdConfiguration> {
  const configuration = await get(configurationUrl(settings), { schema: openIdConfiguration, ports });
  return { ...configuration, ...(await get(configuration.jwks_uri, { schema: signingKeys, ports })) };
}

/** Where anybody may sign in the issuer is a template; https://learn.microsoft.com/en-us/entra/identity-platform/v2-protocols-oidc */
export function issuerFor(tid: string, { issuer }: Pick<OpenIdConfiguration, 'issuer'>): string {
  return issuer.replace('{tenantid}', tid);
}

async function get<T>(url: string, { schema, ports }: { readonly schema: z.ZodType<T>; readonly ports: HostPorts }): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await ports.fetch(url);
    text = await response.text();
  } catch (error) {
    throw transportError(error);
  }
  if (!response.ok)
    throw graphError({ status: response.status, headers: response.headers, body: undefined }, { purpose: 'calendars', now: ports.now() });
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) throw unexpectedAnswer(mismatch(parsed.error), 'calendars');
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
