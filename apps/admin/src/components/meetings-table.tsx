import type { MeetingStatus } from '@daymark/domain';
import { IconCheck, IconClock } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useNow } from '../lib/clock.tsx';
import { absolute, relative, span } from '../lib/format-time.ts';
import { useZone } from '../lib/zone.tsx';
import { JoinButton } from './join-button.tsx';
import { MeetingStatusChip } from './meeting-status.tsx';
import { toneOf } from './status-chip.tsx';

export interface MeetingRow {
  readonly id: string;
  readonly title: string;
  readonly status: MeetingStatus;
  /** RFC 3339, as is the end. */
  readonly start: string;
  readonly end: string;
  readonly people: string;
  readonly written: number;
  /** On how many calendars it belongs. */
  readonly placements: number;
  /** Null: nothing to join. */
  readonly joinUrl: string | null;
  /** What stands in the place of a link. */
  readonly withoutLink: string;
}

interface MeetingsTableProps {
  readonly meetings: readonly MeetingRow[];
  /** `next`: when it starts. `all`: from when to when, and its status. */
  readonly show: 'next' | 'all';
}

/** Meetings as rows, on phones as cards: when, what, who, how far it is written, and the way in. */
export function MeetingsTable({ meetings, show }: MeetingsTableProps): ReactNode {
  return (
    <table className="table cards meetings">
      <thead>
        <tr>
          <th>When</th>
          <th>Title</th>
          {show === 'all' && <th>Status</th>}
          <th>People</th>
          <th>Written</th>
          <th className="num">Join</th>
        </tr>
      </thead>
      <tbody>
        {meetings.map((meeting) => (
          <tr key={meeting.id}>
            <td>
              <When meeting={meeting} show={show} />
            </td>
            <td className="whole">
              <Link to="/meetings/$meetingId" params={{ meetingId: meeting.id }} className="meeting-link">
                {meeting.title}
              </Link>
            </td>
            {show === 'all' && (
              <td>
                <MeetingStatusChip status={meeting.status} />
              </td>
            )}
            <td className="dim hide">{meeting.people}</td>
            <td className="hide">
              <Written written={meeting.written} placements={meeting.placements} />
            </td>
            <td className="num">
              {meeting.joinUrl === null ? (
                <span className="dim xs">{meeting.withoutLink}</span>
              ) : (
                <JoinButton url={meeting.joinUrl} title={meeting.title} />
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function When({ meeting: { start, end }, show }: { readonly meeting: MeetingRow; readonly show: 'next' | 'all' }): ReactNode {
  const now = useNow();
  const zone = useZone();
  const [from, until] = [Date.parse(start), Date.parse(end)];
  return (
    <time dateTime={`${start}/${end}`} title={zone}>
      {show === 'next' ? <span className="med">{absolute(from, zone, now)}</span> : span(from, until, zone, now)}{' '}
      <span className="dim">{relative(from, now)}</span>
    </time>
  );
}

function Written({ written, placements }: Pick<MeetingRow, 'written' | 'placements'>): ReactNode {
  const isWritten = written === placements;
  return (
    <span className="written" style={toneOf(isWritten ? 'active' : 'expired')}>
      {isWritten ? <IconCheck size={14} aria-hidden="true" /> : <IconClock size={14} aria-hidden="true" />}
      {written} of {placements}
    </span>
  );
}
