import { ProviderError } from '@daymark/provider-contract';

/** The only file that knows the service's status codes and reasons: each becomes one of the nine codes of `ProviderError`. */

/** For a part that nobody has written: the host sets the subject aside and reports this sentence. */
export function notWritten(what: string): ProviderError {
  return new ProviderError('invalid-request', `${what} is not written yet for Acme Calendar.`, { reason: 'not-written' });
}

/** What the service says in the address that the browser came back to: RFC 6749 §4.1.2.1. */
export function consentRefused(error: string): ProviderError {
  if (error === 'access_denied') return new ProviderError('unauthorized', 'The person did not agree.', { reason: error });
  if (error === 'server_error' || error === 'temporarily_unavailable')
    return new ProviderError('unavailable', 'Acme Calendar could not answer.', { reason: error });
  return new ProviderError('forbidden', 'Acme Calendar refused our request for consent.', {
    reason: error,
    problem: 'provider-client-invalid',
  });
}
