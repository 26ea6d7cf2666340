/**
 * A value that must never be printed. Text, JSON and the console show `***`; only `reveal()` gives
 * what is inside, so that a search for that word lists every place where a secret is used.
 */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  /** What `console.log` and `util.inspect` of Node print. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '***';
  }
}
