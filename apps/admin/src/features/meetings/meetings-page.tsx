import type { Meeting } from '@daymark/api-contract';
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ButtonLink } from '../../components/button-link.tsx';
import type { MeetingRow } from '../../components/meetings-table.tsx';
import { MeetingsTable } from '../../components/meetings-table.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { SearchBox } from '../../components/search-box.tsx';
import { EmptyNotice, QueryState } from '../../components/states.tsx';
import { counted } from '../../lib/format-time.ts';
import { meetingsQuery } from './use-meetings.ts';
import './meetings.css';

const route = getRouteApi('/shell/meetings');
const views = [
  { id: undefined, label: 'Ahead' },
  { id: 'past', label: 'Past 90 days' },
  { id: 'cancelled', label: 'Cancelled' },
] as const;

export function Component(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(meetingsQuery(search));
  const meetings = query.data?.pages.flatMap((page) => page.data) ?? [];

  return (
    <>
      <PageHead
        title="Meetings"
        actions={
          <ButtonLink to="/schedule" variant="filled" leftSection={<IconPlus size={16} aria-hidden="true" />}>
            Schedule a meeting
          </ButtonLink>
        }
      />
      <div className="meeting-filters">
        <nav className="seg" aria-label="Views">
          {views.map(({ id, label }) => (
            <Link
              key={label}
              to="/meetings"
              search={id === undefined ? {} : { view: id }}
              activeProps={{}}
              aria-current={search.view === id ? 'page' : undefined}
            >
              {label}
            </Link>
          ))}
        </nav>
        <SearchBox
          label="Find by title or attendee"
          value={search.q ?? ''}
          onSearch={(q) => void navigate({ search: (before) => ({ ...before, q }) })}
        />
      </div>
      <section className="panel" aria-label="Meetings">
        <QueryState query={query} skeletonRows={7} skeletonHeight={20}>
          {() =>
            meetings.length === 0 ? (
              <Nothing view={search.view ?? 'ahead'} q={search.q} onClear={() => void navigate({ search: {} })} />
            ) : (
              <MeetingsTable meetings={meetings.map(rowOf)} show="all" />
            )
          }
        </QueryState>
        {query.hasNextPage && (
          <div className="meeting-foot">
            <Button size="xs" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Show more
            </Button>
          </div>
        )}
      </section>
    </>
  );
}

const emptyTitles = { ahead: 'No meeting lies ahead', past: 'No meeting in the last 90 days', cancelled: 'Nothing was cancelled' } as const;

interface NothingProps {
  readonly view: keyof typeof emptyTitles;
  readonly q: string | undefined;
  readonly onClear: () => void;
}

function Nothing({ view, q, onClear }: NothingProps): ReactNode {
  if (q !== undefined) {
    return (
      <EmptyNotice title="No meeting matches" action={<Button onClick={onClear}>Clear the search</Button>}>
        Nothing with “{q}” in its title or among its attendees.
      </EmptyNotice>
    );
  }
  return (
    <EmptyNotice title={emptyTitles[view]} action={<ButtonLink to="/schedule">Schedule a meeting</ButtonLink>}>
      Meetings booked here or over the API are listed here.
    </EmptyNotice>
  );
}

function rowOf(meeting: Meeting): MeetingRow {
  const { id, title, status, start, end, hosts, attendees, placements, conference, location } = meeting;
  const people = [hosts[0]?.name, attendees.length > 0 ? counted(attendees.length, 'attendee') : undefined];
  return {
    ...{ id, title, status, start, end },
    people: people.filter((one) => one !== undefined).join(', '),
    written: placements.filter((one) => one.state === 'written').length,
    placements: placements.length,
    joinUrl: status === 'booked' ? (conference?.join_url ?? null) : null,
    withoutLink: location === null ? 'No link' : 'In person',
  };
}
