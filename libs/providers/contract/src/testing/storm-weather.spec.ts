import { describe, expect, it } from 'vitest';
import { Weather } from './storm-weather.ts';

const answered: typeof fetch = () => Promise.resolve(new Response('fine'));

/** A caller who takes another token when one is refused. */
async function outcomes(weather: Weather, calls: number, calm = answered): Promise<readonly (number | 'lost')[]> {
  const out = weather.fetch(calm);
  const seen: (number | 'lost')[] = [];
  let token = 1;
  for (let call = 0; call < calls; call += 1) {
    if (seen.at(-1) === 401) token += 1;
    seen.push(
      await out('http://127.0.0.1:1', { headers: { authorization: `Bearer ${token}` } }).then(
        ({ status }) => status,
        () => 'lost' as const,
      ),
    );
  }
  return seen;
}

describe('a storm', () => {
  it('is the same for the same seed, and another for another', async () => {
    expect(await outcomes(new Weather('7 a case'), 300)).toEqual(await outcomes(new Weather('7 a case'), 300));
    expect(await outcomes(new Weather('7 a case'), 300)).not.toEqual(await outcomes(new Weather('8 a case'), 300));
  });

  it('touches every tenth call or so, in every way, and lets a new token serve', async () => {
    const weather = new Weather('1');
    const seen = await outcomes(weather, 2000);
    expect(weather.troubled).toBe(seen.filter((outcome) => outcome !== 200).length);
    expect(weather.troubled).toBeGreaterThan(160);
    expect(weather.troubled).toBeLessThan(260);
    expect(new Set(seen)).toEqual(new Set([200, 401, 429, 500, 'lost']));
    expect(seen.some((outcome, index) => outcome === 401 && seen.slice(index + 1, index + 50).includes(401))).toBe(false);
  });

  it('refuses a token for good', async () => {
    const out = new Weather('3').fetch(answered);
    const ask = async () => (await out('http://127.0.0.1:1', { headers: { authorization: 'Bearer 1' } }).catch(() => null))?.status ?? null;
    let status = await ask();
    while (status !== 401) status = await ask();
    expect([await ask(), await ask(), await ask()]).toEqual([401, 401, 401]);
  });

  it('loses answers to calls that were made, unless they are to be kept', async () => {
    const made = async (weather: Weather) => {
      let calls = 0;
      const seen = await outcomes(weather, 1000, (...call) => {
        calls += 1;
        return answered(...call);
      });
      return calls - seen.filter((outcome) => outcome === 200).length;
    };
    expect(await made(new Weather('2'))).toBeGreaterThan(0);
    const kept = new Weather('2');
    expect(await kept.keepingAnswers(() => made(kept))).toBe(0);
  });
});
