import type { ConnectionTest } from '@daymark/api-contract';
import { Button } from '@mantine/core';
import { IconCheck, IconMinus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Panel } from '../../components/panel.tsx';
import { EmptyNotice, ProblemNotice, RowsSkeleton } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { took } from '../../lib/format-time.ts';
import { useConnectionTest } from './use-connection.ts';

type Check = ConnectionTest['checks'][number];

const names: Readonly<Record<Check['check'], string>> = {
  token: 'Token refresh',
  scopes: 'Scopes',
  calendar_list: 'List calendars',
  free_busy: 'Busy times',
  write: 'Write',
};

interface ChecksPanelProps {
  readonly connectionId: string;
  /** Without a sign-in that works there is nothing to try. */
  readonly isStopped: boolean;
}

/** Tries each part of the connection without changing anything. */
export function ChecksPanel({ connectionId, isStopped }: ChecksPanelProps): ReactNode {
  const test = useConnectionTest(connectionId);
  const run = (): void => test.mutate();
  if (isStopped) {
    return (
      <Panel title="Checks">
        <EmptyNotice title="Stopped until sign-in">
          Every check needs a sign-in that works. Reconnect first, then run them here.
        </EmptyNotice>
      </Panel>
    );
  }
  return (
    <Panel
      title="Checks"
      aside={
        <>
          {test.data !== undefined && (
            <span className="xs dim">
              <Time at={test.data.tested_at} show="absolute" />
            </span>
          )}
          {!test.isIdle && (
            <Button size="xs" loading={test.isPending} onClick={run}>
              Run again
            </Button>
          )}
        </>
      }
    >
      <div aria-live="polite">
        {test.isIdle && (
          <EmptyNotice title="Not run yet" action={<Button onClick={run}>Run checks</Button>}>
            Token, scopes, calendars, busy times and writing, one after the other. Nothing is changed.
          </EmptyNotice>
        )}
        {test.isPending && <RowsSkeleton rows={5} />}
        {test.isError && <ProblemNotice error={test.error} onRetry={run} />}
        {test.data?.checks.map((check) => (
          <CheckRow key={check.check} check={check} />
        ))}
      </div>
    </Panel>
  );
}

function CheckRow({ check }: { readonly check: Check }): ReactNode {
  return (
    <div className="check">
      {check.outcome === 'passed' && <IconCheck size={16} color="var(--dm-status-active)" aria-label="passed" />}
      {check.outcome === 'failed' && <IconX size={16} color="var(--dm-status-error)" aria-label="failed" />}
      {check.outcome === 'skipped' && <IconMinus size={16} color="var(--mantine-color-dimmed)" aria-label="not reached" />}
      <div>
        <span className={check.outcome === 'skipped' ? 'dim' : undefined}>{names[check.check]}</span>
        <p className="dim xs">{check.message}</p>
        {check.problem !== null && <p className="xs">{check.problem.fix}</p>}
      </div>
      <span className="dim xs">{check.outcome === 'skipped' ? 'not reached' : took(check.duration_ms)}</span>
    </div>
  );
}
