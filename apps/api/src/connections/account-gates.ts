import { Injectable } from '@nestjs/common';

interface Gate {
  open: number;
  readonly waiting: (() => void)[];
}

/** Keeps the calls for one account below what its service takes at the same time; the rest wait their turn. Counts in this process only. */
@Injectable()
export class AccountGates {
  readonly #gates = new Map<string, Gate>();

  /** A fetch that passes through the gate of an account, `atOnce` calls at a time; null: the service names no limit. */
  fetchThrough(account: string, { atOnce, send }: { readonly atOnce: number | null; readonly send: typeof fetch }): typeof fetch {
    if (atOnce === null) return send;
    return (input, init) => this.#run(account, { atOnce, call: () => send(input, init) });
  }

  async #run<T>(account: string, { atOnce, call }: { atOnce: number; call: () => Promise<T> }): Promise<T> {
    const gate = this.#gates.get(account) ?? { open: 0, waiting: [] };
    this.#gates.set(account, gate);
    if (gate.open < atOnce) gate.open += 1;
    else await new Promise<void>((resolve) => gate.waiting.push(resolve));
    try {
      return await call();
    } finally {
      this.#leave(account, gate);
    }
  }

  /** Whoever leaves hands their place on, so that nobody who comes later gets in between. */
  #leave(account: string, gate: Gate): void {
    const next = gate.waiting.shift();
    if (next !== undefined) return next();
    gate.open -= 1;
    if (gate.open === 0) this.#gates.delete(account);
  }
}
