import type { Connection } from '@daymark/api-contract';
import { ActionIcon, Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Fragment } from 'react';
import { ButtonLink } from '../../components/button-link.tsx';
import { ProviderName, providerTone } from '../../components/provider-name.tsx';
import { StatusChip } from '../../components/status-chip.tsx';
import { Time } from '../../components/time.tsx';
import { useNow } from '../../lib/clock.tsx';
import { notifyProblem } from '../../lib/notify.tsx';
import { overviewQuery } from '../../lib/queries/overview.ts';
import { useProviders } from '../../lib/queries/providers.ts';
import { useUserNames } from '../../lib/queries/users.ts';
import { attentionOf, reasonOf, sentence } from './attention.ts';
import { Conditions } from './conditions.tsx';
import { RunCounts } from './sync-progress.tsx';
import { useReconnect } from './use-connection.ts';
import { useRunProgress, useStartSync } from './use-runs.ts';

/** One row per connection; below 768 px a card of the same cells. */
export function ConnectionRows({ connections }: { readonly connections: readonly Connection[] }): ReactNode {
  return (
    <table className="table connections">
      <thead>
        <tr>
          <th>Status</th>
          <th>Account</th>
          <th>Owner</th>
          <th>Provider</th>
          <th className="num">Calendars</th>
          <th>Last good sync</th>
          <th className="num">Sync</th>
        </tr>
      </thead>
      <tbody>
        {connections.map((connection) => (
          <ConnectionRow key={connection.id} connection={connection} />
        ))}
      </tbody>
    </table>
  );
}

function ConnectionRow({ connection }: { readonly connection: Connection }): ReactNode {
  const providerOf = useProviders();
  const ownerOf = useUserNames();
  const startSync = useStartSync();
  const reconnect = useReconnect();
  const now = useNow();
  const runs = useRunProgress(startSync.data?.data ?? []);
  const isGoing = connection.running_run_id !== null || runs.some((run) => run.state === 'queued' || run.state === 'running');
  const name = connection.account_email ?? connection.label;
  const provider = providerOf(connection.provider);
  const attention = attentionOf(connection);
  const { data: overview } = useQuery(overviewQuery);
  const reason = attention === 'none' ? null : reasonOf(connection, overview?.needs_you ?? []);
  const canReconnect = connection.status === 'expired' || reason?.code === 'scope-missing';
  const canSync = connection.status === 'active' || connection.status === 'error' || connection.status === 'paused';
  const start = (): void =>
    startSync.mutate({ connectionId: connection.id }, { onError: (error) => notifyProblem(`Sync of ${name} did not start`, error) });

  return (
    <Fragment>
      <tr className={reason === null ? undefined : 'has-reason'} style={providerTone(provider)}>
        <td className="c-status">
          <span className="row wrap" style={{ gap: 4 }}>
            <StatusChip status={isGoing ? 'syncing' : connection.status} />
            <Conditions conditions={connection.conditions} only={reason === null ? undefined : 'traits'} />
          </span>
        </td>
        <td className="c-account">
          <Link to="/connections/$connectionId" params={{ connectionId: connection.id }} className="account">
            {name}
          </Link>
          {connection.label !== name && <span className="dim"> {connection.label}</span>}
        </td>
        <td className="c-owner">{ownerOf(connection.user_id)}</td>
        <td className="c-provider">
          <ProviderName provider={provider} />
        </td>
        <td className="c-count num">{connection.calendars_count}</td>
        <td className="c-age">{connection.last_success_at === null ? 'never' : <Time at={connection.last_success_at} />}</td>
        <td className="c-action num">
          {runs.length > 0 ? (
            <RunCounts runs={runs} />
          ) : (
            canSync && (
              <ActionIcon
                variant="default"
                size={26}
                loading={startSync.isPending}
                aria-label={`Sync ${name} now`}
                title="Sync now"
                onClick={start}
              >
                <IconRefresh size={14} aria-hidden="true" />
              </ActionIcon>
            )
          )}
        </td>
      </tr>
      {reason !== null && (
        <tr className="reason" style={providerTone(provider)}>
          <td colSpan={7}>
            <div className="reason-line">
              <Conditions conditions={connection.conditions} only="troubles" />
              <p>
                <span className="med">{sentence(reason.message)}</span>{' '}
                <span className="dim">
                  {attention === 'recovering' ? 'Recovers by itself' : reason.fix}
                  {attention === 'recovering' && connection.next_run_at !== null && (
                    <>
                      , {Date.parse(connection.next_run_at) > now ? 'next try ' : 'was due '}
                      <Time at={connection.next_run_at} show="clock" />
                    </>
                  )}
                  {attention === 'recovering' && '.'}
                </span>
              </p>
              {attention === 'needs-action' &&
                (canReconnect ? (
                  <Button
                    size="xs"
                    loading={reconnect.isPending}
                    aria-label={`Reconnect ${name}`}
                    onClick={() => reconnect.mutate(connection.id)}
                  >
                    Reconnect
                  </Button>
                ) : (
                  <ButtonLink
                    to="/connections/$connectionId"
                    params={{ connectionId: connection.id }}
                    size="xs"
                    aria-label={`See cause of ${name}`}
                  >
                    See cause
                  </ButtonLink>
                ))}
            </div>
          </td>
        </tr>
      )}
    </Fragment>
  );
}
