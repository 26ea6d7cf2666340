import type { Delivery, Reminder } from '@daymark/api-contract';
import { IconCheck, IconClock, IconMinus, IconRefresh, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Panel } from '../../components/panel.tsx';
import { QueryState } from '../../components/states.tsx';
import type { ShownStatus } from '../../components/status-chip.tsx';
import { toneOf } from '../../components/status-chip.tsx';
import { Time } from '../../components/time.tsx';
import { minutesInWords } from '../../lib/format-time.ts';
import { deliveriesQuery, remindersQuery } from './use-meeting-parts.ts';

type State = Delivery['state'] | Reminder['state'];

const looks: Readonly<Record<State, { readonly tone: ShownStatus; readonly icon: typeof IconCheck }>> = {
  due: { tone: 'paused', icon: IconClock },
  sending: { tone: 'syncing', icon: IconRefresh },
  sent: { tone: 'active', icon: IconCheck },
  failed: { tone: 'error', icon: IconX },
  void: { tone: 'paused', icon: IconMinus },
  skipped: { tone: 'paused', icon: IconMinus },
};

function StateWord({ state }: { readonly state: State }): ReactNode {
  const { tone, icon: Shape } = looks[state];
  return (
    <span className="answer tone" style={toneOf(tone)}>
      <Shape size={14} aria-hidden="true" /> {state === 'due' ? 'planned' : state}
    </span>
  );
}

/** Mails and notices about the meeting, and whether they went out. */
export function DeliveriesPanel({ meetingId }: { readonly meetingId: string }): ReactNode {
  const query = useQuery(deliveriesQuery(meetingId));
  return (
    <Panel title="Deliveries" count={query.data?.length}>
      <QueryState query={query} skeletonRows={3}>
        {(deliveries) =>
          deliveries.length === 0 ? (
            <p className="panel-body dim">Nothing was sent yet.</p>
          ) : (
            <table className="table cards">
              <thead>
                <tr>
                  <th>To</th>
                  <th>What</th>
                  <th>When</th>
                  <th className="num">State</th>
                </tr>
              </thead>
              <tbody>
                {deliveries.map((delivery) => (
                  <tr key={delivery.id}>
                    <td className="med wraps">{delivery.recipient}</td>
                    <td className="dim hide">
                      {delivery.kind}, by {delivery.channel}
                    </td>
                    <td className="their-time">
                      <Time at={delivery.sent_at ?? delivery.next_try_at ?? delivery.created_at} />
                      {delivery.problem !== null && (
                        <span className="dim xs wraps">
                          <br />
                          {delivery.problem.message} {delivery.problem.fix}
                        </span>
                      )}
                    </td>
                    <td className="num">
                      <StateWord state={delivery.state} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </QueryState>
    </Panel>
  );
}

/** What will be sent before it starts: each time once, with everyone it goes to. */
export function RemindersPanel({ meetingId }: { readonly meetingId: string }): ReactNode {
  const query = useQuery(remindersQuery(meetingId));
  return (
    <Panel title="Reminders" count={query.data?.length}>
      <QueryState query={query} skeletonRows={2}>
        {(reminders) => (
          <ul className="reminders">
            {reminders.length === 0 && <li className="dim">None is planned.</li>}
            {[...Map.groupBy(reminders, ({ due_at: at }) => at)].map(([at, due]) => (
              <li key={at}>
                <h3>
                  {minutesInWords(due[0]?.lead_minutes ?? 0)} before{' '}
                  <span className="xs">
                    <Time at={at} show="clock" />
                  </span>
                </h3>
                <ul>
                  {due.map((reminder) => (
                    <li key={reminder.id}>
                      <p className="row">
                        <span className="grow cut">{reminder.recipient}</span>
                        <StateWord state={reminder.state} />
                      </p>
                      {reminder.reason !== null && <p className="dim xs">{reminder.reason}</p>}
                    </li>
                  ))}
                </ul>
              </li>
            ))}
          </ul>
        )}
      </QueryState>
    </Panel>
  );
}
