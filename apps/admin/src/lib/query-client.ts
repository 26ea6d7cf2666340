import { QueryClient } from '@tanstack/react-query';
import { ProblemError } from './problem-error.ts';

/** Answers are kept and shown at once; what the server calls retryable is tried again twice. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 10 * 60_000,
        retry: (failures, error) => failures < 2 && error instanceof ProblemError && error.retryable && error.status >= 500,
        retryDelay: (failures) => 500 * 2 ** failures,
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false },
    },
  });
}
