import { Injectable } from '@nestjs/common';
import { addMinutes, Clock } from '@daymark/domain';
import { brakes, countedSince } from '@daymark/sync';
import { Changes } from '../audit/changes.ts';
import { toTimestamp } from '../database/columns.ts';
import type { Transaction } from '../database/database.ts';
import { Dues } from './dues.ts';
import { MirrorWindowRepository } from './mirror-window.repository.ts';
import { RunsRepository } from './runs.repository.ts';
import type { Run } from './sync-calendar.job.ts';

/** A pass stopped because too much would have been deleted within a day; nothing of its page was written. */
export class HeldError extends Error {
  override readonly name = 'HeldError';
  readonly wouldDelete: number;
  readonly ofLive: number;

  constructor({ wouldDelete, live }: { wouldDelete: number; live: number }) {
    super('the pass is held');
    this.wouldDelete = wouldDelete;
    this.ofLive = live;
  }
}

/** Holds a pass that would delete too much for a person to look; what was deleted before within the day counts with it. */
@Injectable()
export class DeletionBrake {
  constructor(
    private readonly mirror: MirrorWindowRepository,
    private readonly runs: RunsRepository,
    private readonly changes: Changes,
    private readonly dues: Dues,
    private readonly clock: Clock,
  ) {}

  /** Asked before a page deletes. @throws HeldError */
  async check(tx: Transaction, run: Run, remoteIds: readonly string[]): Promise<void> {
    if (remoteIds.length === 0 || run.acceptsDeletions) return;
    const { id, held } = run.calendar;
    const since = countedSince({ now: this.clock.now(), heldSince: held?.since ?? null });
    const count = await this.mirror.countDeletions(tx, id, { since, remoteIds });
    if (brakes(count)) throw new HeldError(count);
  }

  /** A person accepted what a page deleted: from here on it is counted anew. */
  async reset(tx: Transaction, { calendar, acceptsDeletions }: Run): Promise<void> {
    if (!acceptsDeletions) return;
    await tx.query(`UPDATE calendars SET deletions_accepted_at = $2 WHERE id = $1`, [calendar.id, toTimestamp(this.clock.now())]);
  }

  /** Ends a run that is held. The caller has made sure that the run still has its calendar. */
  async hold(tx: Transaction, run: Run, { wouldDelete, ofLive }: HeldError): Promise<void> {
    const held = { since: run.calendar.held?.since ?? this.clock.now(), wouldDelete, ofLive, runId: run.id };
    await tx.query(`UPDATE calendars SET held = $2, page = NULL WHERE id = $1`, [run.calendar.id, JSON.stringify(held)]);
    // What is known is as old as before; the next look may find everything in order again.
    await this.dues.add(tx, {
      tenantId: run.calendar.tenantId,
      calendarId: run.calendar.id,
      trigger: 'retry',
      at: addMinutes(this.clock.now(), run.connection.cadenceMinutes),
    });
    await this.runs.progress(tx, run.id, { counts: run.counts, calls: run.meter.calls, bytes: run.meter.bytes });
    await this.runs.end(tx, run.id, {
      state: 'held',
      error: {
        code: 'sync-held',
        message: `${wouldDelete} of ${ofLive} events would be deleted within a day`,
        providerStatus: null,
        providerReason: null,
      },
    });
    if (run.calendar.held === null) {
      await this.changes.record(tx, run.calendar.tenantId, [
        { type: 'sync.brake.engaged', resource: { kind: 'calendar', id: run.calendar.id }, version: run.calendar.version },
      ]);
    }
  }
}
