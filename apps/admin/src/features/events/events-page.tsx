import { ActionIcon, Button, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconChevronLeft, IconChevronRight, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Suspense, lazy } from 'react';
import { ButtonLink } from '../../components/button-link.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { EmptyNotice, QueryState, RowsSkeleton } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useNow } from '../../lib/clock.tsx';
import { dayOf, zoneName } from '../../lib/format-time.ts';
import { calendarsQuery } from '../../lib/queries/calendars.ts';
import { useProviders } from '../../lib/queries/providers.ts';
import { useZone } from '../../lib/zone.tsx';
import { Agenda } from './agenda.tsx';
import { EventDrawer } from './event-drawer.tsx';
import { keyOf } from './event-look.ts';
import { Legend } from './legend.tsx';
import { eventsQuery } from './use-events.ts';
import { mondayOf, shiftDays, weekWindow } from './week.ts';
import './events.css';

const WeekCalendar = lazy(() => import('./week-calendar.tsx').then(({ WeekCalendar: view }) => ({ default: view })));
const route = getRouteApi('/shell/events');

export function Component(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const zone = useZone();
  const now = useNow();
  const isNarrow = useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const today = dayOf(now, zone);
  const monday = mondayOf(search.date ?? today);
  const view = search.view ?? (isNarrow ? 'agenda' : 'week');
  const calendars = useQuery(calendarsQuery);
  const query = useQuery(eventsQuery({ ...weekWindow(monday, zone), calendarId: search.calendar }));
  const providerOf = useProviders();
  const isUnconnected = calendars.data?.length === 0;
  const open = query.data?.events.find((event) => keyOf(event) === search.event) ?? null;
  const setEvent = (event: string | undefined): void => void navigate({ search: (before) => ({ ...before, event }), resetScroll: false });
  const go = (date: string): void => void navigate({ search: (before) => ({ ...before, date, event: undefined }) });
  const chosen = calendars.data?.find((one) => one.id === search.calendar);

  return (
    <>
      <PageHead
        title={weekTitle(monday)}
        actions={
          <>
            <span className="seg" role="group" aria-label="View">
              {(['week', 'agenda'] as const).map((one) => (
                <Link
                  key={one}
                  to="/events"
                  search={(before) => ({ ...before, view: one })}
                  activeProps={{}}
                  aria-current={view === one ? 'true' : undefined}
                >
                  {one === 'week' ? 'Week' : 'Agenda'}
                </Link>
              ))}
            </span>
            <Button
              leftSection={<IconRefresh size={16} aria-hidden="true" />}
              loading={query.isFetching && !query.isPending}
              onClick={() => void query.refetch()}
            >
              Refresh
            </Button>
          </>
        }
      >
        <span className="row" style={{ gap: 4 }}>
          <ActionIcon variant="default" aria-label="Week before" onClick={() => go(shiftDays(monday, -7))}>
            <IconChevronLeft size={16} aria-hidden="true" />
          </ActionIcon>
          <Button onClick={() => go(today)}>Today</Button>
          <ActionIcon variant="default" aria-label="Week after" onClick={() => go(shiftDays(monday, 7))}>
            <IconChevronRight size={16} aria-hidden="true" />
          </ActionIcon>
        </span>
        <span className="dim">
          Times in {zoneName(now, zone)} <span className="xs">({zone})</span>
        </span>
      </PageHead>

      {!isUnconnected && (
        <div className="layer-line">
          <Select
            aria-label="Calendar"
            placeholder="All calendars"
            clearable
            searchable
            value={search.calendar ?? null}
            data={
              calendars.data
                ?.filter((one) => one.status === 'active')
                .map((one) => ({
                  value: one.id,
                  label: `${one.name}, ${providerOf(one.provider).name}${one.primary ? '' : ` (${one.account_email ?? ''})`}`,
                })) ?? []
            }
            onChange={(calendar) =>
              void navigate({ search: (before) => ({ ...before, calendar: calendar ?? undefined, event: undefined }) })
            }
          />
          {chosen !== undefined && (
            <span className="dim xs">
              {chosen.last_success_at === null ? (
                'Not synced yet'
              ) : (
                <>
                  as of <Time at={chosen.last_success_at} show="clock" />
                </>
              )}
            </span>
          )}
          {query.data?.isComplete === false && (
            <span className="danger-text xs">Only the first 1,000 events are shown; choose one calendar.</span>
          )}
        </div>
      )}

      {isUnconnected ? (
        <div className="panel">
          <EmptyNotice
            title="No calendar is connected yet"
            action={
              <ButtonLink to="/connections" search={{ connect: 'open' }} variant="filled">
                Connect an account
              </ButtonLink>
            }
          >
            Connect a calendar account, and its events show up here within a minute.
          </EmptyNotice>
        </div>
      ) : (
        <div className="calendar-area">
          <QueryState query={query} skeletonRows={12} skeletonHeight={28} around={inPanel}>
            {({ events }) =>
              view === 'agenda' ? (
                <Agenda events={events} monday={monday} onOpen={setEvent} />
              ) : (
                <>
                  {events.length === 0 && <p className="nothing dim">{nothingOf(chosen?.last_success_at)}</p>}
                  <Suspense fallback={inPanel(<RowsSkeleton rows={12} height={28} />)}>
                    <WeekCalendar events={events} monday={monday} onOpen={setEvent} />
                  </Suspense>
                  <Legend />
                </>
              )
            }
          </QueryState>
        </div>
      )}
      <EventDrawer event={open} calendars={calendars.data ?? []} onClose={() => setEvent(undefined)} />
    </>
  );
}

function inPanel(state: ReactNode): ReactNode {
  return <div className="panel">{state}</div>;
}

function nothingOf(syncedAt: string | null | undefined): string {
  return syncedAt === null ? 'This calendar was not synced yet, so nothing is known of this week.' : 'No events in this week.';
}

/** `23–29 Nov 2026` */
function weekTitle(monday: string): string {
  const first = new Date(`${monday}T00:00:00Z`);
  const last = new Date(`${shiftDays(monday, 6)}T00:00:00Z`);
  const format = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
  return format.formatRange(first, last).replace(' – ', '–');
}
