import type { Meeting, Placement } from '@daymark/api-contract';
import { IconCheck, IconClock, IconMinus, IconRefresh, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Panel } from '../../components/panel.tsx';
import { ProviderName } from '../../components/provider-name.tsx';
import { EmptyNotice } from '../../components/states.tsx';
import type { ShownStatus } from '../../components/status-chip.tsx';
import { toneOf } from '../../components/status-chip.tsx';
import { Time } from '../../components/time.tsx';
import { calendarsQuery } from '../../lib/queries/calendars.ts';
import { useProviders } from '../../lib/queries/providers.ts';

const looks: Readonly<Record<Placement['state'], { readonly tone: ShownStatus; readonly icon: typeof IconCheck }>> = {
  pending: { tone: 'syncing', icon: IconRefresh },
  waiting: { tone: 'expired', icon: IconClock },
  written: { tone: 'active', icon: IconCheck },
  failed: { tone: 'error', icon: IconX },
  removed: { tone: 'paused', icon: IconMinus },
};

/** Whether it really is on every calendar. */
export function PlacementsPanel({ meeting }: { readonly meeting: Meeting }): ReactNode {
  const { data: calendars } = useQuery(calendarsQuery);
  const providerOf = useProviders();
  const written = meeting.placements.filter((one) => one.state === 'written').length;
  return (
    <Panel title="Calendars" count={`${written} of ${meeting.placements.length} written`}>
      {meeting.placements.length === 0 ? (
        <EmptyNotice title="On no calendar">It claims time, and nothing is written to a calendar.</EmptyNotice>
      ) : (
        <table className="table cards">
          <thead>
            <tr>
              <th>Calendar</th>
              <th>Provider</th>
              <th>Role</th>
              <th>State</th>
              <th className="num">Event</th>
            </tr>
          </thead>
          <tbody>
            {meeting.placements.map((placement) => {
              const { tone, icon: Shape } = looks[placement.state];
              return (
                <tr key={placement.id}>
                  <td className="med">{calendars?.find((one) => one.id === placement.calendar_id)?.name ?? 'A calendar'}</td>
                  <td className="hide">
                    <ProviderName provider={providerOf(placement.provider)} />
                  </td>
                  <td className="dim hide">{placement.role}</td>
                  <td className="whole wraps">
                    <span className="row tone" style={{ ...toneOf(tone), gap: 4 }}>
                      <Shape size={14} aria-hidden="true" /> {placement.state === 'pending' ? 'being written' : placement.state}
                    </span>
                    {placement.problem !== null && (
                      <span className="dim xs">
                        {placement.problem.message} {placement.problem.fix}
                      </span>
                    )}
                    {placement.next_try_at !== null && (
                      <span className="dim xs">
                        {' '}
                        Next try <Time at={placement.next_try_at} show="relative" />.
                      </span>
                    )}
                  </td>
                  <td className="num">
                    {placement.url !== null && /^https?:\/\//.test(placement.url) ? (
                      <a href={placement.url} target="_blank" rel="noreferrer">
                        Open
                      </a>
                    ) : (
                      <span className="dim">–</span>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </Panel>
  );
}
