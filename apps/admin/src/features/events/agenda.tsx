import type { Event } from '@daymark/api-contract';
import type { PlainDate } from '@daymark/domain';
import { IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { providerTone } from '../../components/provider-name.tsx';
import { EmptyNotice } from '../../components/states.tsx';
import { useNow } from '../../lib/clock.tsx';
import { clockOf, dateOf, dayOf } from '../../lib/format-time.ts';
import { calendarsQuery } from '../../lib/queries/calendars.ts';
import { useProviders } from '../../lib/queries/providers.ts';
import { useZone } from '../../lib/zone.tsx';
import { keyOf, lookOf } from './event-look.ts';
import { mergeCopies } from './merge-copies.ts';
import { daysOf, shiftDays } from './week.ts';

interface AgendaProps {
  readonly events: readonly Event[];
  readonly monday: PlainDate;
  readonly onOpen: (key: string) => void;
}

/** The week as a list, day by day. */
export function Agenda({ events, monday, onOpen }: AgendaProps): ReactNode {
  const zone = useZone();
  const now = useNow();
  const { data: calendars } = useQuery(calendarsQuery);
  const providerOf = useProviders();
  const today = dayOf(now, zone);
  const days = [0, 1, 2, 3, 4, 5, 6].map((offset) => shiftDays(monday, offset));
  const merged = mergeCopies(events);
  const ofDay = days.map((day) => ({ day, events: merged.filter(({ event }) => daysOf(event, zone, monday).includes(day)) }));
  const filled = ofDay.filter((one) => one.events.length > 0);
  if (filled.length === 0) {
    return (
      <div className="panel">
        <EmptyNotice title="No events in this week">Look at another week, or at all calendars.</EmptyNotice>
      </div>
    );
  }
  return filled.map(({ day, events: shown }) => (
    <section key={day} className="agenda-day" aria-label={day}>
      <h2>
        {day === today && 'Today, '}
        <time dateTime={day}>{dateOf(Date.parse(`${day}T12:00:00Z`), 'UTC', now)}</time>
      </h2>
      <ul>
        {shown.map(({ event, calendarIds }) => {
          const look = lookOf(event);
          const provider = providerOf(event.provider);
          const calendar = calendars?.find((one) => one.id === event.calendar_id);
          const others = calendarIds.length > 1 ? [`on ${calendarIds.length} calendars`] : [];
          return (
            <li key={keyOf(event)}>
              <button
                type="button"
                className={`agenda-event ${look.className}`}
                style={providerTone(provider)}
                onClick={() => onOpen(keyOf(event))}
              >
                {event.start === null || event.end === null ? (
                  <span>all day</span>
                ) : (
                  <time dateTime={`${event.start}/${event.end}`}>
                    {clockOf(Date.parse(event.start), zone)}–{clockOf(Date.parse(event.end), zone)}
                  </time>
                )}
                <span className="agenda-text">
                  <span className="event-title">
                    {look.className.includes('is-private') && <IconLock size={14} aria-hidden="true" />}
                    {look.title}
                  </span>
                  <small>{[calendar?.name, provider.name, ...others, ...look.words].filter((word) => word !== undefined).join(', ')}</small>
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  ));
}
