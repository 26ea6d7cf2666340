import type { Run } from '@daymark/api-contract';

type Listener = (message: { readonly data: string }) => void;

/** Stands in for the event streams of the server: a test says what arrives and when. */
export class FakeEventSource {
  static readonly CLOSED = 2;
  static readonly open = new Map<string, FakeEventSource>();
  readyState = 1;
  readonly #url: string;
  readonly #listeners = new Map<string, Listener>();

  constructor(url: string) {
    this.#url = url;
    FakeEventSource.open.set(url, this);
  }

  addEventListener(name: string, listener: Listener): void {
    this.#listeners.set(name, listener);
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED;
    if (FakeEventSource.open.get(this.#url) === this) FakeEventSource.open.delete(this.#url);
  }

  send(run: Run): void {
    this.#listeners.get('run')?.({ data: JSON.stringify(run) });
  }

  static of(runId: string): FakeEventSource | undefined {
    return FakeEventSource.open.get(`/v1/sync/runs/${runId}/stream`);
  }
}
