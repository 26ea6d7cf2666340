import { missingNeeds } from './case-group.ts';
import type { Offer } from './case-group.ts';
import type { Mutant } from './mutant.ts';
import { pushMutants } from './mutants-push.ts';
import { readingMutants } from './mutants-reading.ts';
import { troubleMutants } from './mutants-trouble.ts';
import { writingMutants } from './mutants-writing.ts';

const original: Mutant = { does: '', plant: (provider) => provider };

/**
 * What the kit is run on: the provider as it is, or, when `DAYMARK_CONFORMANCE=mutants`, every planted mistake in its
 * turn, each of which has to fail somewhere (`npm run conformance -- --mutants`).
 */
export function subjectsOfConformance(offer: Offer): readonly Mutant[] {
  if (process.env.DAYMARK_CONFORMANCE !== 'mutants') return [original];
  const all = [...readingMutants, ...writingMutants, ...pushMutants, ...troubleMutants];
  return all.filter(({ needs = [] }) => missingNeeds({ needs }, offer).length === 0);
}
