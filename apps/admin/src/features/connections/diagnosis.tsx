import type { Connection } from '@daymark/api-contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { StatusIcon, statusWord, toneOf } from '../../components/status-chip.tsx';
import { Time } from '../../components/time.tsx';
import { counted } from '../../lib/format-time.ts';
import { ownerNames } from '../../lib/problem-error.ts';
import { ApprovalLetter } from './approval-letter.tsx';
import { sentence } from './attention.ts';
import type { Reason } from './attention.ts';

interface DiagnosisProps {
  readonly connection: Connection;
  readonly reason: Reason | null;
  readonly provider: string;
}

/** What happened, why, what to do, who, and what still works. */
export function Diagnosis({ connection, reason, provider }: DiagnosisProps): ReactNode {
  const { status, last_success_at: lastGood } = connection;
  const shown = status === 'active' ? 'expired' : status;
  return (
    <section className="panel diagnosis" style={toneOf(shown)} aria-label="Diagnosis">
      <div className="diagnosis-head">
        {status === 'active' ? (
          <IconAlertTriangle className="tone" size={18} aria-hidden="true" />
        ) : (
          <StatusIcon status={status} size={18} />
        )}
        <b>{status === 'active' ? 'Works in part' : statusWord(status)}</b>
        {reason !== null && (
          <span>
            since <Time at={reason.since} show="clock" />
          </span>
        )}
        <span className="grow" />
        {reason !== null && reason.count > 1 && <span className="dim">seen {counted(reason.count, 'time')}</span>}
      </div>
      <dl className="fact-list">
        <dt>What happened</dt>
        <dd>{reason === null ? fallbackOf(status, provider) : sentence(reason.message)}</dd>
        {reason !== null && (
          <>
            <dt>Likely cause</dt>
            <dd>{reason.cause}</dd>
            <dt>What to do</dt>
            <dd>{reason.fix}</dd>
            <dt>Who</dt>
            <dd>{ownerNames[reason.who]}</dd>
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
        {reason !== null && (
          <>
            <dt>Code</dt>
            <dd>
              <a href={`/problems/${reason.code}`} target="_blank" rel="noreferrer">
                <code>{reason.code}</code>
              </a>
            </dd>
          </>
        )}
      </dl>
      {reason?.code === 'admin-consent-required' && <ApprovalLetter subject={{ connection }} />}
    </section>
  );
}

function fallbackOf(status: Connection['status'], provider: string): string {
  if (status === 'revoked') return `It was disconnected; access at ${provider} is withdrawn. Reconnect to go on with the same calendars.`;
  return `${provider} no longer accepts the sign-in. Reconnect; calendars, settings and meetings stay.`;
}
