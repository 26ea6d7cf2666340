import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';

/** How many calls to providers a request cost; told in `X-Provider-Requests`. */
@Injectable()
export class ProviderUsage {
  readonly #storage = new AsyncLocalStorage<{ calls: number }>();

  run<T>(work: () => T): T {
    return this.#storage.run({ calls: 0 }, work);
  }

  /** One call more; nothing when no request is under way. */
  count(): void {
    const usage = this.#storage.getStore();
    if (usage !== undefined) usage.calls += 1;
  }

  get calls(): number {
    return this.#storage.getStore()?.calls ?? 0;
  }
}
