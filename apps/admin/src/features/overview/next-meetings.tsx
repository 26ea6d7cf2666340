import type { Overview } from '@daymark/api-contract';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ButtonLink } from '../../components/button-link.tsx';
import type { MeetingRow } from '../../components/meetings-table.tsx';
import { MeetingsTable } from '../../components/meetings-table.tsx';
import { Panel } from '../../components/panel.tsx';
import { EmptyNotice } from '../../components/states.tsx';
import { counted } from '../../lib/format-time.ts';

export function NextMeetings({ meetings }: { readonly meetings: Overview['next_meetings'] }): ReactNode {
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
        <MeetingsTable meetings={meetings.map(rowOf)} show="next" />
      )}
    </Panel>
  );
}

function rowOf(meeting: Overview['next_meetings'][number]): MeetingRow {
  const { id, title, status, start, end } = meeting;
  return {
    ...{ id, title, status, start, end },
    people: counted(meeting.attendees_count, 'attendee'),
    written: meeting.placements_written,
    placements: meeting.placements_total,
    joinUrl: meeting.join_url,
    withoutLink: 'No link',
  };
}
