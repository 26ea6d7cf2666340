import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';

/** What every log line of a request or job repeats: tenant, request, connection and run ids. */
export interface LogFields {
  readonly [name: string]: string | undefined;
}

@Injectable()
export class LogContext {
  readonly #storage = new AsyncLocalStorage<Record<string, string | undefined>>();

  run<T>(fields: LogFields, work: () => T): T {
    return this.#storage.run({ ...this.#storage.getStore(), ...fields }, work);
  }

  /** Adds to what runs now; nothing when outside a request or job. */
  add(fields: LogFields): void {
    const store = this.#storage.getStore();
    if (store !== undefined) Object.assign(store, fields);
  }

  fields(): LogFields {
    return { ...this.#storage.getStore() };
  }
}
