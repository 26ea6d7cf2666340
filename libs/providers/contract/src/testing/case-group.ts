import type { CalendarSession, Capability } from '../calendar-provider.ts';
import type { EventKind } from '../provider-event.ts';
import type { ProviderWorld } from './provider-world.ts';
import type { Scene } from './scene.ts';
import type { LifeOfChannel, WorldPush } from './world-push.ts';

/**
 * What a case cannot do without: a capability that the provider declares, a field that its manifest keeps, a
 * cancellation's comment, or something that the service offers to people.
 */
export type Need =
  | Capability
  | `field:${string}`
  | `kind:${EventKind}`
  | `share:${string}`
  | 'comment-on-cancel'
  | 'partial-consent'
  | 'revocation'
  | 'lasting-refresh-token'
  | 'quiet-guests'
  | 'loud-guests'
  | 'rule-dates'
  | 'far-moves'
  | 'repeated-hours'
  | 'declined-events'
  | 'conference-failures'
  | 'conference-removal'
  | 'lasting-conference'
  /** Channels are kept alive in their place. */
  | 'renewal'
  /** What comes first to a new address, and what the service says of a channel's own life. */
  | `opens-with:${WorldPush['opensWith']}`
  | `says:${LifeOfChannel}`;

export interface ConformanceCase {
  readonly title: string;
  readonly needs: readonly Need[];
  readonly run: (scene: Scene) => Promise<void>;
}

export interface CaseGroup {
  readonly name: string;
  readonly cases: readonly ConformanceCase[];
}

export interface DefineCase {
  (title: string, run: ConformanceCase['run']): void;
  /** The same for a case that needs more than its group. */
  needs(...needs: readonly Need[]): (title: string, run: ConformanceCase['run']) => void;
}

/** Cases about one subject, in the order in which they are told. */
export function group(name: string, needs: readonly Need[], define: (test: DefineCase) => void): CaseGroup {
  const cases: ConformanceCase[] = [];
  const add = (more: readonly Need[]) => (title: string, run: ConformanceCase['run']) => {
    cases.push({ title, needs: [...needs, ...more], run });
  };
  define(Object.assign(add([]), { needs: (...more: readonly Need[]) => add(more) }));
  return { name, cases };
}

/** Of whom a case asks: the provider under test and its service. */
export type Offer = Pick<Scene, 'provider' | 'world'>;

/** What of it is not there; empty when the case has to be run. */
export function missingNeeds({ needs }: Pick<ConformanceCase, 'needs'>, offer: Offer): readonly Need[] {
  return needs.filter((need) => !isOffered(need, offer));
}

function isOffered(need: Need, { provider, world }: Offer): boolean {
  const [kind, detail = ''] = need.split(':');
  if (kind === 'field') return provider.manifest.keepsFields.includes(detail);
  if (kind === 'kind') return world.service.kinds.some((offered) => offered === detail);
  if (kind === 'share') return world.service.shares.some((role) => role === detail);
  if (kind === 'opens-with') return world.push?.opensWith === detail;
  if (kind === 'says') return world.push?.says.some((word) => word === detail) === true;
  const fact = facts[need];
  if (fact !== undefined) return fact(world);
  if (need === 'comment-on-cancel') return idleSession({ provider, world }).writer?.commentOnCancel === true;
  if (need === 'renewal') return idleSession({ provider, world }).push?.renewsInPlace === true;
  return provider.capabilities.some((capability) => capability === need);
}

const facts: Readonly<Partial<Record<Need, (world: ProviderWorld) => boolean>>> = {
  'partial-consent': ({ service }) => service.partialConsent,
  revocation: ({ service }) => service.revocation,
  'lasting-refresh-token': ({ service }) => !service.renewsRefreshTokens,
  'quiet-guests': ({ service }) => service.quietGuests,
  'loud-guests': ({ service }) => !service.quietGuests,
  'rule-dates': ({ service }) => service.ruleDates,
  'far-moves': ({ service }) => service.farMoves,
  'repeated-hours': ({ service }) => service.repeatedHours,
  'declined-events': ({ service }) => service.keepsDeclined,
  'conference-failures': ({ service }) => service.conferenceFailures,
  'conference-removal': ({ service }) => service.conferenceRemoval,
  'lasting-conference': ({ service }) => !service.conferenceRemoval,
};

/** For properties of a session; opening it makes no call. */
function idleSession({ provider, world }: Offer): CalendarSession {
  const noCredentials = () => Promise.reject(new Error('nothing is called here'));
  return provider.open({ profile: 'read_write', fetch: noCredentials, now: () => world.clock.now(), credentials: noCredentials });
}
