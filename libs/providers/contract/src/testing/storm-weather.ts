import { createHash } from 'node:crypto';

/** What happens to a call: turned away by a limit or a failure, never sent, answered into nothing, or refused for its token. */
type Trouble = 'limit' | 'failure' | 'unsent' | 'answer-lost' | 'token-refused';

/** Of a thousand calls; the first four make a tenth. */
const shares: readonly (readonly [trouble: Trouble, share: number])[] = [
  ['limit', 25],
  ['failure', 25],
  ['unsent', 25],
  ['answer-lost', 25],
  ['token-refused', 10],
];

/** Trouble with calls, the same in every run with the same seed. */
export class Weather {
  /** Calls that met with trouble. */
  troubled = 0;
  readonly #seed: string;
  #drawn = 0;
  #answersKept = 0;
  #wasTokenRefused = false;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** The next number by chance, from 0 to below 1. */
  chance(): number {
    this.#drawn += 1;
    return createHash('sha256').update(`${this.#seed} ${this.#drawn}`).digest().readUInt32BE(0) / 2 ** 32;
  }

  /** A way out through the storm. */
  fetch(calm: typeof fetch): typeof fetch {
    return async (...call) => {
      switch (this.#next()) {
        case 'limit':
          return new Response('', { status: 429, headers: this.chance() < 0.5 ? { 'retry-after': '1' } : {} });
        case 'failure':
          return new Response('', { status: 500 });
        case 'token-refused':
          return new Response('', { status: 401 });
        case 'unsent':
          throw new TypeError('fetch failed');
        case 'answer-lost':
          await (await calm(...call)).arrayBuffer();
          throw new TypeError('fetch failed');
        case null:
          return calm(...call);
      }
    };
  }

  /** No answer is lost meanwhile: for what cannot be repeated without another id. */
  async keepingAnswers<T>(work: () => Promise<T>): Promise<T> {
    this.#answersKept += 1;
    try {
      return await work();
    } finally {
      this.#answersKept -= 1;
    }
  }

  #next(): Trouble | null {
    let place = this.chance() * 1000;
    const found = shares.find(([, share]) => (place -= share) < 0)?.[0] ?? null;
    const isSpared = (found === 'answer-lost' && this.#answersKept > 0) || (found === 'token-refused' && this.#wasTokenRefused);
    // A token that was refused is refused until it is renewed, and a new one is not: a second time it would be the grant's end.
    this.#wasTokenRefused = found === 'token-refused' && !isSpared;
    if (found === null || isSpared) return null;
    this.troubled += 1;
    return found;
  }
}
