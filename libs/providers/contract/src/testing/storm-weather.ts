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
  /** Calls with each token. */
  readonly #tokens = new Map<string, number>();

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
      switch (this.#next(new Headers(call[1]?.headers).get('authorization'))) {
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

  #next(token: string | null): Trouble | null {
    let place = this.chance() * 1000;
    const drawn = shares.find(([, share]) => (place -= share) < 0)?.[0] ?? null;
    const found = this.#isRefused(token, drawn) ? 'token-refused' : drawn === 'token-refused' ? null : drawn;
    if (found === null || (found === 'answer-lost' && this.#answersKept > 0)) return null;
    this.troubled += 1;
    return found;
  }

  /** Once refused, always refused; a token that came after another serves for longer than any one call of a session takes. */
  #isRefused(token: string | null, drawn: Trouble | null): boolean {
    if (token === null) return false;
    const calls = this.#tokens.get(token) ?? 0;
    const isRefused = calls === REFUSED || (drawn === 'token-refused' && (this.#tokens.size <= 1 || calls >= CALLS_OF_A_NEW_TOKEN));
    this.#tokens.set(token, isRefused ? REFUSED : calls + 1);
    return isRefused;
  }
}

const REFUSED = -1;
const CALLS_OF_A_NEW_TOKEN = 50;
