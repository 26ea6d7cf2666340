import type { ClientCheckStep, HostPorts } from '@daymark/provider-contract';
import { ProviderError } from '@daymark/provider-contract';
import type { OutlookSettings } from './outlook-options.ts';
import { requestTokens } from './outlook-token.ts';

type StepName = ClientCheckStep['step'];

/** In the order in which Microsoft looks at them: what comes after a failure cannot be told. */
const steps: readonly StepName[] = ['reachable', 'client-id', 'client-secret', 'redirect-uri'];

/**
 * Offers a code that nobody was given: how it is refused tells how far the registration is right. The redirect address is
 * looked at only with a code of its own, so that address is known to be wrong or not known. Throws nothing but what is a
 * fault of ours.
 */
export async function checkOutlookClient(
  redirectUri: string,
  { settings, ports }: { readonly settings: OutlookSettings; readonly ports: HostPorts },
): Promise<readonly ClientCheckStep[]> {
  try {
    await requestTokens(
      { grant_type: 'authorization_code', code: 'daymark-check', redirect_uri: redirectUri, code_verifier: 'daymark-check'.repeat(4) },
      { settings, ports, purpose: 'code' },
    );
    return report({ step: 'redirect-uri', detail: null });
  } catch (error) {
    return report(findingOf(error));
  }
}

/** How far it came: the step that failed, or without a detail the first that nothing is known of. */
interface Finding {
  readonly step: StepName;
  readonly detail: string | null;
}

/** https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes */
const failures: Readonly<Record<string, Finding>> = {
  AADSTS700016: { step: 'client-id', detail: 'The directory knows no application with this client id.' },
  AADSTS7000112: { step: 'client-id', detail: 'The application is disabled in its directory.' },
  AADSTS50194: {
    step: 'client-id',
    detail: 'The application is registered for one directory only, and the setting of the tenant names none.',
  },
  AADSTS90002: { step: 'client-id', detail: 'There is no directory with the tenant of the settings.' },
  AADSTS7000215: { step: 'client-secret', detail: 'The client secret is wrong; its value is needed, not its id.' },
  AADSTS7000222: { step: 'client-secret', detail: 'The client secret has expired.' },
  AADSTS7000218: { step: 'client-secret', detail: 'The client secret is missing.' },
  AADSTS700025: { step: 'client-secret', detail: 'The application is registered as a public client, which has no secret.' },
  AADSTS50011: { step: 'redirect-uri', detail: 'This redirect address is not among those of the platform "Web" of the application.' },
};

/** What is said of the code, and not of who brings it. */
const CODE_REFUSED = new Set(['AADSTS70000', 'AADSTS70008', 'AADSTS54005', 'invalid_grant']);
/** The code does not even look like one. Whether the client was looked at before is not documented. */
const CODE_UNREADABLE = 'AADSTS9002313';

function findingOf(error: unknown): Finding {
  if (!(error instanceof ProviderError)) throw error;
  const reason = error.reason ?? '';
  if (CODE_REFUSED.has(reason)) return { step: 'redirect-uri', detail: null };
  if (reason === CODE_UNREADABLE) return { step: 'client-id', detail: null };
  const known = failures[reason];
  if (known !== undefined) return { step: known.step, detail: `${known.detail} (${reason})` };
  if (error.problem === 'provider-client-invalid')
    return { step: 'client-id', detail: `Microsoft refuses the application${reason === '' ? '' : ` (${reason})`}.` };
  return { step: 'reachable', detail: `${error.message}${reason === '' ? '' : ` (${reason})`}.` };
}

function report({ step: end, detail }: Finding): readonly ClientCheckStep[] {
  return steps.map((step, index) => {
    if (step === end && detail !== null) return { step, outcome: 'failed', detail };
    return { step, outcome: index < steps.indexOf(end) ? 'passed' : 'unknown', detail: null };
  });
}
