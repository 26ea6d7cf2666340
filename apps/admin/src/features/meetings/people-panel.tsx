import type { Meeting } from '@daymark/api-contract';
import { IconCheck, IconMinus, IconQuestionMark, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Panel } from '../../components/panel.tsx';
import type { ShownStatus } from '../../components/status-chip.tsx';
import { toneOf } from '../../components/status-chip.tsx';
import { useNow } from '../../lib/clock.tsx';
import { absolute } from '../../lib/format-time.ts';
import { usersQuery } from '../../lib/queries/users.ts';

type Answer = Meeting['attendees'][number]['response'];

const answers: Readonly<Record<Answer, { readonly word: string; readonly tone: ShownStatus; readonly icon: typeof IconCheck }>> = {
  'needs-action': { word: 'no answer', tone: 'paused', icon: IconMinus },
  accepted: { word: 'accepted', tone: 'active', icon: IconCheck },
  tentative: { word: 'maybe', tone: 'expired', icon: IconQuestionMark },
  declined: { word: 'declined', tone: 'error', icon: IconX },
};

/** Who comes, each in their own time. */
export function PeoplePanel({ meeting }: { readonly meeting: Meeting }): ReactNode {
  const { data: users } = useQuery(usersQuery);
  const now = useNow();
  const start = Date.parse(meeting.start);
  const timeIn = (zone: string | null | undefined): string => absolute(start, zone ?? meeting.time_zone, now);
  return (
    <Panel title="People" count={meeting.hosts.length + meeting.attendees.length}>
      <table className="table cards">
        <thead>
          <tr>
            <th>Name</th>
            <th>Their time</th>
            <th className="num">Answer</th>
          </tr>
        </thead>
        <tbody>
          {meeting.hosts.map((host) => (
            <tr key={host.user_id}>
              <td>
                <span className="med">{host.name}</span> <span className="dim xs">host, {host.email}</span>
              </td>
              <td className="their-time">
                <time dateTime={meeting.start}>{timeIn(users?.find((user) => user.id === host.user_id)?.time_zone)}</time>
              </td>
              <td className="num dim">host</td>
            </tr>
          ))}
          {meeting.attendees.map((attendee) => {
            const { word, tone, icon: Shape } = answers[attendee.response];
            return (
              <tr key={attendee.id}>
                <td>
                  <span className="med">{attendee.name ?? attendee.email}</span>{' '}
                  <span className="dim xs">
                    {attendee.name === null ? '' : attendee.email}
                    {attendee.optional && ', optional'}
                  </span>
                </td>
                <td className="their-time">
                  <time dateTime={meeting.start}>{timeIn(attendee.time_zone)}</time>
                  {attendee.time_zone === null && <span className="dim xs"> zone unknown</span>}
                </td>
                <td className="num">
                  <span className="answer tone" style={toneOf(tone)}>
                    <Shape size={14} aria-hidden="true" /> {word}
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Panel>
  );
}
