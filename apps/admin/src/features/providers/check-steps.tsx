import type { Provider, ProviderCheck } from '@daymark/api-contract';
import { Button } from '@mantine/core';
import { IconCheck, IconMinus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ProblemNotice, RowsSkeleton } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { ownerNames } from '../../lib/problem-error.ts';
import { sessionQuery } from '../../lib/queries/session.ts';
import { useProviderCheck } from './use-provider-check.ts';

type Step = ProviderCheck['steps'][number];

const names: Readonly<Record<Step['step'], string>> = {
  reachable: 'The service can be reached',
  'client-id': 'It knows the client id',
  'client-secret': 'It takes the client secret',
  'redirect-uri': 'The redirect address is registered',
};

/** Tries the registration at the service, and says at which step it ends. */
export function CheckSteps({ provider }: { readonly provider: Provider }): ReactNode {
  const check = useProviderCheck(provider.id);
  const { data: session } = useQuery(sessionQuery);
  const run = (): void => check.mutate();
  const label = check.data === undefined ? 'Check credentials' : 'Check again';
  return (
    <section>
      <h3>Check of the registration</h3>
      <div className="provider-check" aria-live="polite">
        {check.isPending && <RowsSkeleton rows={4} />}
        {check.isError && <ProblemNotice error={check.error} onRetry={run} />}
        {check.data !== undefined && !check.isPending && <Result check={check.data} />}
      </div>
      {session?.role === 'owner' ? (
        <Button loading={check.isPending} aria-label={`${label}: ${provider.name}`} onClick={run}>
          {label}
        </Button>
      ) : (
        <p className="dim">An owner of the tenant, or whoever runs this installation, can check the credentials here.</p>
      )}
    </section>
  );
}

function Result({ check }: { readonly check: ProviderCheck }): ReactNode {
  return (
    <>
      <p role="status">
        <b>{check.failed_step === null ? 'The service accepts the registration.' : `It ends at: ${names[check.failed_step]}.`}</b>{' '}
        <span className="dim">
          <Time at={check.checked_at} show="absolute" />
        </span>
      </p>
      <ol className="provider-steps">
        {check.steps.map((step) => (
          <StepRow key={step.step} step={step} />
        ))}
      </ol>
      {check.failed_step === null && (
        <p className="dim">
          Whether the API is switched on there and every permission is granted shows when an account is connected: its checks try each of
          them.
        </p>
      )}
    </>
  );
}

function StepRow({ step: { step, outcome, detail, cause, fix, who } }: { readonly step: Step }): ReactNode {
  return (
    <li>
      {outcome === 'passed' && <IconCheck size={16} color="var(--dm-status-active)" aria-label="passed" />}
      {outcome === 'failed' && <IconX size={16} color="var(--dm-status-error)" aria-label="failed" />}
      {outcome === 'unknown' && <IconMinus size={16} color="var(--mantine-color-dimmed)" aria-label="not known" />}
      <div>
        <span className={outcome === 'unknown' ? 'dim' : undefined}>{names[step]}</span>
        {detail !== null && <p className="dim xs anywhere">{detail}</p>}
        {cause !== null && <p className="xs">{cause}</p>}
        {fix !== null && who !== null && (
          <p className="xs anywhere">
            {fix} <span className="dim">Who: {ownerNames[who]}.</span>
          </p>
        )}
      </div>
    </li>
  );
}
