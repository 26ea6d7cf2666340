import type { Slot } from '@daymark/api-contract';
import type { KeyboardEvent, ReactNode } from 'react';
import { useEffect, useRef, useState } from 'react';
import { useNow } from '../../lib/clock.tsx';
import { clockOf, dateOf, dayOf, zoneName } from '../../lib/format-time.ts';

interface SlotPickerProps {
  /** Free times by the day they lie on, `2026-11-24`, in order. */
  readonly days: ReadonlyMap<string, readonly Slot[]>;
  readonly shown: string;
  /** Start of the chosen time, in milliseconds. */
  readonly chosen: number | null;
  readonly zone: string;
  readonly onChoose: (start: string) => void;
  readonly onShow: (day: string) => void;
}

/**
 * The free times of one day. One stop of the tab key; arrows move within the day and to the same hour of other days,
 * which are then shown; Home and End to the ends of a day, Enter or Space chooses.
 */
export function SlotPicker({ days: byDay, shown, chosen, zone, onChoose, onShow }: SlotPickerProps): ReactNode {
  const now = useNow();
  const days = [...byDay].map(([day, slots]) => ({ day, slots }));
  const ofDay = byDay.get(shown) ?? [];
  const [active, setActive] = useState<string | null>(null);
  const stop = ofDay.find(({ start }) => start === active) ?? ofDay.find(({ start }) => Date.parse(start) === chosen) ?? ofDay[0];
  const grid = useRef<HTMLDivElement>(null);
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (wanted.current === null) return;
    grid.current?.querySelector<HTMLButtonElement>(`[data-start="${wanted.current}"]`)?.focus();
    wanted.current = null;
  }, [active, shown]);

  const move = (event: KeyboardEvent): void => {
    if (stop === undefined) return;
    const next = neighbour(days, stop, event.key, zone);
    if (next === undefined) return;
    event.preventDefault();
    wanted.current = next.start;
    setActive(next.start);
    const day = dayOf(Date.parse(next.start), zone);
    if (day !== shown) onShow(day);
  };

  if (ofDay.length === 0) return <p className="slot-none dim">No common free time on this day.</p>;
  return (
    <div ref={grid} role="grid" aria-label={`Free times, ${zoneName(now, zone)}`} className="slots" onKeyDown={move}>
      <div role="row" className="slot-day">
        <span role="rowheader" className="slot-date">
          Start at
        </span>
        {ofDay.map((slot) => {
          const start = Date.parse(slot.start);
          return (
            <span key={slot.start} role="gridcell" aria-selected={start === chosen}>
              <button
                type="button"
                className="slot"
                data-start={slot.start}
                tabIndex={slot === stop ? 0 : -1}
                aria-pressed={start === chosen}
                aria-label={`${dateOf(start, zone, now)}, ${clockOf(start, zone)} ${zoneName(start, zone)}`}
                onFocus={() => setActive(slot.start)}
                onClick={() => onChoose(slot.start)}
              >
                {clockOf(start, zone)}
              </button>
            </span>
          );
        })}
      </div>
    </div>
  );
}

interface Day {
  readonly day: string;
  readonly slots: readonly Slot[];
}

function neighbour(days: readonly Day[], from: Slot, key: string, zone: string): Slot | undefined {
  const row = days.findIndex(({ slots }) => slots.includes(from));
  const ofDay = days[row]?.slots ?? [];
  const flat = days.flatMap(({ slots }) => slots);
  const place = flat.indexOf(from);
  switch (key) {
    case 'ArrowRight':
      return flat[place + 1];
    case 'ArrowLeft':
      return flat[place - 1];
    case 'ArrowDown':
      return nearest(days[row + 1], from, zone);
    case 'ArrowUp':
      return nearest(days[row - 1], from, zone);
    case 'Home':
      return ofDay[0];
    case 'End':
      return ofDay.at(-1);
    default:
      return undefined;
  }
}

/** The time of another day whose clock is closest. */
function nearest(day: Day | undefined, from: Slot, zone: string): Slot | undefined {
  const minutes = (slot: Slot): number => {
    const [hour = '0', minute = '0'] = clockOf(Date.parse(slot.start), zone).split(':');
    return Number(hour) * 60 + Number(minute);
  };
  const wanted = minutes(from);
  return day?.slots.toSorted((one, other) => Math.abs(minutes(one) - wanted) - Math.abs(minutes(other) - wanted))[0];
}
