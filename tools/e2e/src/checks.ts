/** Counts what holds and what does not, a line each; what fails does not keep the rest from being looked at. */
export class Checks {
  passed = 0;
  failed = 0;
  readonly #onFailure: (number: number) => Promise<string | null>;

  /** `onFailure` may keep evidence; what it answers is printed. */
  constructor({ onFailure }: { onFailure(number: number): Promise<string | null> }) {
    this.#onFailure = onFailure;
  }

  /** Holds unless it throws. What it answers is given back; null when it does not hold. */
  async that<T>(claim: string, look: () => Promise<T> | T): Promise<T | null> {
    const startedAt = Date.now();
    try {
      const found = await look();
      this.passed += 1;
      console.log(`  ok   ${claim} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
      return found;
    } catch (error) {
      this.failed += 1;
      const evidence = await this.#onFailure(this.failed);
      console.log(` FAIL  ${claim}\n       ${shortened(error)}${evidence === null ? '' : `\n       ${evidence}`}`);
      return null;
    }
  }
}

const MOST_LINES = 8;

function shortened(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // Playwright colours its logs.
  const plain = text.replaceAll(/\u001B\[[0-9;]*m/g, '');
  return plain.split('\n').slice(0, MOST_LINES).join('\n       ');
}
