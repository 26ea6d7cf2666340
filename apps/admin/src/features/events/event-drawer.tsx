import type { Calendar, Event } from '@daymark/api-contract';
import { Drawer } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ButtonLink } from '../../components/button-link.tsx';
import { JoinButton } from '../../components/join-button.tsx';
import { ProviderName } from '../../components/provider-name.tsx';
import { Time, TimeSpan } from '../../components/time.tsx';
import { useNow } from '../../lib/clock.tsx';
import { dateOf } from '../../lib/format-time.ts';
import { useProviders } from '../../lib/queries/providers.ts';
import { lookOf } from './event-look.ts';
import { repeatWords } from './repeat-words.ts';
import { shiftDays } from './week.ts';

interface EventDrawerProps {
  readonly event: Event | null;
  readonly calendars: readonly Calendar[];
  readonly onClose: () => void;
}

/** Everything that is known of one event, the join button first. */
export function EventDrawer({ event, calendars, onClose }: EventDrawerProps): ReactNode {
  return (
    <Drawer
      opened={event !== null}
      onClose={onClose}
      position="right"
      size={384}
      title={event === null ? '' : lookOf(event).title}
      closeButtonProps={{ 'aria-label': 'Close event' }}
      classNames={{ title: 'drawer-title', body: 'drawer-body' }}
    >
      {event !== null && <EventFacts event={event} calendar={calendars.find((one) => one.id === event.calendar_id)} />}
    </Drawer>
  );
}

function EventFacts({ event, calendar }: { readonly event: Event; readonly calendar: Calendar | undefined }): ReactNode {
  const providerOf = useProviders();
  const { words } = lookOf(event);
  const accepted = event.attendees.filter((one) => one.response === 'accepted').length;
  const joinUrl = event.conference?.join_url ?? null;
  return (
    <>
      <p>
        <EventTime event={event} />
      </p>
      <p className="row wrap drawer-chips">
        <ProviderName provider={providerOf(event.provider)} />
        {words.map((word) => (
          <span key={word} className="condition">
            {word}
          </span>
        ))}
      </p>
      {joinUrl !== null && (
        <div className="drawer-join">
          <span className="grow">
            <span className="med">{event.conference?.platform ?? 'Online meeting'}</span>
            <br />
            <span className="mono dim cut">{joinUrl.replace(/^https?:\/\//, '')}</span>
          </span>
          <JoinButton url={joinUrl} title={event.title ?? 'the meeting'} isMain />
        </div>
      )}
      {event.conference?.status === 'pending' && <p className="dim">The join link is on its way.</p>}
      <dl className="drawer-facts">
        <dt>Calendar</dt>
        <dd>{calendar?.name ?? 'unknown'}</dd>
        {event.location !== null && (
          <>
            <dt>Where</dt>
            <dd>{event.location}</dd>
          </>
        )}
        <dt>Shown as</dt>
        <dd>{event.busy ? 'busy' : 'free'}</dd>
        <dt>Privacy</dt>
        <dd>{event.title === null ? 'only busy times are kept' : event.visibility}</dd>
        {event.organizer !== null && (
          <>
            <dt>Organiser</dt>
            <dd>{event.organizer.name ?? event.organizer.email}</dd>
          </>
        )}
        <dt>Attendees</dt>
        <dd>
          {event.attendees_omitted
            ? 'the provider did not send all'
            : event.attendees.length === 0
              ? 'none'
              : `${event.attendees.length}, ${accepted} accepted`}
        </dd>
        {event.recurrence.kind !== 'single' && (
          <>
            <dt>Repeats</dt>
            <dd>{repeatWords(event.recurrence.rules)}</dd>
          </>
        )}
        {event.time_zone !== null && (
          <>
            <dt>Made in</dt>
            <dd>{event.time_zone}</dd>
          </>
        )}
        {event.updated_at !== null && (
          <>
            <dt>Changed</dt>
            <dd>
              <Time at={event.updated_at} />
            </dd>
          </>
        )}
        {event.description !== null && (
          <>
            <dt>Notes</dt>
            <dd className="drawer-notes">{event.description}</dd>
          </>
        )}
      </dl>
      <div className="row wrap">
        {event.meeting_id !== null && (
          <ButtonLink to="/meetings/$meetingId" params={{ meetingId: event.meeting_id }}>
            Open meeting
          </ButtonLink>
        )}
        <ButtonLink to="/connections/$connectionId" params={{ connectionId: event.connection_id }}>
          Open connection
        </ButtonLink>
        {event.url !== null && /^https?:\/\//.test(event.url) && (
          <a href={event.url} target="_blank" rel="noreferrer" className="row" style={{ gap: 4 }}>
            <IconExternalLink size={16} aria-hidden="true" />
            {providerOf(event.provider).name}
          </a>
        )}
      </div>
    </>
  );
}

function EventTime({ event }: { readonly event: Event }): ReactNode {
  const now = useNow();
  if (event.start !== null && event.end !== null) return <TimeSpan start={event.start} end={event.end} />;
  if (event.start_date === null || event.end_date === null) return 'without a time';
  const last = shiftDays(event.end_date, -1);
  const show = (day: string): string => dateOf(Date.parse(`${day}T12:00:00Z`), 'UTC', now);
  return (
    <time dateTime={event.start_date}>
      {last === event.start_date ? `${show(event.start_date)}, all day` : `${show(event.start_date)} to ${show(last)}, all day`}
    </time>
  );
}
