import { Injectable } from '@nestjs/common';
import { addMilliseconds, addMinutes, Clock, type Interval } from '@daymark/domain';
import type { ChangePage, EventChange, ProviderEvent } from '@daymark/provider-contract';
import { endOfRound, planPage, type CompleteSet, type PageChange, type Round } from '@daymark/sync';
import { Changes, type Change } from '../audit/changes.ts';
import { ConnectionHealth } from '../connections/connection-health.ts';
import { ConnectionsRepository } from '../connections/connections.repository.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import { storedError, type DescribedError } from '../connections/provider-problem.ts';
import { toTimestamp } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import { DeletionBrake, HeldError } from './deletion-brake.ts';
import { Dues } from './dues.ts';
import { eventRow } from './event-row.ts';
import { MirrorWindowRepository } from './mirror-window.repository.ts';
import { MirrorRepository, type DeletedEvent, type SavedEvent } from './mirror.repository.ts';
import { RunsRepository } from './runs.repository.ts';
import { SetAsidesRepository } from './set-asides.repository.ts';
import type { Run } from './sync-calendar.job.ts';
import { LEASE_MS } from './lease.ts';

/** How long to wait for a calendar that cannot be reached, unless the list of calendars says that it is gone. */
const UNREACHABLE_MINUTES = 60;

/** The run lost its calendar to another one: nothing of its page was written. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** Commits pages: events, occurrences, change entries and the place to go on from, all in one transaction. */
@Injectable()
export class PageWriter {
  constructor(
    private readonly database: Database,
    private readonly mirror: MirrorRepository,
    private readonly windows: MirrorWindowRepository,
    private readonly brake: DeletionBrake,
    private readonly runs: RunsRepository,
    private readonly calls: ProviderCalls,
    private readonly health: ConnectionHealth,
    private readonly changes: Changes,
    private readonly dues: Dues,
    private readonly connections: ConnectionsRepository,
    private readonly setAsides: SetAsidesRepository,
    private readonly clock: Clock,
  ) {}

  /** True when the run is over: it was the last page, or the pass is held for a person. @throws LeaseLostError */
  async write(run: Run, { page, round, isFull }: { page: ChangePage; round: Round; isFull: boolean }): Promise<boolean> {
    const asked = await this.#ask(run, page);
    const before = { ...run.counts };
    try {
      await this.database.withTenant(run.calendar.tenantId, (tx) => {
        // A repeated transaction counts from where the page began.
        Object.assign(run.counts, before);
        return this.#commit(tx, run, { page: { ...page, changes: asked }, round, isFull });
      });
    } catch (error) {
      Object.assign(run.counts, before);
      if (!(error instanceof HeldError)) throw error;
      await this.database.withTenant(run.calendar.tenantId, async (tx) => {
        await this.#renewLease(tx, run);
        await this.brake.hold(tx, run, error);
      });
      return true;
    }
    return 'cursor' in page.next;
  }

  /**
   * Where the service does not say why an event is gone, it is asked for by id: only then it counts as deleted. What the copy does
   * not have is not asked for; services tell a great many such ids when a series is moved.
   */
  async #ask(run: Run, page: ChangePage): Promise<EventChange[]> {
    const known = await this.#liveOf(run, page.changes.filter(isUnexplained).map(idOf));
    const answers: EventChange[] = [];
    for (const change of page.changes) {
      if (!isUnexplained(change)) {
        answers.push(change);
        continue;
      }
      if (!known.has(change.eventId)) continue;
      const ref = { calendarId: run.calendar.remoteId, eventId: change.eventId };
      const event = await this.calls.with(run.connection, (session) => session.getEvent(ref), run.meter);
      answers.push(event === null ? { kind: 'removed', eventId: change.eventId, why: 'deleted' } : { kind: 'saved', event });
    }
    return answers;
  }

  /** Which of these events the copy has. */
  async #liveOf({ calendar }: Run, remoteIds: readonly string[]): Promise<ReadonlySet<string>> {
    if (remoteIds.length === 0) return new Set();
    const stored = await this.database.withTenant(calendar.tenantId, (tx) => this.mirror.versionsOf(tx, calendar.id, remoteIds));
    return new Set(stored.filter(({ deleted_at }) => deleted_at === null).map(({ remote_id }) => remote_id));
  }

  async #commit(tx: Transaction, run: Run, { page, round, isFull }: { page: ChangePage; round: Round; isFull: boolean }): Promise<void> {
    // Everybody locks the connection before its calendars; the last page tells both.
    if ('cursor' in page.next) await this.connections.lock(tx, run.connection.id);
    await this.#renewLease(tx, run);
    const { calendar } = run;
    const known = await this.mirror.versionsOf(tx, calendar.id, page.changes.map(idOf));
    const plan = planPage(
      page.changes.map(pageChange),
      new Map(known.map((one) => [one.remote_id, { version: one.remote_version, isDeleted: one.deleted_at !== null }])),
    );
    const removable = plan.remove.map((index) => idOf(page.changes[index]!));
    await this.brake.check(tx, run, removable);
    // What cannot be read now is there all the same: what was known of it stays.
    const seen = [...plan.unchanged, ...plan.setAside.map((index) => idOf(page.changes[index]!))];
    if (isFull) await this.mirror.touch(tx, calendar.id, { remoteIds: seen, generation: round.generation });
    const events = plan.save.map((index) => eventOf(page.changes[index]!));
    const saved = await this.mirror.save(tx, calendar, {
      rows: events.map((event) => eventRow(event, calendar)),
      generation: round.generation,
    });
    const deleted = await this.mirror.remove(tx, calendar.id, { remoteIds: removable, runId: run.id });
    const coverage = isFull ? round.window : coverageOf(run, round.window);
    const touched = [...saved.filter(({ outcome }) => outcome !== 'same').map(({ remoteId }) => remoteId), ...removable];
    const unreadable = touched.length === 0 ? [] : await this.mirror.derive(tx, calendar, { remoteIds: touched, coverage });
    await this.setAsides.add(tx, run, [
      ...plan.setAside.map((index) => page.changes[index]!),
      ...unreadable.map(({ remoteId, reason }) => unreadableChange(remoteId, reason)),
    ]);
    await this.setAsides.clear(tx, run, [
      ...saved.map(({ remoteId }) => remoteId).filter((id) => !unreadable.some(({ remoteId }) => remoteId === id)),
      ...removable,
    ]);
    await this.#tell(tx, run, { saved, deleted, isFull });
    count(run, {
      saved,
      deleted,
      unchanged: plan.unchanged.length,
      setAside: plan.setAside.length + unreadable.length,
      pulled: page.changes.length,
    });
    const complete = isFull ? endOfRound(round, page.next) : null;
    if (complete !== null) await this.#sweep(tx, run, complete);
    await this.brake.reset(tx, run);
    await this.#goOn(tx, run, { page, coverage: complete === null ? null : round.window });
  }

  /**
   * A first import is one piece of news, not thousands. In a full read the window may have moved: what
   * only entered it is no news either.
   */
  async #tell(
    tx: Transaction,
    { calendar }: Run,
    { saved, deleted, isFull }: { saved: readonly SavedEvent[]; deleted: readonly DeletedEvent[]; isFull: boolean },
  ): Promise<void> {
    if (calendar.coveredFrom === null || calendar.coveredTo === null) return;
    const created = saved.filter(({ outcome }) => outcome === 'created').map(({ id }) => id);
    const news = isFull
      ? await this.windows.thoseWithin(tx, created, { start: calendar.coveredFrom, end: calendar.coveredTo })
      : new Set(created);
    const told = saved.filter(({ id, outcome }) => outcome === 'updated' || (outcome === 'created' && news.has(id)));
    await this.changes.record(tx, calendar.tenantId, changesOf(told, deleted));
  }

  async #renewLease(tx: Transaction, run: Run): Promise<void> {
    const [, count] = await tx.query<[unknown, number]>(`UPDATE calendars SET lease_until = $3 WHERE id = $1 AND run_lease = $2`, [
      run.calendar.id,
      run.lease,
      toTimestamp(addMilliseconds(this.clock.now(), LEASE_MS)),
    ]);
    if (count === 0) throw new LeaseLostError('the lease was taken over');
  }

  /** Deletes what a complete set lacks inside its window; what lies outside is forgotten without a word. */
  async #sweep(tx: Transaction, run: Run, set: CompleteSet): Promise<void> {
    const missing = await this.windows.missingFrom(tx, run.calendar.id, set);
    await this.brake.check(tx, run, missing);
    const deleted = await this.mirror.remove(tx, run.calendar.id, { remoteIds: missing, runId: run.id });
    run.counts.deleted += deleted.length;
    await this.#tell(tx, run, { saved: [], deleted, isFull: true });
    await this.windows.ageOut(tx, run.calendar.id, set);
    await this.mirror.derive(tx, run.calendar, { remoteIds: null, coverage: set.window });
  }

  /** The place to go on from; with the last page the new cursor and what it means for the calendar and the run. */
  async #goOn(tx: Transaction, run: Run, { page, coverage }: { page: ChangePage; coverage: Interval | null }): Promise<void> {
    const now = toTimestamp(this.clock.now());
    await this.runs.progress(tx, run.id, { counts: run.counts, calls: run.meter.calls, bytes: run.meter.bytes });
    if ('page' in page.next) {
      if (run.calendar.cursor === null) await tx.query(`UPDATE calendars SET page = $2 WHERE id = $1`, [run.calendar.id, page.next.page]);
      return;
    }
    await tx.query(
      `UPDATE calendars SET cursor = $2, page = NULL, synced_at = $3, failure_count = 0, last_error = NULL, held = NULL,
         covered_from = coalesce($4, covered_from), covered_to = coalesce($5, covered_to), full_read_at = CASE WHEN $4::timestamptz IS NULL THEN full_read_at ELSE $3 END
       WHERE id = $1`,
      [
        run.calendar.id,
        page.next.cursor,
        now,
        coverage === null ? null : toTimestamp(coverage.start),
        coverage === null ? null : toTimestamp(coverage.end),
      ],
    );
    await this.dues.dropRetry(tx, run.calendar.id);
    await this.runs.end(tx, run.id, { state: 'succeeded', cursorAfter: page.next.cursor });
    await this.health.succeeded(tx, run.connection);
  }

  /** The calendar itself cannot be reached any more: its copy stays, its knowledge is frozen, the list of calendars is read again. */
  async calendarUnreachable(tx: Transaction, run: Run, problem: DescribedError): Promise<void> {
    await this.connections.listAgainAt(tx, run.connection.id, null);
    await this.calendarFailed(tx, run, problem);
    await this.dues.add(tx, {
      tenantId: run.calendar.tenantId,
      calendarId: run.calendar.id,
      trigger: 'retry',
      acceptsDeletions: run.acceptsDeletions,
      at: addMinutes(this.clock.now(), UNREACHABLE_MINUTES),
    });
  }

  async calendarFailed(tx: Transaction, run: Run, problem: DescribedError): Promise<void> {
    const error = storedError(run.calendar.lastError, { problem, now: this.clock.now() });
    await tx.query(`UPDATE calendars SET last_error = $2, failure_count = failure_count + 1 WHERE id = $1`, [
      run.calendar.id,
      JSON.stringify(error),
    ]);
  }
}

/** Occurrences are kept where the calendar is covered; before the first full read that is its window. */
function coverageOf({ calendar }: Run, window: Interval): Interval {
  return calendar.coveredFrom === null || calendar.coveredTo === null ? window : { start: calendar.coveredFrom, end: calendar.coveredTo };
}

function isUnexplained(change: EventChange): change is Extract<EventChange, { kind: 'removed' }> {
  return change.kind === 'removed' && change.why === 'unknown';
}

function idOf(change: EventChange): string {
  return change.kind === 'saved' ? change.event.id : change.eventId;
}

function eventOf(change: EventChange): ProviderEvent {
  if (change.kind !== 'saved') throw new Error('the plan saves what is not there');
  return change.event;
}

function pageChange(change: EventChange): PageChange {
  if (change.kind === 'saved') return { kind: 'saved', id: change.event.id, version: change.event.version };
  if (change.kind === 'removed') return { kind: 'removed', id: change.eventId, why: change.why };
  return { kind: 'unreadable', id: change.eventId };
}

function unreadableChange(eventId: string, reason: string): EventChange {
  return { kind: 'unreadable', eventId, version: null, reason, raw: undefined };
}

function changesOf(saved: readonly SavedEvent[], deleted: readonly DeletedEvent[]): Change[] {
  return [
    ...saved.map(({ id, version, outcome }) => ({ type: `event.${outcome}`, resource: { kind: 'event', id }, version })),
    ...deleted.map(({ id, version }) => ({ type: 'event.deleted', resource: { kind: 'event', id }, version })),
  ];
}

function count(
  run: Run,
  page: { saved: readonly SavedEvent[]; deleted: readonly DeletedEvent[]; unchanged: number; setAside: number; pulled: number },
): void {
  const { counts } = run;
  counts.pages += 1;
  counts.pulled += page.pulled;
  counts.created += page.saved.filter(({ outcome }) => outcome === 'created').length;
  counts.updated += page.saved.filter(({ outcome }) => outcome === 'updated').length;
  counts.skipped += page.unchanged + page.saved.filter(({ outcome }) => outcome === 'same').length;
  counts.deleted += page.deleted.length;
  counts.setAside += page.setAside;
}
