import { expect } from 'vitest';
import type { CalendarSession } from '../calendar-provider.ts';
import type { TokenSet } from '../provider-auth.ts';
import { backOffMs, isTreatedBy, refreshingOnce } from '../treatment.ts';
import type { ProviderWorld } from './provider-world.ts';
import { Scene } from './scene.ts';
import { treatedSession } from './storm-session.ts';
import type { Treats } from './storm-session.ts';
import type { Weather } from './storm-weather.ts';

const MOST_TRIES = 20;
const LONGEST_WAIT_MS = 30_000;

/** Thrown by what only makes sense in calm weather: counted calls, faults of a case's own, a way out or credentials of its own. */
export class NeedsCalm extends Error {
  override readonly name = 'NeedsCalm';
}

/** A case in bad weather, with a host that treats what happens as hosts have to. Consent is given in calm. */
export class StormScene extends Scene {
  readonly #weather: Weather;

  constructor(world: ProviderWorld, weather: Weather) {
    super(withoutFaults(world), { provider: world.provider, misregistered: world.misregistered });
    this.#weather = weather;
  }

  override open(tokens: TokenSet, how: Parameters<Scene['open']>[1] = {}): CalendarSession {
    if (how.fetch !== undefined || how.credentials !== undefined) throw new NeedsCalm('the case has a way out or credentials of its own');
    let grant = tokens;
    const refresh = async (): Promise<boolean> => {
      const { refreshToken } = grant;
      if (refreshToken === null) return false;
      const fresh = await this.#waiting(() => this.provider.auth.refresh(refreshToken, this.#stormyPorts()));
      grant = { ...fresh, refreshToken: fresh.refreshToken ?? refreshToken };
      return true;
    };
    const session = super.open(tokens, {
      ...how,
      fetch: this.#weather.fetch(fetch),
      credentials: () => Promise.resolve({ accessToken: grant.accessToken }),
    });
    const treat: Treats = (call) => this.#waiting(() => refreshingOnce(call, refresh));
    return treatedSession(session, treat, (call) => this.#weather.keepingAnswers(call));
  }

  /** That no create was applied twice. */
  async expectNothingDoubled(): Promise<void> {
    const markers = (await this.world.holds.events(this.calendarId)).flatMap(({ marker, seriesId }) =>
      marker === null || seriesId !== null ? [] : [marker],
    );
    expect(markers.toSorted()).toEqual([...new Set(markers)].toSorted());
  }

  #stormyPorts() {
    return { fetch: this.#weather.fetch(fetch), now: () => this.world.clock.now() };
  }

  /** The clock of the world goes on instead of the test. */
  async #waiting<T>(work: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await work();
      } catch (error) {
        if (!isTreatedBy(error, 'wait') || failures >= MOST_TRIES) throw error;
        const upTo = (bound: number) => Math.floor(this.#weather.chance() * (bound + 1));
        this.world.clock.advance(backOffMs(error, { failures, longestMs: LONGEST_WAIT_MS, upTo }));
      }
    }
  }
}

function withoutFaults(world: ProviderWorld): ProviderWorld {
  const needsCalm = (): never => {
    throw new NeedsCalm('the case has weather of its own');
  };
  const { faults } = world;
  return {
    ...world,
    faults: {
      ...faults,
      answer: needsCalm,
      calls: needsCalm,
      allCalls: needsCalm,
      expireAccess: needsCalm,
      revoke: needsCalm,
      pages: (shape) => (shape.failPage === undefined ? faults.pages(shape) : needsCalm()),
    },
  };
}
