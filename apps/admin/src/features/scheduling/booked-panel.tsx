import type { Meeting } from '@daymark/api-contract';
import { Button } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import { ButtonLink } from '../../components/button-link.tsx';
import { JoinButton } from '../../components/join-button.tsx';
import { MeetingSteps } from '../../components/meeting-steps.tsx';
import { TimeSpan } from '../../components/time.tsx';
import { toneOf } from '../../components/status-chip.tsx';
import { meetingQuery } from '../../lib/queries/meetings.ts';

/** What was booked, and its steps as they are done. */
export function BookedPanel({ booked, onAnother }: { readonly booked: Meeting; readonly onAnother: () => void }): ReactNode {
  const { data: meeting = booked } = useQuery(meetingQuery(booked.id));
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const joinUrl = meeting.conference?.join_url ?? null;
  return (
    <div className="stack">
      <section className="panel booked" aria-label="Booked">
        <p className="verdict" style={toneOf('active')}>
          <IconCircleCheck size={16} aria-hidden="true" /> Booked
        </p>
        <h2 ref={heading} tabIndex={-1}>
          {meeting.title}
        </h2>
        <p>
          <TimeSpan start={meeting.start} end={meeting.end} />
        </p>
        {meeting.moved !== null && <p className="dim">{meeting.moved.explanation}</p>}
        {meeting.conference?.status === 'pending' && <p className="dim">The join link is on its way.</p>}
        <div className="row wrap">
          {joinUrl !== null && <JoinButton url={joinUrl} title={meeting.title} isMain />}
          <ButtonLink to="/meetings/$meetingId" params={{ meetingId: meeting.id }}>
            Open meeting
          </ButtonLink>
          <Button onClick={onAnother}>Schedule another</Button>
        </div>
      </section>
      <MeetingSteps steps={meeting.steps} />
    </div>
  );
}
