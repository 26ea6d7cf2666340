import { DomainError } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import { providerFailure } from '../connections/provider-problem.ts';
import { writeProblem } from '../placements/placement-outcomes.ts';

/** What a caller gets when a provider did not do a write: the catalogue's word, the provider's reason beside it. Other errors pass. */
export function requestRefusal(error: unknown, provider: string): unknown {
  if (!(error instanceof ProviderError)) return error;
  const failure = providerFailure(error, provider);
  if (!(failure instanceof DomainError)) return failure;
  return new DomainError(writeProblem(error).code, failure.detail, failure.data, { cause: error });
}
