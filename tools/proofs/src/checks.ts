const MOST_SHOWN = 5;

/** Counts what holds and what does not; a line each. */
export class Checks {
  passed = 0;
  failed = 0;

  that(claim: string, holds: boolean, detail = ''): void {
    if (holds) this.passed += 1;
    else this.failed += 1;
    console.log(`${holds ? '  ok  ' : ' FAIL '} ${claim}${holds || detail === '' ? '' : `\n        ${detail}`}`);
  }

  /** Holds when nothing speaks against it. */
  none(claim: string, counterexamples: readonly unknown[]): void {
    const shown = counterexamples.slice(0, MOST_SHOWN).map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    this.that(claim, counterexamples.length === 0, `${counterexamples.length} times not: ${shown.join('\n        ')}`);
  }
}
