import { missingNeeds } from './case-group.ts';
import type { CaseGroup, Need, Offer } from './case-group.ts';
import { conformanceGroups } from './conformance-groups.ts';
import type { Mutant } from './mutant.ts';
import { pushMutants } from './mutants-push.ts';
import { readingMutants } from './mutants-reading.ts';
import { troubleMutants } from './mutants-trouble.ts';
import { writingMutants } from './mutants-writing.ts';
import { NOW } from './scene.ts';
import { runIn, untouched } from './subject.ts';
import type { Subject } from './subject.ts';

/** Every mistake that the kit knows to plant. */
export const mutants: readonly Mutant[] = [...readingMutants, ...writingMutants, ...pushMutants, ...troubleMutants];

/**
 * The provider as it is, and then each of its mutants. A mutant is over with the first case that notices it; one that is named by
 * words of its sentence goes through all of them. A case that fails without a mistake cannot tell of one: when the provider fails
 * any by itself, nothing is planted, and what a case notices counts only if it passes without the mistake right afterwards.
 */
export function trialsOfMutants(offer: Offer, { named }: { readonly named: string | null }): readonly Subject[] {
  let isSound = true;
  const unsound = () => (isSound ? null : 'the provider fails without a mistake');
  const chosen = mutants.filter((mutant) => missingNeeds({ needs: mutant.needs ?? [] }, offer).length === 0);
  return [
    { ...untouched, failed: () => (isSound = false) },
    ...chosen
      .filter(({ does }) => named === null || does.includes(named))
      .map((mutant) => trial(mutant, { unsound, ends: named === null })),
  ];
}

/** Mistakes that would be none in this provider, or that nobody could notice, with what is missing for them. */
export function mutantsLeftOut(offer: Offer): readonly { readonly does: string; readonly lacks: readonly Need[] }[] {
  return mutants.map(({ does, needs = [] }) => ({ does, lacks: missingNeeds({ needs }, offer) })).filter(({ lacks }) => lacks.length > 0);
}

/** All groups, those first that the mistake probably harms. */
export function groupsFor({ harms = [] }: Pick<Mutant, 'harms'>): readonly CaseGroup[] {
  const likely = harms.flatMap((name) => conformanceGroups.filter((group) => group.name === name));
  return [...likely, ...conformanceGroups.filter((group) => !likely.includes(group))];
}

function trial(mutant: Mutant, { unsound, ends }: { readonly unsound: () => string | null; readonly ends: boolean }): Subject {
  let isNoticed = false;
  return {
    does: mutant.does,
    groups: groupsFor(mutant),
    async run(one, { provider, world }) {
      try {
        return await runIn(world, one, { provider: mutant.plant(world.provider), misregistered: mutant.plant(world.misregistered) });
      } catch (noticed) {
        await world.reset(NOW);
        const fails = await untouched.run(one, { provider, world }).catch(() => ({ leftOut: 'it fails without the mistake as well' }));
        if ('leftOut' in fails) return fails;
        throw noticed;
      }
    },
    failed: () => (isNoticed = true),
    over: () => unsound() ?? (isNoticed && ends ? 'it is noticed' : null),
  };
}
