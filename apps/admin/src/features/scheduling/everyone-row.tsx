import type { Slot } from '@daymark/api-contract';
import type { Instant } from '@daymark/domain';
import { formatInstant } from '@daymark/domain';
import { IconCheck } from '@tabler/icons-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useRef, useState } from 'react';
import { clockOf, zoneName } from '../../lib/format-time.ts';
import { cellsOf } from './day-axis.ts';
import type { Span } from './person-time.ts';

interface EveryoneRowProps {
  readonly axis: Span;
  readonly slots: readonly Slot[];
  /** Start of the chosen time, in milliseconds. */
  readonly chosen: number | null;
  readonly zone: string;
  readonly onChoose: (start: string) => void;
}

/**
 * The half hours of the day for all together. A free one chooses its first time; any other is asked about, and the answer says
 * what stands in the way. One stop of the tab key; arrows, Home and End move.
 */
export function EveryoneRow({ axis, slots, chosen, zone, onChoose }: EveryoneRowProps): ReactNode {
  const cells = cellsOf(axis);
  const row = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const at = chosen === null ? -1 : cells.findIndex(({ start, end }) => start <= chosen && chosen < end);
  const stop = cells[active] === undefined ? 0 : active;

  const move = (event: KeyboardEvent): void => {
    const next = { ArrowRight: stop + 1, ArrowLeft: stop - 1, Home: 0, End: cells.length - 1 }[event.key];
    if (next === undefined || cells[next] === undefined) return;
    event.preventDefault();
    setActive(next);
    row.current?.querySelectorAll('button')[next]?.focus();
  };

  return (
    <div className="lane-row lane-everyone">
      <span className="lane-name">
        <span className="med">Everyone</span>
      </span>
      <div
        ref={row}
        className="lane-cells"
        role="group"
        aria-label={`Everyone, by half hour, ${zoneName(axis.start, zone)}`}
        onKeyDown={move}
      >
        {cells.map((cell, nth) => {
          const free = slots.find(({ start }) => cell.start <= Date.parse(start) && Date.parse(start) < cell.end);
          const start = free === undefined ? cell.start : Date.parse(free.start);
          return (
            <button
              key={cell.start}
              type="button"
              className={free === undefined ? 'cell' : 'cell open'}
              tabIndex={nth === stop ? 0 : -1}
              aria-pressed={nth === at}
              aria-label={`${clockOf(start, zone)} ${free === undefined ? 'not free, why not?' : 'free for everyone'}`}
              title={`${clockOf(start, zone)} ${free === undefined ? 'Why not?' : 'Free'}`}
              onFocus={() => setActive(nth)}
              onClick={() => onChoose(free?.start ?? formatInstant(cell.start as Instant))}
            >
              {free !== undefined && <IconCheck size={14} aria-hidden="true" />}
            </button>
          );
        })}
      </div>
    </div>
  );
}
