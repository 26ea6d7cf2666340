import { missingNeeds } from './case-group.ts';
import type { ConformanceCase, Offer } from './case-group.ts';
import type { Mutant } from './mutant.ts';
import { pushMutants } from './mutants-push.ts';
import { readingMutants } from './mutants-reading.ts';
import { troubleMutants } from './mutants-trouble.ts';
import { writingMutants } from './mutants-writing.ts';
import { Scene } from './scene.ts';
import { NeedsCalm, StormScene } from './storm-scene.ts';
import { Weather } from './storm-weather.ts';

/** What the kit is run on, in one way of running it. */
export interface Subject {
  /** What is added to the provider's name. */
  readonly does: string;
  /** Gives how many calls met with trouble; null when the case cannot be run in this way. */
  run(one: ConformanceCase, offer: Offer): Promise<number | null>;
}

/**
 * The provider as it is. With `DAYMARK_CONFORMANCE=mutants`: every planted mistake in its turn, each of which has to fail
 * somewhere. With `DAYMARK_CONFORMANCE=storm`: the provider as it is in bad weather, used as a host uses it; one storm for
 * each seed of `DAYMARK_STORM_SEEDS`.
 */
export function subjectsOfConformance(offer: Offer): readonly Subject[] {
  switch (process.env.DAYMARK_CONFORMANCE) {
    case 'mutants':
      return [...readingMutants, ...writingMutants, ...pushMutants, ...troubleMutants]
        .filter(({ needs = [] }) => missingNeeds({ needs }, offer).length === 0)
        .map(planted);
    case 'storm':
      return (process.env.DAYMARK_STORM_SEEDS ?? '1').split(',').map(storm);
    default:
      return [planted({ does: '', plant: (provider) => provider })];
  }
}

function planted({ does, plant }: Mutant): Subject {
  return {
    does,
    async run({ run }, { world }) {
      const scene = new Scene(world, { provider: plant(world.provider), misregistered: plant(world.misregistered) });
      await run(scene).finally(() => scene.close());
      return 0;
    },
  };
}

function storm(seed: string): Subject {
  return {
    does: `in the storm of seed ${seed}`,
    async run({ title, run }, { world }) {
      const weather = new Weather(`${seed} ${title}`);
      const scene = new StormScene(world, weather);
      try {
        await run(scene);
        await scene.expectNothingDoubled();
        return weather.troubled;
      } catch (error) {
        if (error instanceof NeedsCalm) return null;
        throw error;
      } finally {
        await scene.close();
      }
    },
  };
}
