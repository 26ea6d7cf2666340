import type { Connection } from '@daymark/api-contract';
import type { ReactNode } from 'react';
import { StatusIcon, statusWord, toneOf } from '../../components/status-chip.tsx';
import { Time } from '../../components/time.tsx';
import { counted } from '../../lib/format-time.ts';
import { ownerNames } from '../../lib/problem-error.ts';

interface DiagnosisProps {
  readonly connection: Connection;
  readonly provider: string;
}

/** What happened, why, what to do, who, and what still works. */
export function Diagnosis({ connection, provider }: DiagnosisProps): ReactNode {
  const { status, last_error: problem, last_success_at: lastGood } = connection;
  return (
    <section className="panel diagnosis" style={toneOf(status === 'active' ? 'paused' : status)} aria-label="Diagnosis">
      <div className="diagnosis-head">
        <StatusIcon status={status} size={18} />
        <b>{statusWord(status)}</b>
        {problem !== null && (
          <span>
            since <Time at={problem.first_seen_at} show="clock" />
          </span>
        )}
        <span className="grow" />
        {problem !== null && problem.count > 1 && <span className="dim">seen {counted(problem.count, 'time')}</span>}
      </div>
      <dl className="fact-list">
        <dt>What happened</dt>
        <dd>{problem?.message ?? fallbackOf(status, provider)}</dd>
        {problem !== null && (
          <>
            <dt>Likely cause</dt>
            <dd>{problem.cause}</dd>
            <dt>What to do</dt>
            <dd>{problem.fix}</dd>
            <dt>Who</dt>
            <dd>{ownerNames[problem.who]}</dd>
          </>
        )}
        <dt>Still works</dt>
        <dd>
          {lastGood === null ? (
            'Nothing yet: its calendars were never read.'
          ) : (
            <>
              Busy times as last read, <Time at={lastGood} show="clock" />.{' '}
            </>
          )}
          {(status === 'expired' || status === 'revoked') && (
            <>
              <span className="danger-text med">Not:</span> new bookings on it, changes from {provider}.
            </>
          )}
        </dd>
        {problem !== null && (
          <>
            <dt>Code</dt>
            <dd>
              <a href={`/problems/${problem.code}`} target="_blank" rel="noreferrer">
                <code>{problem.code}</code>
              </a>
            </dd>
          </>
        )}
      </dl>
    </section>
  );
}

function fallbackOf(status: Connection['status'], provider: string): string {
  if (status === 'revoked') return `It was disconnected; access at ${provider} is withdrawn. Reconnect to go on with the same calendars.`;
  return `${provider} no longer accepts the sign-in. Reconnect; calendars, settings and meetings stay.`;
}
