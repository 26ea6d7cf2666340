import type { Event } from '@daymark/api-contract';
import type { PlainDate } from '@daymark/domain';
import { UnstyledButton } from '@mantine/core';
import type { ScheduleEventData } from '@mantine/schedule';
import { WeekView } from '@mantine/schedule';
import '@mantine/schedule/styles.css';
import { IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useEffect, useRef } from 'react';
import { providerTone } from '../../components/provider-name.tsx';
import { useNow } from '../../lib/clock.tsx';
import { calendarsQuery } from '../../lib/queries/calendars.ts';
import { useProviders } from '../../lib/queries/providers.ts';
import { useUserNames } from '../../lib/queries/users.ts';
import { useZone } from '../../lib/zone.tsx';
import { keyOf, lookOf } from './event-look.ts';
import { mergeCopies } from './merge-copies.ts';
import type { ShownEvent } from './merge-copies.ts';
import { shiftDays, wallOf } from './week.ts';

interface WeekCalendarProps {
  readonly events: readonly Event[];
  readonly monday: PlainDate;
  readonly onOpen: (key: string) => void;
}

/** The week as a grid on the clock of the zone that is shown. */
export function WeekCalendar({ events, monday, onOpen }: WeekCalendarProps): ReactNode {
  const zone = useZone();
  const now = useNow();
  const providerOf = useProviders();
  const ownerOf = useUserNames();
  const { data: calendars } = useQuery(calendarsQuery);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // The library names them "Weekday 2026-11-16", which is not what stands there: "Mon 16".
    for (const day of section.current?.querySelectorAll('.week-day') ?? []) day.removeAttribute('aria-label');
  }, [monday]);
  const shown = mergeCopies(events).flatMap((payload): ScheduleEventData<ShownEvent>[] => {
    const { event } = payload;
    const times = timesOf(event, zone);
    return times === null ? [] : [{ id: keyOf(event), title: lookOf(event).title, ...times, color: 'gray', payload }];
  });
  return (
    <section ref={section} className="panel week" aria-label="Week">
      <WeekView
        date={monday}
        events={shown}
        firstDayOfWeek={1}
        withHeader={false}
        withWeekNumber={false}
        highlightToday
        startScrollTime="06:00:00"
        slotHeight={50}
        allDaySlotHeight={42}
        slotLabelFormat="HH:mm"
        weekdayFormat="ddd"
        radius={0}
        withCurrentTimeBubble={false}
        getCurrentTime={() => wallOf(new Date(now).toISOString(), zone)}
        onEventClick={(event) => onOpen(String(event.id))}
        classNames={{
          weekViewHeader: 'week-header',
          weekViewAllDaySlots: 'week-all-day',
          weekViewDayLabel: 'week-day',
          weekViewSlotLabel: 'week-hour',
        }}
        scrollAreaProps={{ mah: 640, type: 'auto', viewportProps: { tabIndex: 0, 'aria-label': 'Hours of the week' } }}
        renderEvent={(data, { children: _, className, style, ...rest }) => {
          const { event, calendarIds } = data.payload as ShownEvent;
          const look = lookOf(event);
          const provider = providerOf(event.provider);
          const clock = event.start === null ? 'all day' : wallOf(event.start, zone).slice(11, 16);
          const owners = calendarIds.flatMap((id) => calendars?.find((one) => one.id === id)?.user_id ?? []).map(ownerOf);
          const words = [clock, ...new Set(owners), provider.name, ...look.words];
          return (
            <UnstyledButton
              {...rest}
              className={`${className ?? ''} event-block ${look.className}`}
              style={{ ...style, ...providerTone(provider) }}
              title={`${look.title}, ${words.join(', ')}`}
            >
              <span className="event-lines">
                <span className="event-title">
                  {look.className.includes('is-private') && <IconLock size={12} aria-hidden="true" />}
                  <span className="cut">{look.title}</span>
                </span>
                {event.start !== null && <span className="event-words">{[clock, peopleInShort(owners), ...look.words].join(' ')}</span>}
              </span>
            </UnstyledButton>
          );
        }}
      />
    </section>
  );
}

/** `Ada`, `Ada, Leo` or `Ada, 4 more`. */
function peopleInShort(names: readonly string[]): string {
  const [first = '', second, ...rest] = [...new Set(names)].map((name) => name.split(' ')[0] ?? name);
  if (second === undefined) return first;
  return rest.length === 0 ? `${first}, ${second}` : `${first}, ${rest.length + 1} more`;
}

/** All-day events lie on days without a zone; an event without times is not drawn. */
function timesOf(event: Event, zone: string): { readonly start: string; readonly end: string } | null {
  if (event.start_date !== null && event.end_date !== null) {
    return { start: `${event.start_date} 00:00:00`, end: `${shiftDays(event.end_date, -1)} 23:59:59` };
  }
  if (event.start === null || event.end === null) return null;
  return { start: wallOf(event.start, zone), end: wallOf(event.end, zone) };
}
