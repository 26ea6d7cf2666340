import { IconClockExclamation, IconHelpCircle } from '@tabler/icons-react';
import type { CSSProperties, ReactNode } from 'react';
import { toneOf } from '../../components/status-chip.tsx';
import { useNow } from '../../lib/clock.tsx';
import { absolute, clockOf, zoneName } from '../../lib/format-time.ts';
import { cellsOf, placeOn, within } from './day-axis.ts';
import type { PersonTime, Span } from './person-time.ts';
import './lanes.css';

interface LanesProps {
  readonly people: readonly PersonTime[];
  /** From the first to the last hour that is shown. */
  readonly axis: Span;
  readonly chosen: Span | null;
  readonly zone: string;
  /** The row below the lanes, on the same axis. */
  readonly children: ReactNode;
}

/** A lane for each person: busy time, unknown time, and the chosen one across all; the same in words for those who do not see it. */
export function Lanes({ people, axis, chosen, zone, children }: LanesProps): ReactNode {
  const cells = cellsOf(axis);
  return (
    <div className="lanes" style={{ '--cells': cells.length } as CSSProperties}>
      <div className="lane-row lane-hours" aria-hidden="true">
        <span className="lane-name">{zoneName(axis.start, zone)}</span>
        <div className="lane-axis">
          {cells
            .filter((_, nth) => nth % 2 === 0)
            .map((hour) => (
              <span key={hour.start} style={placeOn(axis, hour)}>
                {clockOf(hour.start, zone).replace(/:00$/, '')}
              </span>
            ))}
        </div>
      </div>
      <ul aria-label={`Busy times, ${zoneName(axis.start, zone)}`}>
        {people.map((person) => (
          <li key={person.id} className="lane-row">
            <LaneName person={person} at={axis.start} zone={zone} />
            <Lane person={person} axis={axis} chosen={chosen} zone={zone} />
          </li>
        ))}
      </ul>
      {children}
    </div>
  );
}

function LaneName({ person, at, zone }: { readonly person: PersonTime; readonly at: number; readonly zone: string }): ReactNode {
  const now = useNow();
  const { name, state, since, reason } = person;
  const theirs = person.zone === null ? '' : zoneName(at, person.zone);
  return (
    <span className="lane-name">
      <span className="med cut">{name}</span>
      {state === 'known' && theirs !== '' && theirs !== zoneName(at, zone) && <small>{theirs}</small>}
      {state === 'unconnected' && <small>No calendar connected</small>}
      {state === 'last-known' && (
        <small className="tone" style={toneOf('expired')}>
          <IconClockExclamation size={12} aria-hidden="true" /> {since === null ? 'last known' : `as of ${absolute(since, zone, now)}`}
        </small>
      )}
      {state === 'unknown' && (
        <small className="tone" style={toneOf('expired')} title={reason ?? undefined}>
          <IconHelpCircle size={12} aria-hidden="true" /> {since === null ? 'never read' : `last read ${absolute(since, zone, now)}`}
        </small>
      )}
    </span>
  );
}

interface LaneProps {
  readonly person: PersonTime;
  readonly axis: Span;
  readonly chosen: Span | null;
  readonly zone: string;
}

function Lane({ person, axis, chosen, zone }: LaneProps): ReactNode {
  const busy = within(person.busy, axis);
  const unknown = within(person.unknown, axis);
  const shown = chosen === null ? [] : within([chosen], axis);
  return (
    <div className="lane">
      {unknown.map((span) => (
        <span key={span.start} className="lane-unknown" style={placeOn(axis, span)} aria-hidden="true">
          Unknown
        </span>
      ))}
      {busy.map((span) => (
        <span key={span.start} className="lane-busy" style={placeOn(axis, span)} title={clocks(span, zone)} aria-hidden="true">
          {span.end - span.start >= 60 * 60_000 && 'Busy'}
        </span>
      ))}
      {shown.map((span) => (
        <span key={span.start} className="lane-chosen" style={placeOn(axis, span)} aria-hidden="true" />
      ))}
      <span className="unseen">{inWords({ busy, unknown }, zone)}</span>
    </div>
  );
}

function inWords({ busy, unknown }: Pick<PersonTime, 'busy' | 'unknown'>, zone: string): string {
  const known = busy.length === 0 ? 'nothing known to be busy' : `busy ${busy.map((span) => clocks(span, zone)).join(', ')}`;
  return unknown.length === 0 ? known : `${known}; unknown, so not free, ${unknown.map((span) => clocks(span, zone)).join(', ')}`;
}

function clocks({ start, end }: Span, zone: string): string {
  return `${clockOf(start, zone)}–${clockOf(end, zone)} ${zoneName(start, zone)}`;
}
