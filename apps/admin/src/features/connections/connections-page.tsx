import { Button, Select } from '@mantine/core';
import { IconPlus, IconRefresh } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PageHead } from '../../components/page-head.tsx';
import { SearchBox } from '../../components/search-box.tsx';
import { EmptyNotice, QueryState } from '../../components/states.tsx';
import { statusWord } from '../../components/status-chip.tsx';
import { counted } from '../../lib/format-time.ts';
import { notifyProblem } from '../../lib/notify.tsx';
import { overviewQuery } from '../../lib/queries/overview.ts';
import { providersQuery } from '../../lib/queries/providers.ts';
import { oneOf } from '../../lib/search.ts';
import { countNeedsAction } from './attention.ts';
import { ConnectDialog } from './connect-dialog.tsx';
import { ConnectionRows } from './connection-rows.tsx';
import { SyncProgress } from './sync-progress.tsx';
import { connectionsQuery } from './use-connections.ts';
import { useRunProgress, useStartSync } from './use-runs.ts';
import './connections.css';

const route = getRouteApi('/shell/connections');
const statuses = ['active', 'pending', 'paused', 'expired', 'error', 'revoked'] as const;
const views = [
  { id: undefined, label: 'All' },
  { id: 'needs-action', label: 'Needs action' },
  { id: 'recovering', label: 'Recovering' },
  { id: 'pending', label: 'Pending' },
  { id: 'paused', label: 'Paused' },
] as const;

export function Component(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(connectionsQuery(search));
  const { data: overview } = useQuery(overviewQuery);
  const { data: providers } = useQuery(providersQuery);
  const startSync = useStartSync();
  const started = useRunProgress(startSync.data?.data ?? []);
  const connections = query.data?.pages.flatMap((page) => page.data) ?? [];
  const isFiltered = (search.view ?? search.provider ?? search.status ?? search.q) !== undefined;
  const byStatus = overview?.connections.by_status;
  // The list goes on showing what was disconnected.
  const listed = overview && overview.connections.total + overview.connections.by_status.revoked;
  const counts = { 'needs-action': overview && countNeedsAction(overview.needs_you), pending: byStatus?.pending, paused: byStatus?.paused };
  const setConnect = (connect: 'open' | undefined): void => void navigate({ search: (before) => ({ ...before, connect }) });
  const syncAll = (): void => startSync.mutate('all', { onError: (error) => notifyProblem('Sync did not start', error) });

  return (
    <>
      <PageHead
        title="Connections"
        actions={
          <>
            <Button leftSection={<IconRefresh size={16} aria-hidden="true" />} loading={startSync.isPending} onClick={syncAll}>
              Sync all now
            </Button>
            <Button variant="filled" leftSection={<IconPlus size={16} aria-hidden="true" />} onClick={() => setConnect('open')}>
              Connect
            </Button>
          </>
        }
      >
        {overview !== undefined && <span className="dim">{counted(overview.connections.total, 'connection')}</span>}
      </PageHead>

      <nav className="tabs" aria-label="Views">
        {views.map(({ id, label }) => {
          const count = id === undefined ? listed : id === 'recovering' ? undefined : counts[id];
          return (
            <Link
              key={label}
              to="/connections"
              search={{ view: id }}
              activeOptions={{ exact: true, includeSearch: false }}
              activeProps={{}}
              inactiveProps={{}}
              aria-current={search.view === id ? 'page' : undefined}
              data-current={search.view === id}
            >
              {label} {count !== undefined && <span className={id === 'needs-action' && count > 0 ? 'hot' : ''}>{count}</span>}
            </Link>
          );
        })}
      </nav>
      <div className="filters">
        <SearchBox
          label="Find by address or label"
          value={search.q ?? ''}
          onSearch={(q) => void navigate({ search: (before) => ({ ...before, q }) })}
        />
        <Select
          aria-label="Provider"
          placeholder="Any provider"
          clearable
          value={search.provider ?? null}
          data={providers?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          onChange={(provider) => void navigate({ search: (before) => ({ ...before, provider: provider ?? undefined }) })}
        />
        <Select
          aria-label="Status"
          placeholder="Any status"
          clearable
          value={search.status ?? null}
          data={statuses.map((status) => ({ value: status, label: statusWord(status) }))}
          onChange={(status) => void navigate({ search: (before) => ({ ...before, status: oneOf(status, statuses) }) })}
        />
        {isFiltered && (
          <Button variant="subtle" color="gray" onClick={() => void navigate({ search: {} })}>
            Clear
          </Button>
        )}
      </div>

      {startSync.data !== undefined && <SyncProgress title="Sync of all connections" runs={started} onClose={startSync.reset} />}
      <section className="panel list" aria-label="Connections">
        <QueryState query={query} skeletonRows={8} skeletonHeight={20}>
          {() =>
            connections.length === 0 ? (
              <Nothing isFiltered={isFiltered} onClear={() => void navigate({ search: {} })} onConnect={() => setConnect('open')} />
            ) : (
              <ConnectionRows connections={connections} />
            )
          }
        </QueryState>
        {query.hasNextPage && (
          <div className="list-foot">
            <span>{counted(connections.length, 'row')} shown</span>
            <Button size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Show more
            </Button>
          </div>
        )}
      </section>
      <ConnectDialog isOpen={search.connect === 'open'} onClose={() => setConnect(undefined)} />
    </>
  );
}

interface NothingProps {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
  readonly onConnect: () => void;
}

function Nothing({ isFiltered, onClear, onConnect }: NothingProps): ReactNode {
  if (isFiltered) {
    return (
      <EmptyNotice title="No connection matches" action={<Button onClick={onClear}>Clear the filters</Button>}>
        There are connections, but none with all of these filters.
      </EmptyNotice>
    );
  }
  return (
    <EmptyNotice
      title="No account is connected yet"
      action={
        <Button variant="filled" onClick={onConnect}>
          Connect an account
        </Button>
      }
    >
      Connect a calendar account to read when people are busy and to put meetings on their calendars.
    </EmptyNotice>
  );
}
