import { Clock, instant, type Instant } from '@daymark/domain';

/** A clock that runs like the machine's until a test moves it. */
export class TestClock extends Clock {
  #offsetMs = 0;

  override now(): Instant {
    return instant(Date.now() + this.#offsetMs);
  }

  advance(ms: number): void {
    this.#offsetMs += ms;
  }

  /** Lets it stand at a moment and run on from there. */
  moveTo(at: Instant): void {
    this.#offsetMs = at - Date.now();
  }
}
