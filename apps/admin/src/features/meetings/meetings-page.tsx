import { Button } from '@mantine/core';
import { IconCheck, IconClock, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ButtonLink } from '../../components/button-link.tsx';
import { JoinButton } from '../../components/join-button.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { SearchBox } from '../../components/search-box.tsx';
import { EmptyNotice, ProblemNotice, RowsSkeleton } from '../../components/states.tsx';
import { useNow } from '../../lib/clock.tsx';
import { counted, relative, span } from '../../lib/format-time.ts';
import { useZone } from '../../lib/zone.tsx';
import { MeetingStatusChip } from './meeting-status.tsx';
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
  const now = useNow();
  const zone = useZone();
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
        {query.isPending && <RowsSkeleton rows={7} height={20} />}
        {query.isError && query.data === undefined && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
        {query.data !== undefined && meetings.length === 0 && (
          <EmptyNotice
            title={search.q === undefined ? emptyTitles[search.view ?? 'ahead'] : 'No meeting matches'}
            action={
              search.q === undefined ? (
                <ButtonLink to="/schedule">Schedule a meeting</ButtonLink>
              ) : (
                <Button onClick={() => void navigate({ search: {} })}>Clear the search</Button>
              )
            }
          >
            {search.q === undefined
              ? 'Meetings booked here or over the API are listed here.'
              : `Nothing with “${search.q}” in its title or among its attendees.`}
          </EmptyNotice>
        )}
        {meetings.length > 0 && (
          <table className="table cards meetings">
            <thead>
              <tr>
                <th>When</th>
                <th>Title</th>
                <th>Status</th>
                <th>People</th>
                <th>Written</th>
                <th className="num">Join</th>
              </tr>
            </thead>
            <tbody>
              {meetings.map((meeting) => {
                const written = meeting.placements.filter((one) => one.state === 'written').length;
                const isWritten = written === meeting.placements.length;
                const start = Date.parse(meeting.start);
                return (
                  <tr key={meeting.id}>
                    <td>
                      <time dateTime={`${meeting.start}/${meeting.end}`} title={zone}>
                        {span(start, Date.parse(meeting.end), zone, now)} <span className="dim">{relative(start, now)}</span>
                      </time>
                    </td>
                    <td className="whole">
                      <Link to="/meetings/$meetingId" params={{ meetingId: meeting.id }} className="meeting-link">
                        {meeting.title}
                      </Link>
                    </td>
                    <td>
                      <MeetingStatusChip status={meeting.status} />
                    </td>
                    <td className="dim hide">
                      {meeting.hosts[0]?.name}
                      {meeting.attendees.length > 0 && `, ${counted(meeting.attendees.length, 'attendee')}`}
                    </td>
                    <td className="hide">
                      <span className="row" style={{ gap: 4, color: isWritten ? 'var(--dm-status-active)' : 'var(--dm-status-expired)' }}>
                        {isWritten ? <IconCheck size={14} aria-hidden="true" /> : <IconClock size={14} aria-hidden="true" />}
                        {written} of {meeting.placements.length}
                      </span>
                    </td>
                    <td className="num">
                      {meeting.conference?.join_url != null && meeting.status === 'booked' ? (
                        <JoinButton url={meeting.conference.join_url} title={meeting.title} />
                      ) : (
                        <span className="dim xs">{meeting.location === null ? 'No link' : 'In person'}</span>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        )}
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
