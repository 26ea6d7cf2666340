import type { Offer } from './case-group.ts';
import { conformanceGroups } from './conformance-groups.ts';
import { trialsOfMutants } from './mutant-trials.ts';
import { NeedsCalm, StormScene } from './storm-scene.ts';
import { Weather } from './storm-weather.ts';
import { untouched } from './subject.ts';
import type { Subject } from './subject.ts';

/**
 * The provider as it is. With `DAYMARK_CONFORMANCE=mutants`: then every planted mistake in its turn, each of which has to fail
 * somewhere; or those whose sentence has the words of `DAYMARK_MUTANTS`. With `DAYMARK_CONFORMANCE=storm`: the provider as it is in bad weather, used as a host uses it; one storm for
 * each seed of `DAYMARK_STORM_SEEDS`.
 */
export function subjectsOfConformance(offer: Offer): readonly Subject[] {
  switch (process.env.DAYMARK_CONFORMANCE) {
    case 'mutants':
      return trialsOfMutants(offer, { named: process.env.DAYMARK_MUTANTS || null });
    case 'storm':
      return (process.env.DAYMARK_STORM_SEEDS ?? '1').split(',').map(storm);
    default:
      return [untouched];
  }
}

function storm(seed: string): Subject {
  return {
    does: `in the storm of seed ${seed}`,
    groups: conformanceGroups,
    async run({ title, run }, { world }) {
      const weather = new Weather(`${seed} ${title}`);
      const scene = new StormScene(world, weather);
      try {
        await run(scene);
        await scene.expectNothingDoubled();
        return { troubled: weather.troubled };
      } catch (error) {
        if (error instanceof NeedsCalm) return { leftOut: 'it has weather of its own' };
        throw error;
      } finally {
        await scene.close();
      }
    },
  };
}
