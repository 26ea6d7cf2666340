import type { Calendar } from '@daymark/api-contract';
import { Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Panel } from '../../components/panel.tsx';
import { EmptyNotice, QueryState } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { counted } from '../../lib/format-time.ts';
import { calendarsQuery } from '../../lib/queries/calendars.ts';
import type { CalendarChange } from './use-calendar-change.ts';
import { useCalendarChange } from './use-calendar-change.ts';

/** Its calendars, and what each is used for. */
export function CalendarsPanel({ connectionId }: { readonly connectionId: string }): ReactNode {
  const query = useQuery({ ...calendarsQuery, select: (all) => all.filter((one) => one.connection_id === connectionId) });
  return (
    <Panel title="Calendars" count={query.data?.length}>
      <QueryState query={query} skeletonRows={3}>
        {(calendars) =>
          calendars.length === 0 ? (
            <EmptyNotice title="No calendar was found">They are listed with the first good run after connecting.</EmptyNotice>
          ) : (
            <table className="table calendars">
              <thead>
                <tr>
                  <th>Calendar</th>
                  <th>Active</th>
                  <th>Blocks time</th>
                  <th>Colour</th>
                  <th>Last good sync</th>
                </tr>
              </thead>
              <tbody>
                {calendars.map((calendar) => (
                  <CalendarRow key={calendar.id} calendar={calendar} />
                ))}
              </tbody>
            </table>
          )
        }
      </QueryState>
    </Panel>
  );
}

function CalendarRow({ calendar }: { readonly calendar: Calendar }): ReactNode {
  const change = useCalendarChange();
  const isRemoved = calendar.status === 'removed';
  const set = (next: CalendarChange): void => change.mutate({ id: calendar.id, change: next });
  return (
    <tr>
      <td className="k-name">
        <span className="med">{calendar.name}</span>{' '}
        <span className="dim xs">
          {calendar.primary && 'primary, '}
          {isRemoved ? 'removed at the provider' : calendar.writable ? 'can be written' : 'read-only'},{' '}
          {counted(calendar.events_count, 'event')}
        </span>
      </td>
      <td className="k-active">
        <Switch
          size="xs"
          label={<span className="phone-only">Active</span>}
          aria-label={`${calendar.name}: active`}
          checked={calendar.status === 'active'}
          disabled={isRemoved}
          onChange={(event) => set({ active: event.currentTarget.checked })}
        />
      </td>
      <td className="k-busy">
        <Switch
          size="xs"
          label={<span className="phone-only">Blocks time</span>}
          aria-label={`${calendar.name}: blocks time`}
          checked={calendar.read_busy}
          disabled={calendar.status !== 'active'}
          onChange={(event) => set({ read_busy: event.currentTarget.checked })}
        />
      </td>
      <td className="k-color">
        <input
          key={calendar.color}
          className="color-input"
          type="color"
          aria-label={`${calendar.name}: colour`}
          defaultValue={calendar.color ?? '#5f6b7a'}
          disabled={isRemoved}
          onBlur={(event) => {
            const color = event.currentTarget.value;
            if (color !== (calendar.color ?? '#5f6b7a')) set({ color });
          }}
        />
      </td>
      <td className="k-age">
        {calendar.last_success_at === null ? 'not synced yet' : <Time at={calendar.last_success_at} show="relative" />}
      </td>
    </tr>
  );
}
