import type { ProviderCheck } from '@daymark/api-contract';
import type { ClientCheckStep } from '@daymark/provider-contract';

type ExplainedStep = ProviderCheck['steps'][number];
type Remedy = Pick<ExplainedStep, 'cause' | 'fix'>;

const remedies: Readonly<Record<ClientCheckStep['step'], (redirectUri: string) => Remedy>> = {
  reachable: () => ({
    cause: 'The service gave no answer from here, or none that can be understood.',
    fix: 'Let this installation reach the addresses of the service (DNS, proxy, firewall); if the service itself is down, wait. Then check again.',
  }),
  'client-id': () => ({
    cause: 'The client id is not, or no longer, one that the service knows.',
    fix: 'Copy the client id of the registration at the service into the settings of this installation, and restart.',
  }),
  'client-secret': () => ({
    cause: 'The client secret does not belong to the client id, was deleted, or has run out.',
    fix: 'Make a new secret at the service, put its value (not its id) into the settings of this installation, and restart.',
  }),
  'redirect-uri': (redirectUri) => ({
    cause: 'The address to which people come back is not registered with the client.',
    fix: `Register ${redirectUri} at the service, to the letter: scheme, host, port, no slash at the end.`,
  }),
};

/** The service's steps with what to do about those that failed. A service may not tell of the address before somebody consents. */
export function explainedSteps(steps: readonly ClientCheckStep[], redirectUri: string): ExplainedStep[] {
  const isAllRight = steps.every(({ outcome }) => outcome !== 'failed');
  return steps.map(({ step, outcome, detail }) => {
    if (outcome === 'failed') return { step, outcome, detail, ...remedies[step](redirectUri), who: 'operator' };
    const isUntold = outcome === 'unknown' && isAllRight && step === 'redirect-uri';
    const said = isUntold ? `The service tells this only when somebody gives consent. Compare it to the letter: ${redirectUri}` : detail;
    return { step, outcome, detail: said, cause: null, fix: null, who: null };
  });
}
