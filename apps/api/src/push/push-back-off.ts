import { DAY_MS, HOUR_MS, MINUTE_MS } from '@daymark/domain';
import { errorTreatment, ProviderError } from '@daymark/provider-contract';

/**
 * How long to leave a service alone that did not give a channel; the calendar is polled meanwhile. What it refused is
 * asked again rarely, for a person or the service has to change something first.
 */
export function pushBackOffMs(error: unknown, { failures, upTo }: { failures: number; upTo: (bound: number) => number }): number {
  if (error instanceof ProviderError && error.retryAfterMs !== null) return error.retryAfterMs + upTo(1000);
  const isRefused = error instanceof ProviderError && errorTreatment[error.code] === 'set-aside';
  const [first, longest] = isRefused ? [10 * MINUTE_MS, DAY_MS] : [5000, HOUR_MS];
  const ceiling = Math.min(longest, first * 2 ** Math.min(failures, 20));
  return Math.ceil(ceiling / 2) + upTo(ceiling / 2);
}
