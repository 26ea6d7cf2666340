import type { Run } from '@daymark/api-contract';
import { IconCheck, IconClock, IconRefresh, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Panel } from '../../components/panel.tsx';
import { EmptyNotice, QueryState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { took } from '../../lib/format-time.ts';
import { runsQuery } from './use-runs.ts';

const triggers: Readonly<Record<Run['trigger'], string>> = {
  notice: 'push',
  tick: 'clock',
  person: 'by hand',
  reconcile: 'reconcile',
  retry: 'retry',
  connected: 'connected',
  window: 'window moved',
};
const columns = ['pulled', 'pushed', 'updated', 'deleted', 'skipped', 'conflicts'] as const;

interface RunsPanelProps {
  readonly connectionId: string;
  readonly only: 'failed' | undefined;
}

/** The latest runs with what each did. */
export function RunsPanel({ connectionId, only }: RunsPanelProps): ReactNode {
  const query = useQuery(runsQuery(connectionId, only));
  return (
    <Panel
      title="Runs"
      count={query.data === undefined ? undefined : `latest ${query.data.length}`}
      aside={
        <span className="seg" role="group" aria-label="Which runs">
          <Link
            to="/connections/$connectionId"
            params={{ connectionId }}
            search={{}}
            activeProps={{}}
            data-status=""
            aria-current={only === undefined ? 'true' : undefined}
          >
            All
          </Link>
          <Link
            to="/connections/$connectionId"
            params={{ connectionId }}
            search={{ runs: 'failed' }}
            activeProps={{}}
            data-status=""
            aria-current={only === 'failed' ? 'true' : undefined}
          >
            Failed only
          </Link>
        </span>
      }
    >
      <QueryState query={query} skeletonRows={5}>
        {(runs) =>
          runs.length === 0 ? (
            <EmptyNotice title={only === 'failed' ? 'No run failed' : 'No run yet'}>
              {only === 'failed' ? 'All kept runs ended well.' : 'The first run starts after connecting, or with Sync now.'}
            </EmptyNotice>
          ) : (
            <div className="table-scroll" tabIndex={0} role="region" aria-label="Runs, scrolls sideways">
              <table className="table cards runs">
                <thead>
                  <tr>
                    <th>Started</th>
                    <th>Trigger</th>
                    <th className="num">Took</th>
                    {columns.map((column) => (
                      <th key={column} className="num">
                        {column[0]?.toUpperCase()}
                        {column.slice(1)}
                      </th>
                    ))}
                    <th className="num">Calls</th>
                    <th className="num">Result</th>
                  </tr>
                </thead>
                <tbody>
                  {runs.map((run) => (
                    <tr key={run.id}>
                      <td>
                        <Time at={run.started_at ?? run.queued_at} />
                      </td>
                      <td className="hide">{triggers[run.trigger]}</td>
                      <td className="num hide">{run.duration_ms === null ? '–' : took(run.duration_ms)}</td>
                      {columns.map((column) => (
                        <td key={column} className={`num hide ${run.counts[column] === 0 ? 'zero' : ''}`}>
                          {run.counts[column]}
                        </td>
                      ))}
                      <td className="num hide">{run.provider_requests}</td>
                      <td className="num">
                        <RunResult run={run} />
                      </td>
                      <td className="whole dim xs phone-only">
                        {triggers[run.trigger]}, {run.counts.pulled} pulled, {run.counts.pushed} pushed
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </QueryState>
    </Panel>
  );
}

function RunResult({ run }: { readonly run: Run }): ReactNode {
  if (run.state === 'succeeded') {
    return (
      <span className="run-result" style={{ color: 'var(--dm-status-active)' }}>
        <IconCheck size={14} aria-hidden="true" /> Good
      </span>
    );
  }
  if (run.state === 'queued' || run.state === 'running') {
    return (
      <span className="run-result" style={{ color: 'var(--dm-status-syncing)' }}>
        {run.state === 'queued' ? (
          <IconClock size={14} aria-hidden="true" />
        ) : (
          <IconRefresh size={14} className="turning" aria-hidden="true" />
        )}
        {run.state === 'queued' ? 'Queued' : 'Running'}
      </span>
    );
  }
  const word = { failed: 'Failed', interrupted: 'Interrupted', held: 'Held' }[run.state];
  return (
    <span className="run-result danger-text" title={run.error === null ? undefined : `${run.error.message} ${run.error.fix}`}>
      <IconX size={14} aria-hidden="true" /> <span className="cut">{run.error?.message ?? word}</span>
    </span>
  );
}
