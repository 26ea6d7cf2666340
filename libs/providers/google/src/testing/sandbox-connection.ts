import { createHash } from 'node:crypto';
import { Secret, instant, interval } from '@daymark/domain';
import type { Interval } from '@daymark/domain';
import type {
  AccessProfile,
  CalendarSession,
  ChangeRequest,
  EventChange,
  HostPorts,
  ProviderEvent,
  RemoteAccount,
  SyncCursor,
  TokenSet,
} from '@daymark/provider-contract';
import type { Sandbox } from '@daymark/sandbox';
import { GoogleProvider } from '../google.provider.ts';

export const REDIRECT_URI = 'http://127.0.0.1:1/v1/connections/callback';
export const CLIENT = { id: 'daymark-test', secrets: ['right-secret'], redirectUris: [REDIRECT_URI] };

export function providerFor(sandbox: Sandbox, secrets: readonly string[] = CLIENT.secrets): GoogleProvider {
  const base = sandbox.googleUrl;
  return new GoogleProvider({
    clientId: CLIENT.id,
    clientSecrets: secrets.map((secret) => new Secret(secret)),
    authorizeUrl: `${base}/o/oauth2/v2/auth`,
    tokenUrl: `${base}/token`,
    revokeUrl: `${base}/revoke`,
    userInfoUrl: `${base}/v1/userinfo`,
    apiUrl: base,
  });
}

export function portsOf(sandbox: Sandbox): HostPorts {
  return { fetch, now: () => instant(sandbox.clock.now()) };
}

export interface Consent {
  readonly email: string;
  readonly profile: AccessProfile;
  /** Calendar scopes that the person leaves unticked. */
  readonly unticked?: readonly string[];
}

/** The code flow as a person goes through it: consent page, ticks, redirect, exchange. */
export async function connect(
  sandbox: Sandbox,
  { email, profile, unticked = [] }: Consent,
): Promise<{ tokens: TokenSet; account: RemoteAccount }> {
  const provider = providerFor(sandbox);
  const codeVerifier = 'verifier-'.padEnd(43, 'v');
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
  const url = provider.auth.authorizeUrl({ redirectUri: REDIRECT_URI, state: 'state-1', codeChallenge, profile });
  const page = await (await fetch(url)).text();
  const offered = [...page.matchAll(/name="scope" value="([^"]+)"/g)].map((match) => match[1] ?? '');
  const form = new URLSearchParams({ granular: '1', account: email, decision: 'allow' });
  for (const scope of offered.filter((offer) => !unticked.includes(offer))) form.append('scope', scope);
  const reply = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
  const back = new URL(reply.headers.get('location') ?? 'about:blank');
  if (back.searchParams.get('state') !== 'state-1') throw new Error(`the consent page answered ${reply.status}`);
  return provider.auth.exchangeCode(
    { code: back.searchParams.get('code') ?? '', redirectUri: REDIRECT_URI, codeVerifier },
    portsOf(sandbox),
  );
}

/** An open session; `reach` replaces the way out. */
export function openSession(sandbox: Sandbox, grant: { tokens: TokenSet; profile: AccessProfile; reach?: typeof fetch }): CalendarSession {
  const { tokens, profile, reach = fetch } = grant;
  return providerFor(sandbox).open({
    profile,
    fetch: reach,
    now: () => instant(sandbox.clock.now()),
    credentials: () => Promise.resolve({ accessToken: tokens.accessToken }),
  });
}

const DAY = 86_400_000;

/** 30 days back and 365 ahead of a moment. */
export function windowAround(epochMs: number): Interval {
  return interval(instant(epochMs - 30 * DAY), instant(epochMs + 365 * DAY));
}

export interface Round {
  readonly changes: readonly EventChange[];
  readonly pages: number;
  readonly cursor: SyncCursor;
}

/** All pages of one round, as the host reads them. */
export async function readRound(session: CalendarSession, first: ChangeRequest): Promise<Round> {
  const changes: EventChange[] = [];
  let request = first;
  for (let pages = 1; pages < 1000; pages += 1) {
    const page = await session.listChanges(request);
    changes.push(...page.changes);
    if ('cursor' in page.next) return { changes, pages, cursor: page.next.cursor };
    request = { calendarId: first.calendarId, from: { kind: 'page', page: page.next.page, window: first.from.window } };
  }
  throw new Error('the round has no end');
}

/** The events that a host would have after these changes, by id. */
export function mirror(
  changes: readonly EventChange[],
  before: ReadonlyMap<string, ProviderEvent> = new Map(),
): Map<string, ProviderEvent> {
  const events = new Map(before);
  for (const change of changes) {
    if (change.kind === 'saved') events.set(change.event.id, change.event);
    else if (change.kind === 'removed') events.delete(change.eventId);
  }
  return events;
}
