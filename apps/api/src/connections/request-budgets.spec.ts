import { describe, expect, it } from 'vitest';
import type { Clock, Instant } from '@daymark/domain';
import type { CalendarProvider } from '@daymark/provider-contract';
import { RequestBudgets } from './request-budgets.ts';

function world(quotas: CalendarProvider['manifest']['quotas']) {
  const time = { now: 1_000_000 };
  const sent: string[] = [];
  const budgets = new RequestBudgets({ now: () => time.now as Instant } as Clock);
  const provider = { id: 'toy', manifest: { quotas } as CalendarProvider['manifest'] };
  const call = async (account: string): Promise<string> => {
    const send: typeof fetch = () => {
      sent.push(account);
      return Promise.resolve(new Response(null, { status: 204 }));
    };
    try {
      return String((await budgets.fetchWithin(provider, { account, send })('https://toy.example/')).status);
    } catch (error) {
      const { code, retryAfterMs } = error as { code: string; retryAfterMs: number };
      return `${code} ${retryAfterMs}`;
    }
  };
  return { time, sent, call };
}

describe('the budgets of a service', () => {
  it('OBS-02 hold back what goes beyond the quota of an account, tell how long, and let others pass', async () => {
    const { time, sent, call } = world([{ scope: 'account', requests: 3, perMs: 60_000, source: '' }]);
    expect([await call('ada'), await call('ada'), await call('ada'), await call('ada')]).toEqual([
      '204',
      '204',
      '204',
      'rate-limited 20000',
    ]);
    expect(await call('leo')).toBe('204');
    expect(sent).toEqual(['ada', 'ada', 'ada', 'leo']);
    time.now += 19_999;
    expect(await call('ada')).toBe('rate-limited 1');
    time.now += 1;
    expect([await call('ada'), await call('ada')]).toEqual(['204', 'rate-limited 20000']);
  });

  it('OBS-02 of a project are shared by all accounts, and spend nothing for what is held back', async () => {
    const { time, call } = world([
      { scope: 'project', requests: 2, perMs: 1000, source: '' },
      { scope: 'account', requests: 10, perMs: 1000, source: '' },
    ]);
    expect([await call('ada'), await call('leo'), await call('max')]).toEqual(['204', '204', 'rate-limited 500']);
    for (let i = 0; i < 20; i += 1) await call('max');
    time.now += 1000;
    expect([await call('max'), await call('max')]).toEqual(['204', '204']);
  });
});
