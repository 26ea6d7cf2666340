import type { Slot } from '@daymark/api-contract';
import type { KeyboardEvent, ReactNode } from 'react';
import { useRef, useState } from 'react';
import { useNow } from '../../lib/clock.tsx';
import { clockOf, dateOf, dayOf, zoneName } from '../../lib/format-time.ts';

interface SlotPickerProps {
  readonly slots: readonly Slot[];
  /** Start of the chosen time, in milliseconds. */
  readonly chosen: number | null;
  readonly zone: string;
  readonly onChoose: (start: string) => void;
}

/**
 * Free times, a row per day. One stop of the tab key; arrows move within a day and to the same hour of other days,
 * Home and End to the ends of a day, Enter or Space chooses.
 */
export function SlotPicker({ slots, chosen, zone, onChoose }: SlotPickerProps): ReactNode {
  const now = useNow();
  const days = daysOf(slots, zone);
  const flat = days.flatMap(({ slots: ofDay }) => ofDay);
  const chosenSlot = flat.find((slot) => Date.parse(slot.start) === chosen);
  const [active, setActive] = useState<string | null>(null);
  const stop = flat.find((slot) => slot.start === active) ?? chosenSlot ?? flat[0];
  const grid = useRef<HTMLDivElement>(null);

  const move = (event: KeyboardEvent): void => {
    if (stop === undefined) return;
    const next = neighbour(days, stop, event.key, zone);
    if (next === undefined) return;
    event.preventDefault();
    setActive(next.start);
    grid.current?.querySelector<HTMLButtonElement>(`[data-start="${next.start}"]`)?.focus();
  };

  return (
    <div ref={grid} role="grid" aria-label={`Free times, ${zoneName(now, zone)}`} className="slots" onKeyDown={move}>
      {days.map(({ day, slots: ofDay }) => (
        <div key={day} role="row" className="slot-day">
          <span role="rowheader" className="slot-date">
            {dateOf(Date.parse(ofDay[0]?.start ?? day), zone, now)} <small>{ofDay.length}</small>
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
      ))}
    </div>
  );
}

interface Day {
  readonly day: string;
  readonly slots: readonly Slot[];
}

function daysOf(slots: readonly Slot[], zone: string): readonly Day[] {
  const days = new Map<string, Slot[]>();
  for (const slot of slots) {
    const day = dayOf(Date.parse(slot.start), zone);
    days.set(day, [...(days.get(day) ?? []), slot]);
  }
  return [...days].map(([day, ofDay]) => ({ day, slots: ofDay.toSorted((one, other) => one.start.localeCompare(other.start)) }));
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
