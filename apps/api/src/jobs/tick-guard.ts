import type { Logger } from '@nestjs/common';

/**
 * Around everything that an interval calls. A tick that is still running is not begun again: a database that
 * became slow meets one question and not a growing pile of them. A tick that fails (the database restarts) is
 * logged and left to the next one; it must not end the process.
 */
export class TickGuard {
  readonly #running = new Map<string, { readonly end: Promise<void>; isReported: boolean }>();

  constructor(private readonly logger: Logger) {}

  /** Never rejects. Resolves when the tick of that name is over, also when that is an earlier one which was joined. */
  run(name: string, tick: () => Promise<void>): Promise<void> {
    const running = this.#running.get(name);
    if (running === undefined) {
      const end = this.#once(name, tick).finally(() => this.#running.delete(name));
      this.#running.set(name, { end, isReported: false });
      return end;
    }
    if (!running.isReported) this.logger.warn({ tick: name }, 'a tick is still running when its next one is due; it is not begun again');
    running.isReported = true;
    return running.end;
  }

  async #once(name: string, tick: () => Promise<void>): Promise<void> {
    try {
      await tick();
    } catch (error) {
      this.logger.warn({ error, tick: name }, 'a tick did not work; the next one repeats it');
    }
  }
}
