import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { missingNeeds } from './case-group.ts';
import type { ConformanceCase } from './case-group.ts';
import { conformanceGroups } from './conformance-groups.ts';
import { describeWorldToWrite } from './describe-world-to-write.ts';
import type { OpenWorld } from './provider-world.ts';
import { NOW } from './scene.ts';
import { subjectsOfConformance } from './subjects.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Cases that a provider does not have to pass, with what it lacks; read by `npm run conformance`. */
    conformanceSkips?: readonly { readonly group: string; readonly title: string; readonly lacks: readonly string[] }[];
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

  for (const { does, run } of subjectsOfConformance({ provider, world })) {
    describe(does === '' ? name : `${name} ${does}`, () => {
      const runCase = async (one: ConformanceCase, { task, skip }: Pick<TestContext, 'task' | 'skip'>) => {
        const troubled = await run(one, { provider, world });
        if (troubled === null) skip('it has weather of its own');
        else task.meta.troubledCalls = troubled;
      };
      beforeEach(() => world.reset(NOW));
      for (const group of conformanceGroups) {
        const cases = group.cases.filter((one) => missingNeeds(one, { provider, world }).length === 0);
        if (cases.length > 0)
          describe(group.name, () => cases.forEach((one) => it(one.title, ({ task, skip }) => runCase(one, { task, skip }))));
      }
    });
  }

  it(`${name} leaves out no case but for want of what it does not declare`, ({ task }) => {
    expect(provider.contract).toBe(1);
    task.meta.conformanceSkips = conformanceGroups.flatMap((group) =>
      group.cases.flatMap((one) => {
        const lacks = missingNeeds(one, { provider, world });
        return lacks.length === 0 ? [] : [{ group: group.name, title: one.title, lacks }];
      }),
    );
  });
}
