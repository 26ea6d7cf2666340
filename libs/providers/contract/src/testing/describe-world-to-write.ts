import { describe, it } from 'vitest';
import { conformanceGroups } from './conformance-groups.ts';
import type { WorldToWrite } from './provider-world.ts';

/** Every case of the kit, none of them passed, all for the same reason: without a world nothing can be compared. */
export function describeWorldToWrite(name: string, { toWrite }: WorldToWrite): void {
  const fail = () => {
    throw new Error(toWrite);
  };
  describe(name, () => {
    for (const { name: subject, cases } of conformanceGroups) describe(subject, () => cases.forEach(({ title }) => it(title, fail)));
  });
}
