import type { ReactNode } from 'react';
import { dateOf } from '../../lib/format-time.ts';
import './lanes.css';

interface DayTabsProps {
  /** `2026-11-24` */
  readonly days: readonly string[];
  readonly shown: string;
  readonly now: number;
  readonly countOf: (day: string) => number;
  readonly onShow: (day: string) => void;
}

/** The days of the window, each with how many free times it has. */
export function DayTabs({ days, shown, now, countOf, onShow }: DayTabsProps): ReactNode {
  return (
    <div className="day-tabs" role="group" aria-label="Days">
      {days.map((day) => {
        const count = countOf(day);
        const [weekday, date, ...rest] = dateOf(Date.parse(`${day}T12:00:00Z`), 'UTC', now).split(' ');
        return (
          <button key={day} type="button" aria-pressed={day === shown} onClick={() => onShow(day)}>
            {weekday} {date}
            <span className="unseen"> {rest.join(' ')}, </span>
            <span className="day-count">{count}</span>
            <span className="unseen"> free {count === 1 ? 'time' : 'times'}</span>
          </button>
        );
      })}
    </div>
  );
}
