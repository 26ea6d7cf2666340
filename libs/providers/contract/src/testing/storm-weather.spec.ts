import { describe, expect, it } from 'vitest';
import { Weather } from './storm-weather.ts';

const answered: typeof fetch = () => Promise.resolve(new Response('fine'));

async function outcomes(weather: Weather, calls: number, calm = answered): Promise<readonly (number | 'lost')[]> {
  const out = weather.fetch(calm);
  const seen: (number | 'lost')[] = [];
  for (let call = 0; call < calls; call += 1) {
    seen.push(
      await out('http://127.0.0.1:1').then(
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

  it('touches every tenth call or so, in every way, and refuses no token twice', async () => {
    const weather = new Weather('1');
    const seen = await outcomes(weather, 2000);
    expect(weather.troubled).toBe(seen.filter((outcome) => outcome !== 200).length);
    expect(weather.troubled).toBeGreaterThan(160);
    expect(weather.troubled).toBeLessThan(260);
    expect(new Set(seen)).toEqual(new Set([200, 401, 429, 500, 'lost']));
    expect(seen.some((outcome, index) => outcome === 401 && seen[index + 1] === 401)).toBe(false);
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
