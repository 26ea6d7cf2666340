import type { Overview } from '@daymark/api-contract';
import { IconCheck, IconClock } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ButtonLink } from '../../components/button-link.tsx';
import { JoinButton } from '../../components/join-button.tsx';
import { Panel } from '../../components/panel.tsx';
import { EmptyNotice } from '../../components/states.tsx';
import { useNow } from '../../lib/clock.tsx';
import { absolute, counted, relative } from '../../lib/format-time.ts';
import { useZone } from '../../lib/zone.tsx';

export function NextMeetings({ meetings }: { readonly meetings: Overview['next_meetings'] }): ReactNode {
  const now = useNow();
  const zone = useZone();
  return (
    <Panel
      title="Next meetings"
      aside={
        <Link to="/meetings" className="xs">
          All meetings
        </Link>
      }
    >
      {meetings.length === 0 ? (
        <EmptyNotice title="No meeting lies ahead" action={<ButtonLink to="/schedule">Schedule a meeting</ButtonLink>}>
          Meetings booked here or over the API show up with their join link.
        </EmptyNotice>
      ) : (
        <table className="table cards">
          <thead>
            <tr>
              <th>When</th>
              <th>Title</th>
              <th>People</th>
              <th>Written</th>
              <th className="num">Join</th>
            </tr>
          </thead>
          <tbody>
            {meetings.map((meeting) => {
              const isWritten = meeting.placements_written === meeting.placements_total;
              return (
                <tr key={meeting.id}>
                  <td>
                    <time dateTime={meeting.start} title={zone}>
                      <span className="med">{absolute(Date.parse(meeting.start), zone, now)}</span>{' '}
                      <span className="dim">{relative(Date.parse(meeting.start), now)}</span>
                    </time>
                  </td>
                  <td className="whole">
                    <Link to="/meetings/$meetingId" params={{ meetingId: meeting.id }} className="title-link">
                      {meeting.title}
                    </Link>
                  </td>
                  <td className="dim hide">{counted(meeting.attendees_count, 'attendee')}</td>
                  <td className="hide">
                    <span className="row" style={{ gap: 4, color: isWritten ? 'var(--dm-status-active)' : 'var(--dm-status-expired)' }}>
                      {isWritten ? <IconCheck size={14} aria-hidden="true" /> : <IconClock size={14} aria-hidden="true" />}
                      {meeting.placements_written} of {meeting.placements_total}
                    </span>
                  </td>
                  <td className="num">
                    {meeting.join_url === null ? (
                      <span className="dim xs">No link</span>
                    ) : (
                      <JoinButton url={meeting.join_url} title={meeting.title} />
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
