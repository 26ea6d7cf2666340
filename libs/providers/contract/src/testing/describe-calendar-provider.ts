import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { missingNeeds } from './case-group.ts';
import type { ConformanceCase } from './case-group.ts';
import { conformanceGroups } from './conformance-groups.ts';
import { describeWorldToWrite } from './describe-world-to-write.ts';
import { mutantsLeftOut } from './mutant-trials.ts';
import type { OpenWorld } from './provider-world.ts';
import { NOW } from './scene.ts';
import { subjectsOfConformance } from './subjects.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Cases that a provider does not have to pass, with what it lacks; read by `npm run conformance`. */
    conformanceSkips?: readonly { readonly group: string; readonly title: string; readonly lacks: readonly string[] }[];
    /** Mistakes that are not planted, with what the provider lacks for them. */
    mutantsLeftOut?: readonly { readonly does: string; readonly lacks: readonly string[] }[];
    /** The case itself was begun; if not, its world could not be opened. */
    begun?: boolean;
    /** Calls that a storm got in the way of. */
    troubledCalls?: number;
  }
}

export interface ConformanceOptions {
  /** The provider's id. */
  readonly name: string;
  readonly openWorld: OpenWorld;
}

/**
 * What every calendar provider has to do, told to Vitest. Each case has a world of its own and compares what the
 * provider tells with what the world holds. The world is opened while tests are collected, because what the provider
 * declares decides which cases there are; those left out are named by the last test.
 */
export async function describeCalendarProvider({ name, openWorld }: ConformanceOptions): Promise<void> {
  const world = await openWorld();
  if ('toWrite' in world) return describeWorldToWrite(name, world);
  const { provider } = world;
  afterAll(() => world.close());

  for (const subject of subjectsOfConformance({ provider, world })) {
    describe(subject.does === '' ? name : `${name} ${subject.does}`, () => {
      const runCase = async (one: ConformanceCase, { task, skip, onTestFailed }: TestContext) => {
        task.meta.begun = true;
        onTestFailed(() => subject.failed?.());
        const outcome = await subject.run(one, { provider, world });
        if ('leftOut' in outcome) skip(outcome.leftOut);
        else task.meta.troubledCalls = outcome.troubled;
      };
      beforeEach(async ({ skip }) => {
        const over = subject.over?.() ?? null;
        if (over !== null) skip(over);
        await world.reset(NOW);
      });
      for (const group of subject.groups) {
        const cases = group.cases.filter((one) => missingNeeds(one, { provider, world }).length === 0);
        if (cases.length > 0) describe(group.name, () => cases.forEach((one) => it(one.title, (context) => runCase(one, context))));
      }
    });
  }

  it(`${name} leaves out no case but for want of what it does not declare`, ({ task }) => {
    expect(provider.contract).toBe(1);
    task.meta.mutantsLeftOut = mutantsLeftOut({ provider, world });
    task.meta.conformanceSkips = conformanceGroups.flatMap((group) =>
      group.cases.flatMap((one) => {
        const lacks = missingNeeds(one, { provider, world });
        return lacks.length === 0 ? [] : [{ group: group.name, title: one.title, lacks }];
      }),
    );
  });
}
