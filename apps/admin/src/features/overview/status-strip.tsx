import type { Overview } from '@daymark/api-contract';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { StatusIcon, statusWord } from '../../components/status-chip.tsx';
import { counted } from '../../lib/format-time.ts';

const order = ['active', 'pending', 'paused', 'expired', 'error', 'revoked'] as const;
const bars: Readonly<Record<(typeof order)[number], string>> = {
  active: 'var(--dm-chart-ok)',
  pending: 'var(--dm-status-pending)',
  paused: 'var(--dm-status-paused)',
  expired: 'var(--dm-chart-warn)',
  error: 'var(--dm-chart-bad)',
  revoked: 'var(--dm-status-revoked)',
};

/** How many connections are in which status; each figure opens its list. */
export function StatusStrip({ connections }: { readonly connections: Overview['connections'] }): ReactNode {
  const { total, by_status: byStatus } = connections;
  return (
    <section className="panel strip" aria-label="Connections by status">
      <span className="strip-total">
        {total.toLocaleString('en')} <small>{counted(total, 'connection').replace(/^\S+ /, '')}</small>
      </span>
      {order
        .filter((status) => byStatus[status] > 0 || status === 'active')
        .map((status) => (
          <Link key={status} to="/connections" search={{ status }} className="strip-link">
            <StatusIcon status={status} />
            <b>{byStatus[status]}</b> {statusWord(status).toLowerCase()}
          </Link>
        ))}
      <div className="strip-bar" aria-hidden="true">
        {order
          .filter((status) => byStatus[status] > 0)
          .map((status) => (
            <i key={status} style={{ flex: byStatus[status], background: bars[status] }} />
          ))}
      </div>
    </section>
  );
}
