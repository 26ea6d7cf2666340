import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningPostgres } from '@daymark/postgres';
import { StartError } from './start-error.ts';

export interface SupervisedDatabase {
  /** Login of the owner; another one only if the port had to change. */
  url(): string;
  stop(): Promise<void>;
}

/** The embedded database, started again whenever its server is gone. `onMoved` is called when its address changed by that. */
export async function superviseDatabase(
  dataDir: string,
  options: { say(text: string): void; onMoved(): void },
): Promise<SupervisedDatabase> {
  const { startPostgres } = await import('@daymark/postgres');
  const open = () => startPostgres({ dataDir: join(dataDir, 'postgres') });
  let running: RunningPostgres;
  try {
    running = await open();
  } catch (cause) {
    throw new StartError(`the database did not start: ${(cause as Error).message}`, {
      fix: `look into ${join(dataDir, 'postgres', 'postgres.log')} for more, or set DATABASE_URL to a PostgreSQL server of yours`,
    });
  }
  let isStopping = false;

  const watch = async () => {
    for (;;) {
      await running.whenDown();
      if (isStopping) return;
      options.say('The database stopped; starting it again.');
      const before = running.url;
      running = await reopen();
      if (isStopping) return;
      options.say('The database runs again.');
      if (running.url !== before) options.onMoved();
    }
  };
  const reopen = async () => {
    for (let delayMs = 250; ; delayMs = Math.min(delayMs * 2, 15_000)) {
      try {
        return await open();
      } catch (cause) {
        options.say(`The database did not start: ${(cause as Error).message}`);
        await sleep(delayMs);
      }
    }
  };
  const watching = watch();

  return {
    url: () => running.url,
    async stop() {
      isStopping = true;
      await running.stop();
      await watching;
      if (await running.isAlive()) await running.stop();
    },
  };
}
