import type { Connection } from '@daymark/api-contract';
import { Button } from '@mantine/core';
import { IconPlugConnected, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { DetailPage } from '../../components/detail-page.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { ProviderName } from '../../components/provider-name.tsx';
import { StatusChip } from '../../components/status-chip.tsx';
import { notifyProblem } from '../../lib/notify.tsx';
import { overviewQuery } from '../../lib/queries/overview.ts';
import { useProviders } from '../../lib/queries/providers.ts';
import { useUserNames } from '../../lib/queries/users.ts';
import { attentionOf, reasonOf } from './attention.ts';
import { CalendarsPanel } from './calendars-panel.tsx';
import { ChecksPanel } from './checks-panel.tsx';
import { Conditions } from './conditions.tsx';
import { Diagnosis } from './diagnosis.tsx';
import { DisconnectButton } from './disconnect-button.tsx';
import { FactsPanel } from './facts-panel.tsx';
import { RunsPanel } from './runs-panel.tsx';
import { SettingsPanel } from './settings-panel.tsx';
import { SyncProgress } from './sync-progress.tsx';
import { WaitingPanel } from './waiting-panel.tsx';
import { connectionQuery, useReconnect } from './use-connection.ts';
import { isFinished, useRunProgress, useStartSync } from './use-runs.ts';
import './connections.css';

const route = getRouteApi('/shell/connections/$connectionId');

export function Component(): ReactNode {
  const { connectionId } = route.useParams();
  return (
    <DetailPage kind="Connection" back={<Link to="/connections">Connections</Link>} query={useQuery(connectionQuery(connectionId))}>
      {(connection) => <ConnectionView key={connection.id} connection={connection} />}
    </DetailPage>
  );
}

function ConnectionView({ connection }: { readonly connection: Connection }): ReactNode {
  const connectionId = connection.id;
  const { runs } = route.useSearch();
  const { data: overview } = useQuery(overviewQuery);
  const providerOf = useProviders();
  const ownerOf = useUserNames();
  const startSync = useStartSync();
  const started = useRunProgress(startSync.data?.data ?? []);
  const reconnect = useReconnect();
  const name = connection.account_email ?? connection.label;
  const needsSomebody = attentionOf(connection) === 'needs-action';
  const isBroken = connection.last_error !== null || connection.status === 'revoked' || needsSomebody;
  const lacksScope = connection.conditions.some(({ condition }) => condition === 'scope-missing');
  const canSync = connection.status === 'active' || connection.status === 'error' || connection.status === 'paused';
  const needsSignIn = connection.status === 'expired' || connection.status === 'revoked' || connection.status === 'pending' || lacksScope;
  const isWaiting = connection.status === 'pending';
  const isGoing = connection.running_run_id !== null || !started.every(isFinished);
  const sync = (): void => startSync.mutate({ connectionId }, { onError: (error) => notifyProblem('Sync did not start', error) });

  return (
    <>
      <PageHead
        title={name}
        actions={
          <>
            {canSync && (
              <Button leftSection={<IconRefresh size={16} aria-hidden="true" />} loading={startSync.isPending} onClick={sync}>
                Sync now
              </Button>
            )}
            <Button
              variant={needsSignIn ? 'filled' : 'default'}
              leftSection={<IconPlugConnected size={16} aria-hidden="true" />}
              loading={reconnect.isPending}
              onClick={() => reconnect.mutate(connectionId)}
            >
              {isWaiting ? 'Connect on this device' : 'Reconnect'}
            </Button>
          </>
        }
      >
        <ProviderName provider={providerOf(connection.provider)} />
        <StatusChip status={isGoing ? 'syncing' : connection.status} />
        <Conditions conditions={connection.conditions} />
        <span className="dim">{ownerOf(connection.user_id)}</span>
      </PageHead>
      <div className="stack">
        {startSync.data !== undefined && <SyncProgress title={`Sync of ${name}`} runs={started} onClose={startSync.reset} />}
        {isBroken && (
          <Diagnosis
            connection={connection}
            reason={reasonOf(connection, overview?.needs_you ?? [])}
            provider={providerOf(connection.provider).name}
          />
        )}
        {isWaiting ? (
          <WaitingPanel connection={connection} />
        ) : (
          <>
            <div className="two-columns">
              <div className="stack">
                <FactsPanel connection={connection} />
                <CalendarsPanel connectionId={connectionId} />
              </div>
              <ChecksPanel connectionId={connectionId} isStopped={connection.status === 'expired' || connection.status === 'revoked'} />
            </div>
            <RunsPanel connectionId={connectionId} only={runs} />
            <div className="two-columns settings-columns">
              <div className="stack">
                <SettingsPanel key={connection.id} connection={connection} />
              </div>
              {connection.status !== 'revoked' && <DisconnectButton connection={connection} name={name} />}
            </div>
          </>
        )}
      </div>
    </>
  );
}
