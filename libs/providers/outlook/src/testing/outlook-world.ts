import { Secret, instant } from '@daymark/domain';
import type { ZoneId } from '@daymark/domain';
import type { ProviderWorld, ServiceFacts, WorldActs } from '@daymark/provider-contract/testing';
import { startSandbox } from '@daymark/sandbox';
import type { MicrosoftMail, Sandbox } from '@daymark/sandbox';
import { OutlookProvider } from '../outlook.provider.ts';
import { outlookWorldActs } from './outlook-world-acts.ts';
import { outlookWorldFaults } from './outlook-world-faults.ts';
import { outlookWorldHolds } from './outlook-world-holds.ts';
import { outlookWorldPush } from './outlook-world-push.ts';

const REDIRECT_URI = 'http://127.0.0.1:1/v1/connections/callback';
const SECRET = 'right-secret';
const CLIENT = { id: '0da7ab1e-0000-4000-a000-00000000da7e', secrets: [SECRET], redirectUris: [REDIRECT_URI] };

const berlin = 'Europe/Berlin' as ZoneId;
const ada = { email: 'ada@daymark.example', name: 'Ada', zone: berlin };
const bob = { email: 'bob@daymark.example', name: 'Bob', zone: berlin };
const eve = { email: 'eve@elsewhere.example' };

const service: ServiceFacts = {
  kinds: [],
  // Who may see no more than busy time has no such calendar in the list.
  shares: ['reader', 'writer'],
  partialConsent: false,
  renewsRefreshTokens: true,
  revocation: false,
  quietGuests: false,
  ruleDates: false,
  farMoves: false,
  calendarZones: false,
  repeatedHours: false,
  keepsDeclined: false,
  conferenceFailures: false,
  conferenceRemoval: false,
};

/** Microsoft as the conformance kit sees it, played by the sandbox; `sandbox` is for what only Outlook has. */
export async function openOutlookWorld(): Promise<ProviderWorld & { readonly sandbox: Sandbox }> {
  const sandbox = await startSandbox({ microsoftClients: [CLIENT] });
  const people = { owner: personOf(sandbox, ada), colleague: personOf(sandbox, bob), outsider: eve };
  const byHand = new Set<MicrosoftMail>();
  return {
    sandbox,
    provider: outlookProviderFor(sandbox, [SECRET]),
    misregistered: outlookProviderFor(sandbox, ['wrong-secret']),
    service,
    people,
    redirectUri: REDIRECT_URI,
    clock: { now: () => instant(Math.floor(sandbox.clock.now())), advance: (ms) => sandbox.clock.advance(ms) },
    acts: unnoticed(outlookWorldActs(sandbox, people), { mails: () => sandbox.microsoft.mails(), byHand }),
    holds: outlookWorldHolds(sandbox, { people, byHand }),
    push: outlookWorldPush(sandbox, people),
    faults: outlookWorldFaults(sandbox, people),
    async reset(now) {
      sandbox.reset();
      byHand.clear();
      sandbox.clock.set(now);
      sandbox.microsoft.registerClient(CLIENT);
      for (const { email, name } of [ada, bob]) sandbox.microsoft.addPerson({ email, name, timeZone: 'W. Europe Standard Time' });
    },
    close: () => sandbox.close(),
    consent: (url) => consent(url, ada.email),
  };
}

export function outlookProviderFor(sandbox: Sandbox, secrets: readonly string[]): OutlookProvider {
  return new OutlookProvider({
    clientId: CLIENT.id,
    clientSecrets: secrets.map((secret) => new Secret(secret)),
    loginUrl: sandbox.microsoftUrl,
    graphUrl: sandbox.microsoftUrl,
  });
}

/** The server makes ids of calendars, anew with each reset. */
function personOf({ microsoft }: Sandbox, person: typeof ada): ProviderWorld['people']['owner'] {
  return {
    ...person,
    get calendarId() {
      return microsoft.defaultCalendar(person.email);
    },
  };
}

/** Exchange mails guests of everything that people do; the kit asks for what the provider caused. */
function unnoticed(
  acts: WorldActs,
  { mails, byHand }: { readonly mails: () => readonly MicrosoftMail[]; readonly byHand: Set<MicrosoftMail> },
): WorldActs {
  const quiet = Object.entries(acts).map(([name, act]: [string, (...given: never[]) => Promise<unknown>]) => [
    name,
    async (...given: never[]) => {
      const before = new Set(mails());
      const done = await act(...given);
      for (const mail of mails()) if (!before.has(mail)) byHand.add(mail);
      return done;
    },
  ]);
  return Object.fromEntries(quiet) as WorldActs;
}

/** Microsoft's consent page: all of it or nothing, then back to where the address says. */
async function consent(url: string, email: string): Promise<URL> {
  const form = new URLSearchParams({ account: email, decision: 'allow' });
  const reply = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
  const back = reply.headers.get('location');
  if (back === null) throw new Error(`the consent page answered ${reply.status}`);
  return new URL(back);
}
