import type { Overview } from '@daymark/api-contract';
import type { ReactNode } from 'react';
import { counted, unit } from '../../lib/format-time.ts';

/** Four figures, each with its window. */
export function Figures({ overview }: { readonly overview: Overview }): ReactNode {
  const { sync, meetings, reminders } = overview;
  return (
    <section className="panel figures" aria-label="Health in figures">
      <Figure
        label="Sync success"
        range="24 h"
        value={sync.success_rate_24h === null ? 'no runs' : `${percent(sync.success_rate_24h)}%`}
        note={`${sync.failed_runs_24h} of ${counted(sync.runs_24h, 'run')} failed`}
        share={sync.success_rate_24h}
      />
      <Figure
        label="Lag, longest"
        range="now"
        value={sync.lag_seconds_max === null ? 'unknown' : unit(sync.lag_seconds_max * 1000)}
        note={sync.lag_seconds_p50 === null ? 'nothing synced yet' : `median ${unit(sync.lag_seconds_p50 * 1000)}`}
      />
      <Figure
        label="Meetings ahead"
        range="7 days"
        value={meetings.next_7_days.toLocaleString('en')}
        note={`${meetings.booked_24h} booked, ${meetings.cancelled_24h} cancelled in 24 h`}
      />
      <Figure
        label="Reminders sent"
        range="24 h"
        value={reminders.sent_24h.toLocaleString('en')}
        note={`${reminders.due_24h} due, ${reminders.failed_24h} failed`}
        share={reminders.sent_24h + reminders.failed_24h === 0 ? null : reminders.sent_24h / (reminders.sent_24h + reminders.failed_24h)}
      />
    </section>
  );
}

interface FigureProps {
  readonly label: string;
  readonly range: string;
  readonly value: string;
  readonly note: string;
  /** From 0 to 1, drawn as a bar. */
  readonly share?: number | null;
}

function Figure({ label, range, value, note, share = null }: FigureProps): ReactNode {
  return (
    <div className="figure">
      <p className="figure-label">
        {label}
        <span>{range}</span>
      </p>
      <p className="figure-value">
        {value} <small>{note}</small>
      </p>
      {share !== null && (
        <div className="figure-bar" aria-hidden="true">
          <i style={{ width: `${share * 100}%` }} />
        </div>
      )}
    </div>
  );
}

/** Never rounded up to 100 while something failed. */
function percent(share: number): string {
  const tenths = Math.floor(share * 1000) / 10;
  return tenths === 100 ? '100' : tenths.toFixed(1);
}
