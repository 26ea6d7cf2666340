import type { PgBoss } from 'pg-boss';

/** How sessions of workers are called; each process adds a name of its own. */
export const WORKER_SESSIONS = 'daymark jobs';

/** A job that is in work somewhere, as it was when it was looked at. */
export interface JobInWork {
  readonly queue: string;
  readonly id: string;
  /** Which attempt it is. */
  readonly retryCount: number;
  /** The last sign of life of whoever does it; compared, never read. */
  readonly seenAt: string;
}

/** All that is in work, here or elsewhere. */
export async function listJobsInWork(boss: PgBoss): Promise<JobInWork[]> {
  const { rows } = await boss.getDb().executeSql(
    `SELECT name AS queue, id, retry_count AS "retryCount", heartbeat_on::text AS "seenAt"
     FROM pgboss.job WHERE state = 'active' AND heartbeat_seconds IS NOT NULL`,
  );
  return rows as JobInWork[];
}

/**
 * Gives those back to the queue of which there was no sign of life since they were looked at, when no other worker
 * is there: whoever had them has died. Where one is, only the queue's own limit tells a dead worker from a slow one.
 * @param sessions how the sessions of this process are called.
 * @returns how many were given back.
 */
export async function giveBackOrphans(
  boss: PgBoss,
  { lookedAt, sessions }: { readonly lookedAt: readonly JobInWork[]; readonly sessions: string },
): Promise<number> {
  const now = new Set((await listJobsInWork(boss)).map(keyOf));
  const orphans = lookedAt.filter((job) => now.has(keyOf(job)));
  if (orphans.length === 0 || !(await isOnlyWorker(boss, sessions))) return 0;
  for (const [queue, jobs] of Map.groupBy(orphans, (job) => job.queue))
    await boss.fail(queue, jobs, { message: 'the process that had it in work has died' });
  return orphans.length;
}

/** The server knows who is connected, and hears of the end of a process at once. False also when it does not show our own sessions. */
async function isOnlyWorker(boss: PgBoss, sessions: string): Promise<boolean> {
  const { rows } = await boss.getDb().executeSql(
    `SELECT coalesce(bool_and(application_name = $1), false) AS alone FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE $2 || '%'`,
    [sessions, WORKER_SESSIONS],
  );
  return rows[0].alone;
}

function keyOf({ queue, id, retryCount, seenAt }: JobInWork): string {
  return `${queue} ${id} ${retryCount} ${seenAt}`;
}
