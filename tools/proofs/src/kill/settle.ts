import type { Checks } from '../checks.ts';
import type { Installation } from '../installation.ts';
import { until } from '../waiting.ts';

const SETTLED_WITHIN_MS = 170_000;

interface Waiting {
  readonly what: string;
  readonly count: number;
}

/** Waits until nothing is left to do: leases of the dead have ended, their work was repeated, the queue is empty. */
export async function settle(checks: Checks, installation: Installation, moment = 'in the end'): Promise<void> {
  let waiting: Waiting[] = [];
  const startedAt = Date.now();
  const isSettled = await until(
    async () => {
      waiting = await installation.query<Waiting>(
        `SELECT 'placements' AS what, count(*)::int AS count FROM placements WHERE state NOT IN ('written', 'removed') OR lease IS NOT NULL OR next_try_at IS NOT NULL
         UNION ALL SELECT 'mails', count(*)::int FROM mails WHERE state IN ('due', 'sending')
         UNION ALL SELECT 'runs', count(*)::int FROM sync_runs WHERE state IN ('queued', 'running')
         UNION ALL SELECT 'calendars', count(*)::int FROM calendar_dues
         UNION ALL SELECT 'jobs', count(*)::int FROM pgboss.job WHERE state < 'completed' AND name <> 'dead-letters'`,
      );
      return waiting.every(({ count }) => count === 0);
    },
    { withinMs: SETTLED_WITHIN_MS, everyMs: 250 },
  );
  const left = waiting.filter(({ count }) => count > 0).map(({ what, count }) => `${count} ${what}`);
  checks.that(`everything settles ${moment}: placements, mails, runs and jobs are drained`, isSettled !== null, left.join(', '));
  console.log(`  settled after ${Math.round((Date.now() - startedAt) / 1000)} s`);
}
