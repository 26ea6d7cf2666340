import { Secret } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { HostPorts, RemoteAccount } from '@daymark/provider-contract';
import type { z } from 'zod';
import { mismatch, tokenAnswer, userInfo } from './google-api.ts';
import { tokenError, transportError, unexpectedAnswer } from './google-error.ts';
import type { GoogleSettings } from './google-options.ts';

export interface GoogleTokens {
  readonly accessToken: Secret;
  readonly refreshToken: Secret | null;
  readonly expiresInSeconds: number;
  readonly scopes: readonly string[];
}

/** Asks the token endpoint, with the next client secret where Google refuses one. */
export async function requestTokens(
  grant: Readonly<Record<string, string>>,
  { settings, ports }: { readonly settings: GoogleSettings; readonly ports: HostPorts },
): Promise<GoogleTokens> {
  let refusal: unknown;
  for (const secret of settings.clientSecrets) {
    try {
      const form = { ...grant, client_id: settings.clientId, client_secret: secret.reveal() };
      return readTokens(await send(post(settings.tokenUrl, form), ports));
    } catch (error) {
      if (!isRefusedClient(error)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/** Who the token speaks for, by `sub`: addresses can change hands, this number does not. */
export async function fetchAccount(
  accessToken: Secret,
  { settings, ports }: { readonly settings: GoogleSettings; readonly ports: HostPorts },
): Promise<RemoteAccount> {
  const request = { url: settings.userInfoUrl, init: { headers: { authorization: `Bearer ${accessToken.reveal()}` } } };
  const answer = read(userInfo, await send(request, ports));
  return { id: answer.sub, email: answer.email, emailVerified: answer.email_verified ?? false, name: answer.name ?? null };
}

/** @throws ProviderError unless Google confirms, or says that there is nothing left to revoke. */
export async function revokeToken(
  token: Secret,
  { settings, ports }: { readonly settings: GoogleSettings; readonly ports: HostPorts },
): Promise<void> {
  try {
    await send(post(settings.revokeUrl, { token: token.reveal() }), ports);
  } catch (error) {
    if (!(error instanceof ProviderError && error.code === 'unauthorized')) throw error;
  }
}

function readTokens(body: unknown): GoogleTokens {
  const answer = read(tokenAnswer, body);
  return {
    accessToken: new Secret(answer.access_token),
    refreshToken: typeof answer.refresh_token === 'string' && answer.refresh_token !== '' ? new Secret(answer.refresh_token) : null,
    expiresInSeconds: answer.expires_in,
    scopes: (answer.scope ?? '').split(' ').filter((scope) => scope !== ''),
  };
}

interface HttpRequest {
  readonly url: string;
  readonly init: RequestInit;
}

function post(url: string, form: Readonly<Record<string, string>>): HttpRequest {
  return {
    url,
    init: { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(form).toString() },
  };
}

async function send({ url, init }: HttpRequest, ports: HostPorts): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await ports.fetch(url, init);
    text = await response.text();
  } catch (error) {
    throw transportError(error);
  }
  const body = parseJson(text);
  if (!response.ok) throw tokenError({ status: response.status, headers: response.headers, body }, ports.now());
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The cause is left out on purpose: zod quotes values, and these are tokens. */
function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw unexpectedAnswer(mismatch(parsed.error), 'calendars');
  return parsed.data;
}

function isRefusedClient(error: unknown): boolean {
  return error instanceof ProviderError && error.reason === 'invalid_client';
}
