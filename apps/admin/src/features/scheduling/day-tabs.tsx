import type { ReactNode } from 'react';
import { counted, dateOf } from '../../lib/format-time.ts';
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
        return (
          <button
            key={day}
            type="button"
            aria-pressed={day === shown}
            aria-label={`${dateOf(noonOf(day), 'UTC', now)}, ${counted(count, 'free time')}`}
            onClick={() => onShow(day)}
          >
            {weekdayAndDay(day)} <span>{count}</span>
          </button>
        );
      })}
    </div>
  );
}

/** `Wed 25` */
function weekdayAndDay(day: string): string {
  return dateOf(noonOf(day), 'UTC', noonOf(day)).split(' ').slice(0, 2).join(' ');
}

function noonOf(day: string): number {
  return Date.parse(`${day}T12:00:00Z`);
}
