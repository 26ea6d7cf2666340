import { Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { PageHead } from '../../components/page-head.tsx';
import { ProblemNotice } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { overviewQuery } from '../../lib/queries/overview.ts';
import { sessionQuery } from '../../lib/queries/session.ts';
import { Checklist } from './checklist.tsx';
import { Figures } from './figures.tsx';
import { NeedsYou } from './needs-you.tsx';
import { NextMeetings } from './next-meetings.tsx';
import { Recovering } from './recovering.tsx';
import { StatusStrip } from './status-strip.tsx';
import './overview.css';

export function Component(): ReactNode {
  const query = useQuery(overviewQuery);
  const { data } = query;
  const { data: session } = useQuery(sessionQuery);
  return (
    <>
      <PageHead
        title="Overview"
        actions={
          <Button
            leftSection={<IconRefresh size={16} aria-hidden="true" />}
            loading={query.isRefetching}
            onClick={() => void query.refetch()}
          >
            Refresh
          </Button>
        }
      >
        {data !== undefined && (
          <span className="dim xs">
            as of <Time at={data.as_of} show="clock" />
          </span>
        )}
      </PageHead>
      {data === undefined && query.isError && (
        <div className="panel">
          <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {data === undefined && !query.isError && <OverviewSkeleton />}
      {data !== undefined && (
        <div className="overview">
          {session?.mode === 'demo' && (
            <p className="dim xs">
              This is the demo: some of its accounts are broken on purpose, so that you see what that looks like. Failed runs below are
              theirs.
            </p>
          )}
          <StatusStrip connections={data.connections} />
          <div className="overview-two">
            <NeedsYou items={data.needs_you} hasConnections={data.connections.total > 0} />
            <Recovering items={data.recovering} />
          </div>
          <Figures overview={data} />
          <NextMeetings meetings={data.next_meetings} />
          <Checklist steps={data.checklist} />
        </div>
      )}
    </>
  );
}

function OverviewSkeleton(): ReactNode {
  return (
    <div className="overview" role="status" aria-label="Loading">
      <Skeleton height={58} radius="md" />
      <div className="overview-two">
        <Skeleton height={284} radius="md" />
        <Skeleton height={284} radius="md" />
      </div>
      <Skeleton height={76} radius="md" />
      <Skeleton height={186} radius="md" />
    </div>
  );
}
