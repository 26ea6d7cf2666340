import type { Slot, Slots } from '@daymark/api-contract';
import { ActionIcon, Button } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Panel } from '../../components/panel.tsx';
import { EmptyNotice, QueryState } from '../../components/states.tsx';
import { useNow } from '../../lib/clock.tsx';
import { absolute, dayOf, zoneName } from '../../lib/format-time.ts';
import type { Who } from './booking-form.ts';
import { DayTabs } from './day-tabs.tsx';
import { PeopleLanes } from './people-lanes.tsx';
import { SlotPicker } from './slot-picker.tsx';
import type { DaysWindow } from './window.ts';
import { DAYS_SHOWN, daysOf, shifted } from './window.ts';

interface TimesPanelProps {
  readonly who: Who;
  readonly window: DaysWindow;
  readonly slots: UseQueryResult<Slots>;
  /** Start of the chosen time, in milliseconds. */
  readonly chosen: number | null;
  readonly zone: string;
  readonly onChoose: (start: string) => void;
  readonly onGo: (date: string) => void;
}

/** The days of a window: on the one that is shown, a lane for each person, and the times that are free for all. */
export function TimesPanel({ who, window, slots, chosen, zone, onChoose, onGo }: TimesPanelProps): ReactNode {
  const now = useNow();
  const today = dayOf(now, zone);
  const days = daysOf(window);
  const [picked, setPicked] = useState<{ readonly day: string; readonly chosen: number | null } | null>(null);
  const byDay = Map.groupBy(slots.data?.data ?? [], ({ start }) => dayOf(Date.parse(start), zone));
  const shown = shownDay({ days, byDay, picked: picked?.chosen === chosen ? picked.day : null, chosen, zone });
  const show = (day: string): void => setPicked({ day, chosen });
  const later = (): void => onGo(shifted(window.firstDay, DAYS_SHOWN, today));

  return (
    <Panel
      title="Free times"
      aside={
        <span className="row" style={{ gap: 4 }}>
          <span className="xs dim" title={zone}>
            {zoneName(now, zone)}
          </span>
          <ActionIcon
            variant="default"
            size={26}
            aria-label="Days before"
            disabled={window.firstDay <= today}
            onClick={() => onGo(shifted(window.firstDay, -DAYS_SHOWN, today))}
          >
            <IconChevronLeft size={16} aria-hidden="true" />
          </ActionIcon>
          <ActionIcon variant="default" size={26} aria-label="Days after" onClick={later}>
            <IconChevronRight size={16} aria-hidden="true" />
          </ActionIcon>
        </span>
      }
    >
      <DayTabs days={days} shown={shown} now={now} countOf={(day) => byDay.get(day)?.length ?? 0} onShow={show} />
      <PeopleLanes who={who} window={window} day={shown} slots={slots.data?.data} chosen={chosen} zone={zone} onChoose={onChoose} />
      <QueryState query={slots} skeletonRows={6}>
        {({ data, as_of: asOf }) => (
          <>
            {data.length === 0 ? (
              <EmptyNotice title="No time in these days" action={<Button onClick={later}>Look at the days after</Button>}>
                Nobody has a common free time here. A shorter meeting or fewer people would help.
              </EmptyNotice>
            ) : (
              <SlotPicker days={byDay} shown={shown} chosen={chosen} zone={zone} onChoose={onChoose} onShow={show} />
            )}
            {asOf !== null && <p className="slot-foot xs dim">Calendars as of {absolute(Date.parse(asOf), zone, now)}</p>}
          </>
        )}
      </QueryState>
    </Panel>
  );
}

interface Shown {
  readonly days: readonly string[];
  readonly byDay: ReadonlyMap<string, readonly Slot[]>;
  /** What was picked since the time was chosen. */
  readonly picked: string | null;
  readonly chosen: number | null;
  readonly zone: string;
}

/** The day that was picked, else that of the chosen time, else the first with a free time. */
function shownDay({ days, byDay, picked, chosen, zone }: Shown): string {
  const wanted = [picked, chosen === null ? null : dayOf(chosen, zone), ...byDay.keys(), ...days];
  return wanted.find((day) => day !== null && days.includes(day)) ?? '';
}
