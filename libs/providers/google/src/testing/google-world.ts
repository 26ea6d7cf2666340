import { Secret, instant } from '@daymark/domain';
import type { ZoneId } from '@daymark/domain';
import type { ProviderWorld, ServiceFacts } from '@daymark/provider-contract/testing';
import { startSandbox } from '@daymark/sandbox';
import type { Sandbox } from '@daymark/sandbox';
import { GoogleProvider } from '../google.provider.ts';
import { googleWorldActs } from './google-world-acts.ts';
import { googleWorldFaults } from './google-world-faults.ts';
import { googleWorldHolds } from './google-world-holds.ts';
import { googleWorldPush } from './google-world-push.ts';

const REDIRECT_URI = 'http://127.0.0.1:1/v1/connections/callback';
const SECRET = 'right-secret';
const GOOGLE_CLIENT = { id: 'daymark-test', secrets: [SECRET], redirectUris: [REDIRECT_URI] };

const berlin = 'Europe/Berlin' as ZoneId;
const ada = { email: 'ada@daymark.example', name: 'Ada', calendarId: 'ada@daymark.example', zone: berlin };
const bob = { email: 'bob@daymark.example', name: 'Bob', calendarId: 'bob@daymark.example', zone: berlin };
const eve = { email: 'eve@elsewhere.example' };

const service: ServiceFacts = {
  kinds: ['out-of-office', 'focus-time', 'working-location', 'birthday', 'from-mail'],
  shares: ['reader', 'writer', 'free-busy'],
  partialConsent: true,
  renewsRefreshTokens: false,
  revocation: true,
  quietGuests: true,
  ruleDates: true,
  farMoves: true,
  calendarZones: true,
  repeatedHours: true,
  keepsDeclined: true,
  conferenceFailures: true,
  conferenceRemoval: true,
};

/** Google as the conformance kit sees it, played by the sandbox; `sandbox` is for what only Google has. */
export async function openGoogleWorld(): Promise<ProviderWorld & { readonly sandbox: Sandbox }> {
  const sandbox = await startSandbox({ clients: [GOOGLE_CLIENT] });
  const people = { owner: ada, colleague: bob, outsider: eve };
  return {
    sandbox,
    provider: googleProviderFor(sandbox, [SECRET]),
    misregistered: googleProviderFor(sandbox, ['wrong-secret']),
    service,
    people,
    redirectUri: REDIRECT_URI,
    clock: { now: () => instant(Math.floor(sandbox.clock.now())), advance: (ms) => sandbox.clock.advance(ms) },
    acts: googleWorldActs(sandbox, people),
    holds: googleWorldHolds(sandbox),
    push: googleWorldPush(sandbox, ada),
    faults: googleWorldFaults(sandbox, { owner: ada, client: GOOGLE_CLIENT }),
    async reset(now) {
      sandbox.reset();
      sandbox.clock.set(now);
      sandbox.google.registerClient(GOOGLE_CLIENT);
      for (const { email, name, zone } of [ada, bob]) sandbox.google.addPerson({ email, name, timeZone: zone });
    },
    close: () => sandbox.close(),
    consent: (url, { unticked = [] } = {}) => consent(url, { email: ada.email, unticked }),
  };
}

export function googleProviderFor(sandbox: Sandbox, secrets: readonly string[]): GoogleProvider {
  const base = sandbox.googleUrl;
  return new GoogleProvider({
    clientId: GOOGLE_CLIENT.id,
    clientSecrets: secrets.map((secret) => new Secret(secret)),
    authorizeUrl: `${base}/o/oauth2/v2/auth`,
    tokenUrl: `${base}/token`,
    revokeUrl: `${base}/revoke`,
    userInfoUrl: `${base}/v1/userinfo`,
    apiUrl: base,
  });
}

/** Google's consent page: a box for each calendar scope, then back to where the address says. */
async function consent(url: string, { email, unticked }: { readonly email: string; readonly unticked: readonly string[] }): Promise<URL> {
  const page = await (await fetch(url)).text();
  const offered = [...page.matchAll(/name="scope" value="([^"]+)"/g)].map((match) => match[1] ?? '');
  const form = new URLSearchParams({ granular: '1', account: email, decision: 'allow' });
  for (const scope of offered.filter((offer) => !unticked.includes(offer))) form.append('scope', scope);
  const reply = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
  const back = reply.headers.get('location');
  if (back === null) throw new Error(`the consent page answered ${reply.status}`);
  return new URL(back);
}
