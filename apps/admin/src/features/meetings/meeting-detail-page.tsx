import type { Meeting } from '@daymark/api-contract';
import { Button, CopyButton } from '@mantine/core';
import { IconCopy, IconMapPin, IconVideo } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { DetailPage } from '../../components/detail-page.tsx';
import { JoinButton } from '../../components/join-button.tsx';
import { MeetingSteps } from '../../components/meeting-steps.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { Time, TimeSpan } from '../../components/time.tsx';
import { useNow } from '../../lib/clock.tsx';
import { relative } from '../../lib/format-time.ts';
import { meetingQuery } from '../../lib/queries/meetings.ts';
import { CancelButton } from './cancel-button.tsx';
import { DeliveriesPanel, RemindersPanel } from './messages-panels.tsx';
import { MeetingStatusChip } from '../../components/meeting-status.tsx';
import { PeoplePanel } from './people-panel.tsx';
import { PlacementsPanel } from './placements-panel.tsx';
import { PreparationPanel } from './preparation-panel.tsx';
import { RescheduleDialog } from './reschedule-dialog.tsx';
import './meetings.css';

const route = getRouteApi('/shell/meetings/$meetingId');

export function Component(): ReactNode {
  const { meetingId } = route.useParams();
  return (
    <DetailPage kind="Meeting" back={<Link to="/meetings">Meetings</Link>} query={useQuery(meetingQuery(meetingId))}>
      {(meeting) => <MeetingView key={meeting.id} meeting={meeting} />}
    </DetailPage>
  );
}

function MeetingView({ meeting }: { readonly meeting: Meeting }): ReactNode {
  const { move } = route.useSearch();
  const navigate = route.useNavigate();
  const now = useNow();
  const setMove = (next: 'open' | undefined): void => void navigate({ search: next === undefined ? {} : { move: next } });
  const isOpen = meeting.status === 'booked' || meeting.status === 'held' || meeting.status === 'pending';
  return (
    <>
      <PageHead
        title={meeting.title}
        actions={
          isOpen && (
            <>
              <Button onClick={() => setMove('open')}>Reschedule</Button>
              <CancelButton meeting={meeting} />
            </>
          )
        }
      >
        <MeetingStatusChip status={meeting.status} />
        <span>
          <TimeSpan start={meeting.start} end={meeting.end} /> <span className="dim">{relative(Date.parse(meeting.start), now)}</span>
        </span>
      </PageHead>
      <div className="stack">
        <JoinPanel meeting={meeting} isOpen={isOpen} />
        {meeting.cancelled_at !== null && (
          <div className="panel panel-body">
            Cancelled <Time at={meeting.cancelled_at} />
            {meeting.cancel_comment !== null && <p className="dim">“{meeting.cancel_comment}”</p>}
          </div>
        )}
        {meeting.moved !== null && <div className="panel panel-body">{meeting.moved.explanation}</div>}
        <MeetingSteps steps={meeting.steps} />
        <div className="two-columns">
          <div className="stack">
            <PlacementsPanel meeting={meeting} />
            <PeoplePanel meeting={meeting} />
            <DeliveriesPanel meetingId={meeting.id} />
          </div>
          <div className="stack">
            <PreparationPanel meeting={meeting} />
            <RemindersPanel meetingId={meeting.id} />
          </div>
        </div>
      </div>
      <RescheduleDialog key={meeting.version} meeting={meeting} isOpen={move === 'open'} onClose={() => setMove(undefined)} />
    </>
  );
}

function JoinPanel({ meeting, isOpen }: { readonly meeting: Meeting; readonly isOpen: boolean }): ReactNode {
  const url = meeting.conference?.join_url ?? null;
  if (url === null && meeting.conference?.status !== 'pending' && meeting.conference?.status !== 'failed') {
    if (meeting.location === null) return null;
    return (
      <section className="panel join" aria-label="Where">
        <span className="join-icon" aria-hidden="true">
          <IconMapPin size={20} />
        </span>
        <p className="med">{meeting.location}</p>
      </section>
    );
  }
  return (
    <section className="panel join" aria-label="Join link">
      <span className="join-icon" aria-hidden="true">
        <IconVideo size={20} />
      </span>
      <div className="grow">
        <h2>{meeting.conference?.platform ?? 'Online meeting'}</h2>
        {url !== null && <p className="mono dim cut">{url.replace(/^https?:\/\//, '')}</p>}
        {meeting.conference?.status === 'pending' && <p className="dim">The join link is on its way.</p>}
        {meeting.conference?.status === 'failed' && (
          <p className="danger-text">The provider could not make a join link; see the steps below.</p>
        )}
      </div>
      {url !== null && isOpen && (
        <>
          <CopyButton value={url}>
            {({ copied, copy }) => (
              <Button leftSection={<IconCopy size={16} aria-hidden="true" />} onClick={copy}>
                {copied ? 'Copied' : 'Copy link'}
              </Button>
            )}
          </CopyButton>
          <JoinButton url={url} title={meeting.title} isMain />
        </>
      )}
    </section>
  );
}
