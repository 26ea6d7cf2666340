import type { Slot } from '@daymark/api-contract';
import type { ReactNode } from 'react';
import { Panel } from '../../components/panel.tsx';
import { useNow } from '../../lib/clock.tsx';
import { span } from '../../lib/format-time.ts';

interface BestTimesProps {
  readonly slots: readonly Slot[];
  readonly chosen: string | null;
  readonly zone: string;
  readonly onChoose: (start: string) => void;
}

/** The three best ranked times, with what speaks for and against each. */
export function BestTimes({ slots, chosen, zone, onChoose }: BestTimesProps): ReactNode {
  const now = useNow();
  const best = slots.toSorted((one, other) => other.score - one.score).slice(0, 3);
  if (best.length < 2) return null;
  return (
    <Panel title="Best times" count={best.length}>
      <ul>
        {best.map((slot) => (
          <li key={slot.start}>
            <button type="button" className="best" aria-pressed={slot.start === chosen} onClick={() => onChoose(slot.start)}>
              <span className="med">{span(Date.parse(slot.start), Date.parse(slot.end), zone, now)}</span>
              <span className="best-score" title="From 0 to 1">
                {slot.score.toFixed(2)}
              </span>
              <span className="best-factors">
                {slot.factors.map(({ name, weight, value }) => (
                  <span key={name}>
                    <b className={weight * value < 0 ? 'minus' : undefined}>{signed(weight * value)}</b> {name.replaceAll('_', ' ')}
                  </span>
                ))}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function signed(part: number): string {
  return `${part < 0 ? '−' : '+'}${Math.abs(part).toFixed(2)}`;
}
