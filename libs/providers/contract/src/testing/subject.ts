import type { CaseGroup, ConformanceCase, Offer } from './case-group.ts';
import { conformanceGroups } from './conformance-groups.ts';
import type { ProviderWorld } from './provider-world.ts';
import { Scene } from './scene.ts';

/** What the kit is run on, in one way of running it. */
export interface Subject {
  /** What is added to the provider's name. */
  readonly does: string;
  /** Every group, in the order in which they are run. */
  readonly groups: readonly CaseGroup[];
  run(one: ConformanceCase, offer: Offer): Promise<Outcome>;
  /** Told of each case that failed, in whatever way. */
  failed?(): void;
  /** Why the cases that are left need not be run; null as long as they have to be. */
  over?(): string | null;
}

/** What became of a case that did not fail: how many calls met with trouble, or why it says nothing in this way of running it. */
export type Outcome = { readonly troubled: number } | { readonly leftOut: string };

/** The provider as it is. */
export const untouched: Subject = {
  does: '',
  groups: conformanceGroups,
  run: (one, { world }) => runIn(world, one, world),
};

/** One case in calm weather, with these providers in the place of the world's own. */
export async function runIn(
  world: ProviderWorld,
  { run }: ConformanceCase,
  providers: Pick<ProviderWorld, 'provider' | 'misregistered'>,
): Promise<Outcome> {
  const scene = new Scene(world, providers);
  await run(scene).finally(() => scene.close());
  return { troubled: 0 };
}
