import type { Connection } from '@daymark/api-contract';
import type { ReactNode } from 'react';
import { Time } from '../../components/time.tsx';
import { counted, unit } from '../../lib/format-time.ts';

const access: Readonly<Record<Connection['access_profile'], string>> = {
  free_busy: 'busy times only',
  read: 'read',
  read_write: 'read and write',
};

/** Four facts that explain most questions. */
export function FactsPanel({ connection }: { readonly connection: Connection }): ReactNode {
  return (
    <section className="panel" aria-label="Facts">
      <dl className="facts">
        <div>
          <dt>Last good sync</dt>
          <dd>{connection.last_success_at === null ? 'never' : <Time at={connection.last_success_at} />}</dd>
        </div>
        <div>
          <dt>Knowledge is</dt>
          <dd>{connection.lag_seconds === null ? 'not there yet' : `${unit(connection.lag_seconds * 1000)} old`}</dd>
        </div>
        <div>
          <dt>Next try</dt>
          <dd>{connection.next_run_at === null ? nextOf(connection) : <Time at={connection.next_run_at} />}</dd>
        </div>
        <div>
          <dt>Access</dt>
          <dd>
            {access[connection.access_profile]}, {counted(connection.granted_scopes.length, 'scope')}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function nextOf({ status }: Connection): string {
  if (status === 'paused') return 'none, it is paused';
  return status === 'expired' || status === 'revoked' ? 'stopped until sign-in' : 'not planned';
}
