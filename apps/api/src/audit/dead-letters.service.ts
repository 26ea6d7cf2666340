import { Injectable } from '@nestjs/common';
import type { DeadLetter, operations, QueryOf } from '@daymark/api-contract';
import {
  DomainError,
  formatId,
  formatInstant,
  idPrefixes,
  instant,
  isProblemCode,
  problemDefinition,
  type IdKind,
  type Uuid,
} from '@daymark/domain';
import type { Caller } from '../http/caller.ts';
import { cursorTimeAndId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { notFound } from '../http/path-ids.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { inTransaction, JobQueue, PgBossJobs, type JobIds } from '../jobs/jobs.ts';
import { DEAD_LETTERS, queues, type QueueName } from '../jobs/queues.ts';
import { Audit } from './audit.ts';

/** As pg-boss keeps it. */
interface LostJob {
  readonly id: string;
  readonly data: JobIds;
  readonly state: string;
  readonly createdOn: Date;
  readonly completedOn: Date | null;
  readonly sourceName: string | null;
  readonly sourceRetryCount: number | null;
  readonly sourceOutput: { readonly code?: unknown } | null;
}

/** Background work that was given up: kept, visible, and done again when a person says so. */
@Injectable()
export class DeadLettersService {
  constructor(
    private readonly jobs: PgBossJobs,
    private readonly queue: JobQueue,
    private readonly writes: Writes,
    private readonly audit: Audit,
  ) {}

  async list(caller: Caller, query: QueryOf<typeof operations.listDeadLetters>): Promise<Page<DeadLetter>> {
    const after = cursorTimeAndId(query.cursor);
    const all = (await this.#lost(caller.tenantId))
      .filter(
        (job) =>
          (query.queue === undefined || job.sourceName === query.queue) && (query.state === undefined || stateOf(job) === query.state),
      )
      .sort((one, other) => other.createdOn.getTime() - one.createdOn.getTime() || (one.id < other.id ? 1 : -1))
      .filter((job) => after === null || job.createdOn.getTime() < after.at || (job.createdOn.getTime() === after.at && job.id < after.id));
    return pageOfRows(all, { limit: query.limit, positionOf: (job) => [job.createdOn.getTime(), job.id], view: letterView });
  }

  /** The lost job is marked and a new one queued, in one transaction. */
  async replay(caller: Caller, id: Uuid): Promise<Answer<DeadLetter>> {
    return this.writes.run(caller, async (tx) => {
      const [job] = await this.#lost(caller.tenantId, id);
      if (job === undefined || !isQueue(job.sourceName)) throw notFound('job');
      if (stateOf(job) === 'replayed') throw new DomainError('already-replayed', 'This work was queued again before.');
      await this.jobs.boss.cancel(DEAD_LETTERS, id, { db: inTransaction(tx) });
      await this.queue.enqueue(tx, job.sourceName, job.data, `replay:${id}`);
      await this.audit.record(tx, caller, { action: 'job.replayed', subject: { kind: 'job', id }, after: { queue: job.sourceName } });
      const [replayed] = await this.jobs.boss.findJobs<JobIds>(DEAD_LETTERS, { id, db: inTransaction(tx) });
      return letterView(replayed as unknown as LostJob);
    });
  }

  async #lost(tenantId: Uuid, id?: Uuid): Promise<LostJob[]> {
    return (await this.jobs.boss.findJobs<JobIds>(DEAD_LETTERS, {
      data: { tenantId },
      ...(id === undefined ? {} : { id }),
    })) as unknown as LostJob[];
  }
}

function stateOf(job: LostJob): 'failed' | 'replayed' {
  return job.state === 'cancelled' ? 'replayed' : 'failed';
}

function isQueue(name: string | null): name is QueueName {
  return name !== DEAD_LETTERS && queues.some((queue) => queue.name === name);
}

function letterView(job: LostJob): DeadLetter {
  const code = job.sourceOutput?.code;
  const known = typeof code === 'string' && isProblemCode(code) ? code : 'internal';
  const { cause, fix, who } = problemDefinition(known);
  const failedAt = formatInstant(instant(job.createdOn.getTime()));
  return {
    id: formatId('job', job.id),
    queue: job.sourceName ?? DEAD_LETTERS,
    subject: subjectOf(job.data),
    attempts: (job.sourceRetryCount ?? 0) + 1,
    failed_at: failedAt,
    problem: { code: known, message: 'The work was given up after its last attempt.', cause, fix, who, first_seen_at: failedAt, count: 1 },
    state: stateOf(job),
    replayed_at: stateOf(job) === 'replayed' && job.completedOn !== null ? formatInstant(instant(job.completedOn.getTime())) : null,
  };
}

/** A job carries ids named after what they belong to. */
function subjectOf(data: JobIds): DeadLetter['subject'] {
  for (const [name, id] of Object.entries(data)) {
    const kind = name.replace(/Id$/, '');
    if (name !== 'tenantId' && Object.hasOwn(idPrefixes, kind)) return { type: kind, id: formatId(kind as IdKind, id) };
  }
  return null;
}
