import type { ClientCheckStep, HostPorts } from '@daymark/provider-contract';
import { ProviderError } from '@daymark/provider-contract';
import type { GoogleSettings } from './google-options.ts';
import { requestTokens } from './google-token.ts';

type StepName = ClientCheckStep['step'];

/** In the order in which Google looks at them: what comes after a failure cannot be told. */
const steps: readonly StepName[] = ['reachable', 'client-id', 'client-secret', 'redirect-uri'];

/**
 * Offers a code that nobody was given: how Google refuses it tells whether it knows the client. The redirect address it
 * may look at only with a code of its own, so that address is known to be wrong or not known.
 */
export async function checkGoogleClient(
  redirectUri: string,
  { settings, ports }: { readonly settings: GoogleSettings; readonly ports: HostPorts },
): Promise<readonly ClientCheckStep[]> {
  try {
    await requestTokens(
      { grant_type: 'authorization_code', code: 'daymark-check', redirect_uri: redirectUri, code_verifier: 'daymark-check'.repeat(4) },
      { settings, ports },
    );
    return report(null);
  } catch (error) {
    return report(failureOf(error));
  }
}

interface Failure {
  readonly steps: readonly StepName[];
  readonly detail: string;
}

function failureOf(error: unknown): Failure | null {
  if (!(error instanceof ProviderError)) throw error;
  switch (error.reason) {
    case 'invalid_grant':
      return null;
    // Google does not say which of the two it does not know.
    case 'invalid_client':
    case 'unauthorized_client':
      return { steps: ['client-id', 'client-secret'], detail: 'Google does not know this pair of client id and client secret.' };
    case 'deleted_client':
      return { steps: ['client-id'], detail: 'The client was deleted in the Google Cloud project.' };
    case 'redirect_uri_mismatch':
      return { steps: ['redirect-uri'], detail: 'This redirect address is not among the authorised redirect URIs of the client.' };
    default:
      return { steps: ['reachable'], detail: `${error.message}${error.reason === null ? '' : ` (${error.reason})`}.` };
  }
}

function report(failure: Failure | null): readonly ClientCheckStep[] {
  if (failure === null) return steps.map((step) => ({ step, outcome: step === 'redirect-uri' ? 'unknown' : 'passed', detail: null }));
  const first = steps.indexOf(failure.steps[0] as StepName);
  return steps.map((step, index) => {
    if (failure.steps.includes(step)) return { step, outcome: 'failed', detail: failure.detail };
    return { step, outcome: index < first ? 'passed' : 'unknown', detail: null };
  });
}
