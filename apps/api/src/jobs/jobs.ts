import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { PgBoss, type Db, type Job } from 'pg-boss';
import { IdSource, type Uuid } from '@daymark/domain';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { appRole } from '../database/roles.ts';
import type { Transaction } from '../database/database.ts';
import { LogContext } from '../http/log-context.ts';
import { giveBackOrphans, WORKER_SESSIONS } from './orphaned-jobs.ts';
import type { QueueName } from './queues.ts';

/** A job carries its tenant and ids, nothing else. */
export interface JobIds {
  readonly tenantId: Uuid;
  readonly [name: string]: Uuid;
}

export interface JobHandler {
  readonly queue: QueueName;
  /** Jobs of this queue in work at once in this process. */
  readonly concurrency: number;
  /** May run again after a crash, so it must be repeatable. `signal` ends with the job's lease and on shutdown. */
  handle(ids: JobIds, signal: AbortSignal): Promise<void>;
}

/** Where work is handed to the queue, wrapped by tests that kill around it. */
export abstract class JobQueue {
  /** Commits and rolls back with the transaction. Jobs with the same key that wait are one. */
  abstract enqueue(tx: Transaction, queue: QueueName, ids: JobIds, key: string): Promise<void>;
  /** Outside a transaction: for ticks, which may be repeated at will. */
  abstract enqueueNow(queue: QueueName, ids: JobIds, key: string): Promise<void>;
  /** As {@link enqueueNow}, many in one statement. */
  abstract enqueueAllNow(queue: QueueName, jobs: readonly { readonly ids: JobIds; readonly key: string }[]): Promise<void>;
}

/** Jobs of one tenant in work at once, of one queue, over all processes. */
const TENANT_SHARE = 6;

/** A sign of life of each job in work, this often: some are missed before its worker counts as dead (`heartbeatSeconds` of the queues). */
const SIGN_OF_LIFE_SECONDS = 1;
/**
 * How often the queue looks for jobs of the dead, by one process at a time. They count for their tenant's share until
 * they are found. Each look also counts jobs, so what is over is deleted soon.
 */
const LOOK_SECONDS = 3;
const DELETION_SECONDS = 300;

/** pg-boss on the product's own database, as the app role. Fair: a tenant takes a share of the places, not all. */
@Injectable()
export class PgBossJobs extends JobQueue implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Jobs');
  readonly #handlers: JobHandler[] = [];
  readonly #stopping = new AbortController();
  readonly #workers: string[] = [];
  readonly #sessions: string;
  /** Ids of jobs that this process does. */
  readonly #inWork = new Set<string>();
  #boss: PgBoss | null = null;

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    private readonly logContext: LogContext,
    ids: IdSource,
  ) {
    super();
    this.#sessions = configuration.role === 'web' ? 'daymark queue' : `${WORKER_SESSIONS} ${ids.next()}`;
  }

  /** Called by a handler's own constructor. */
  register(handler: JobHandler): void {
    this.#handlers.push(handler);
  }

  /** The queue itself, for looking at and replaying dead letters. */
  get boss(): PgBoss {
    if (this.#boss === null) throw new Error('the job queue has not started');
    return this.#boss;
  }

  async onApplicationBootstrap(): Promise<void> {
    const works = this.configuration.role !== 'web';
    this.#boss = new PgBoss({
      connectionString: this.configuration.databaseUrl.reveal(),
      options: `-c role=${appRole} -c timezone=UTC`,
      application_name: this.#sessions,
      max: 6,
      migrate: false,
      createSchema: false,
      schedule: false,
      supervise: works,
      superviseIntervalSeconds: LOOK_SECONDS,
      monitorIntervalSeconds: LOOK_SECONDS,
      maintenanceIntervalSeconds: DELETION_SECONDS,
      useListenNotify: works,
      reindex: false,
    });
    this.#boss.on('error', (error) => this.#logger.error({ error }, 'the job queue reports an error'));
    await this.#boss.start();
    if (!works) return;
    await this.giveBackOrphans();
    for (const handler of this.#handlers) await this.#work(handler);
  }

  /** Jobs that are in work but in nobody's hands are done again, when no other worker can have them. */
  async giveBackOrphans(): Promise<void> {
    const boss = this.#boss;
    if (boss === null || this.#stopping.signal.aborted) return;
    const count = await giveBackOrphans(boss, { sessions: this.#sessions, isMine: (id) => this.#inWork.has(id) });
    if (count === 0) return;
    this.#logger.warn({ count }, "jobs were in nobody's hands and are done again");
    for (const worker of this.#workers) boss.notifyWorker(worker);
  }

  /**
   * One pg-boss worker per place. A worker that ended a job looks for the next at once: left to itself
   * it would wait for its poll though more are there, since pg-boss goes on without a pause for batches only.
   */
  async #work(handler: JobHandler): Promise<void> {
    const share = Math.max(1, Math.min(TENANT_SHARE, handler.concurrency));
    for (let place = 0; place < handler.concurrency; place += 1) {
      const worker = await this.boss.work<JobIds>(
        handler.queue,
        {
          groupConcurrency: share,
          pollingIntervalSeconds: 2,
          notifyPollingIntervalSeconds: 5,
          heartbeatRefreshSeconds: SIGN_OF_LIFE_SECONDS,
        },
        async ([job]) => {
          if (job !== undefined) await this.#run(handler, job).finally(() => this.boss.notifyWorker(worker));
        },
      );
      this.#workers.push(worker);
    }
  }

  async #run(handler: JobHandler, job: Job<JobIds>): Promise<void> {
    const signal = AbortSignal.any([job.signal, this.#stopping.signal]);
    this.#inWork.add(job.id);
    await this.logContext.run({ jobId: job.id, queue: handler.queue, ...job.data }, async () => {
      try {
        await handler.handle(job.data, signal);
      } catch (error) {
        this.#logger.warn({ error }, 'a job did not end');
        throw error;
      } finally {
        this.#inWork.delete(job.id);
      }
    });
  }

  override async enqueue(tx: Transaction, queue: QueueName, ids: JobIds, key: string): Promise<void> {
    await this.boss.send(queue, ids, { singletonKey: key, group: { id: ids.tenantId }, db: inTransaction(tx) });
  }

  override async enqueueNow(queue: QueueName, ids: JobIds, key: string): Promise<void> {
    await this.boss.send(queue, ids, { singletonKey: key, group: { id: ids.tenantId } });
  }

  override async enqueueAllNow(queue: QueueName, jobs: readonly { readonly ids: JobIds; readonly key: string }[]): Promise<void> {
    if (jobs.length === 0) return;
    await this.boss.insert(
      queue,
      jobs.map(({ ids, key }) => ({ data: ids, singletonKey: key, group: { id: ids.tenantId } })),
    );
  }

  /** Takes no new work, lets running jobs end, then lets go; before the database closes, which they need. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.#boss === null) return;
    this.#stopping.abort();
    await this.#boss.stop({ graceful: true, timeout: 20_000 });
  }
}

/** pg-boss's statements on our transaction, so that a job commits with the rows it follows from. */
export function inTransaction(tx: Transaction): Db {
  return {
    executeSql: async (text, values) => {
      const result: unknown = await tx.query(text, values as unknown[]);
      const rows: unknown = Array.isArray(result) && Array.isArray(result[0]) ? result[0] : result;
      return { rows: Array.isArray(rows) ? rows : [] };
    },
  };
}
