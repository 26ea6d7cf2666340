import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Clock } from '@daymark/domain';
import { ProviderError, type CalendarProvider } from '@daymark/provider-contract';

type Quota = CalendarProvider['manifest']['quotas'][number];

/** What is left of a quota, in requests; it fills again evenly. */
interface Budget {
  left: number;
  /** Epoch milliseconds up to which it was filled. */
  at: number;
}

/** Beyond so many the budget that was unused for longest is forgotten; it will be full again. */
const MOST_KEPT = 10_000;

const requests = new Counter({
  name: 'provider_requests_total',
  help: 'Calls of calendar services, by provider and status; held back: not sent, for a budget was used up',
  labelNames: ['provider', 'status'],
});
const remaining = new Gauge({
  name: 'provider_budget_remaining',
  help: 'Share of a quota of the service that is left in this process, 0 to 1; of accounts, that of the one which called last',
  labelNames: ['provider', 'scope'],
});

/**
 * Keeps calls below the quotas that a manifest names, so that a service need not refuse them: who would go beyond waits
 * as if the service had said so. Counts in this process only; what several of them spend together, the service tells by 429.
 */
@Injectable()
export class RequestBudgets {
  readonly #budgets = new Map<string, Budget>();

  constructor(private readonly clock: Clock) {}

  /** A fetch that counts and, with nothing left, throws `rate-limited` with the wait until the next request, and sends nothing. */
  fetchWithin(
    { id, manifest }: Pick<CalendarProvider, 'id' | 'manifest'>,
    { account, send }: { readonly account: string; readonly send: typeof fetch },
  ): typeof fetch {
    return async (input, init) => {
      this.#spend(id, { quotas: manifest.quotas, account });
      let status = 'none';
      try {
        const response = await send(input, init);
        status = String(response.status);
        return response;
      } finally {
        requests.inc({ provider: id, status });
      }
    };
  }

  #spend(provider: string, { quotas, account }: { quotas: readonly Quota[]; account: string }): void {
    const budgets = quotas.map((quota) => ({ quota, budget: this.#filled(provider, { quota, account }) }));
    const waitMs = Math.max(
      0,
      ...budgets.map(({ quota, budget }) => (budget.left >= 1 ? 0 : ((1 - budget.left) * quota.perMs) / quota.requests)),
    );
    if (waitMs > 0) {
      requests.inc({ provider, status: 'held back' });
      throw new ProviderError('rate-limited', 'The quota of the calendar service is used up for the moment', {
        reason: 'own-budget',
        retryAfterMs: Math.ceil(waitMs),
      });
    }
    for (const { quota, budget } of budgets) {
      budget.left -= 1;
      remaining.set({ provider, scope: quota.scope }, budget.left / quota.requests);
    }
  }

  #filled(provider: string, { quota, account }: { quota: Quota; account: string }): Budget {
    const key = `${provider} ${quota.scope} ${quota.perMs} ${quota.scope === 'account' ? account : ''}`;
    const now = this.clock.now();
    const budget = this.#budgets.get(key) ?? { left: quota.requests, at: now };
    budget.left = Math.min(quota.requests, budget.left + (Math.max(0, now - budget.at) * quota.requests) / quota.perMs);
    budget.at = now;
    this.#budgets.delete(key);
    this.#budgets.set(key, budget);
    const [longestUnused] = this.#budgets.keys();
    if (this.#budgets.size > MOST_KEPT && longestUnused !== undefined) this.#budgets.delete(longestUnused);
    return budget;
  }
}
