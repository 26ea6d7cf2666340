import type { PgBoss } from 'pg-boss';

/** How sessions of workers are called; each process adds a name of its own. */
export const WORKER_SESSIONS = 'daymark jobs';

/** Longer than from one sign of life of a job to the next. */
const SILENCE_SECONDS = 2;

interface SilentJob {
  readonly queue: string;
  readonly id: string;
  readonly retryCount: number;
}

/**
 * Gives back to the queue what is in work but in nobody's hands: this is the only worker, it does not have the job,
 * and there was no sign of life of it lately. Its worker has died, or could not tell the database that it had ended.
 * Where another worker is, only the queue's own, longer limit tells a dead one from a slow one.
 * @param sessions how the sessions of this process are called.
 * @param isMine whether this process has a job in work.
 * @returns how many were given back.
 */
export async function giveBackOrphans(
  boss: PgBoss,
  { sessions, isMine }: { readonly sessions: string; readonly isMine: (jobId: string) => boolean },
): Promise<number> {
  const orphans = (await listSilent(boss)).filter(({ id }) => !isMine(id));
  if (orphans.length === 0 || !(await isOnlyWorker(boss, sessions))) return 0;
  for (const [queue, jobs] of Map.groupBy(orphans, (job) => job.queue))
    await boss.fail(queue, jobs, { message: 'the process that had it in work has died' });
  return orphans.length;
}

async function listSilent(boss: PgBoss): Promise<SilentJob[]> {
  const { rows } = await boss.getDb().executeSql(
    `SELECT name AS queue, id, retry_count AS "retryCount" FROM pgboss.job
     WHERE state = 'active' AND group_id IS NOT NULL AND heartbeat_seconds IS NOT NULL AND heartbeat_on < now() - make_interval(secs => $1)`,
    [SILENCE_SECONDS],
  );
  return rows as SilentJob[];
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
