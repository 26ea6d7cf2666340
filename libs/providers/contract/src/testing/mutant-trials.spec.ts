import { describe, expect, it } from 'vitest';
import type { CalendarProvider } from '../calendar-provider.ts';
import type { ConformanceCase } from './case-group.ts';
import { conformanceGroups } from './conformance-groups.ts';
import { groupsFor, mutants, mutantsLeftOut, trialsOfMutants } from './mutant-trials.ts';
import type { ProviderWorld } from './provider-world.ts';

const provider = { capabilities: [], manifest: { keepsFields: [] }, auth: {}, open: () => ({}) } as unknown as CalendarProvider;
const world = {
  provider,
  misregistered: provider,
  service: { kinds: [], shares: [], revocation: false, renewsRefreshTokens: true },
  people: { owner: { calendarId: 'own' } },
  reset: () => Promise.resolve(),
} as unknown as ProviderWorld;
const offer = { provider, world };

describe('the trials of planted mistakes', () => {
  it('begin with the provider as it is, and plant each mistake that is one', () => {
    const [first, ...trials] = trialsOfMutants(offer, { named: null });
    expect([first?.does, trials.length]).toEqual(['', mutants.length - mutantsLeftOut(offer).length]);
    expect(mutantsLeftOut(offer)).toContainEqual({ does: 'only forgets a grant that it should end', lacks: ['revocation'] });
  });

  it('plant nothing when the provider fails a case by itself', () => {
    const [first, ...trials] = trialsOfMutants(offer, { named: null });
    first?.failed?.();
    expect(new Set(trials.map((trial) => trial.over?.()))).toEqual(new Set(['the provider fails without a mistake']));
  });

  it('end with the first case that notices, but go on for a mistake that is named', () => {
    const [, trial, next] = trialsOfMutants(offer, { named: null });
    const [, named] = trialsOfMutants(offer, { named: 'drops every page' });
    for (const one of [trial, named]) one?.failed?.();
    expect([trial?.over?.(), next?.over?.(), named?.over?.()]).toEqual(['it is noticed', null, null]);
  });

  it('leave out what a case notices that fails without the mistake as well', async () => {
    const [, trial] = trialsOfMutants(offer, { named: null });
    const notices: ConformanceCase = { title: 'notices', needs: [], run: (scene) => failIf(scene.provider !== provider) };
    const alwaysFails: ConformanceCase = { title: 'fails', needs: [], run: () => failIf(true) };
    await expect(trial?.run(notices, offer)).rejects.toThrow('failed');
    expect(await trial?.run(alwaysFails, offer)).toEqual({ leftOut: 'it fails without the mistake as well' });
  });

  it('run every group once, those first that the mistake names', () => {
    const names = conformanceGroups.map(({ name }) => name);
    for (const mutant of mutants) {
      const order = groupsFor(mutant).map(({ name }) => name);
      expect(order.toSorted(), mutant.does).toEqual(names.toSorted());
      expect(order.slice(0, mutant.harms?.length ?? 0), mutant.does).toEqual(mutant.harms ?? []);
    }
  });
});

function failIf(fails: boolean): Promise<void> {
  return fails ? Promise.reject(new Error('failed')) : Promise.resolve();
}
