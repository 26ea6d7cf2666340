import { Injectable } from '@nestjs/common';
import { DomainError, formatId, takesPlaceAt, type Instant, type PlainDate, type Uuid } from '@daymark/domain';
import type { Notify, OriginalStart } from '@daymark/provider-contract';
import { ProviderCalls } from '../connections/provider-calls.ts';
import { toInstant } from '../database/columns.ts';
import { Database, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { notFound } from '../http/path-ids.ts';
import { requireVersion } from '../http/versions.ts';
import { fieldsOf, occurrenceEventRow, type EventRow } from './event-view.ts';
import { EventsRepository } from './events.repository.ts';
import { EventsService } from './events.service.ts';
import { requestRefusal } from './request-refusal.ts';
import { WriteTargets, type WriteTarget } from './write-targets.ts';

export type SeriesScope = 'this' | 'following' | 'all';

/** What a request names: an event, which of its times, and the version that the caller saw. */
export interface Addressed {
  readonly id: Uuid;
  readonly scope: SeriesScope;
  readonly originalStart: Instant | PlainDate | null;
  readonly ifVersion: number | null;
}

/** The event that a change is written to: a single one, the master of a series, or one occurrence. */
export interface ChangeTarget extends WriteTarget {
  readonly row: EventRow;
  /** Of a series: only from this original start on. */
  readonly from: Instant | PlainDate | null;
}

/** Either an event that is known here, or a time of a series that has no event of its own yet. */
interface Chosen {
  readonly row: EventRow;
  readonly from: Instant | PlainDate | null;
  readonly occurrence: OriginalStart | null;
}

/** Which event a request means, and whether it can be changed from this calendar. */
@Injectable()
export class ChangeTargets {
  constructor(
    private readonly database: Database,
    private readonly events: EventsService,
    private readonly repository: EventsRepository,
    private readonly targets: WriteTargets,
    private readonly calls: ProviderCalls,
  ) {}

  /**
   * The version of the addressed event is checked before anything else. An occurrence that has no event of its own is
   * asked for at the provider. @throws DomainError
   */
  async find(caller: Caller, addressed: Addressed): Promise<ChangeTarget> {
    const { chosen, target } = await this.database.withTenant(caller.tenantId, async (tx) => {
      const event = await this.events.row(tx, caller, addressed.id);
      requireVersion(addressed.ifVersion, event.version);
      const chosen = await this.#choose(tx, event, addressed);
      refuseReadOnly(chosen.row);
      return { chosen, target: await this.targets.of(tx, caller, chosen.row.calendar_id) };
    });
    const { row, from, occurrence } = chosen;
    return { ...target, from, row: occurrence === null ? row : await this.#occurrence(target, { series: row, occurrence }) };
  }

  offersConference(target: WriteTarget): boolean {
    return this.targets.offersConference(target);
  }

  /** @throws DomainError when guests, those on it and those who are added, would be mailed although nobody is to be. */
  requireQuiet(target: ChangeTarget, { notify, added = [] }: { readonly notify: Notify; readonly added?: readonly unknown[] }): void {
    const standing = (target.row.attendees ?? []).filter(({ self, organizer }) => !self && !organizer);
    this.targets.requireQuiet(target, { notify, guests: [...standing, ...added] });
  }

  async #choose(tx: Transaction, event: EventRow, { scope, originalStart }: Addressed): Promise<Chosen> {
    if (event.form === 'single') {
      if (originalStart !== null) throw outOfScope('original_start', 'names an occurrence, but the event takes place once');
      return { row: event, from: null, occurrence: null };
    }
    if (event.form === 'series') return this.#ofSeries(tx, event, { scope, originalStart });
    if (scope === 'this') return { row: event, from: null, occurrence: null };
    const master = await this.repository.findRemote(tx, { calendarId: event.calendar_id, remoteId: event.series_remote_id! });
    if (master === null || master.deleted_at !== null) throw notFound('event');
    return { row: master, from: scope === 'all' ? null : originalOf(event), occurrence: null };
  }

  async #ofSeries(
    tx: Transaction,
    series: EventRow,
    { scope, originalStart }: Pick<Addressed, 'scope' | 'originalStart'>,
  ): Promise<Chosen> {
    if (scope === 'all' || series.deleted_at !== null) return { row: series, from: null, occurrence: null };
    if (originalStart === null)
      throw outOfScope(
        'original_start',
        'is missing: the id names a whole series; send the recurrence.original_start of the occurrence that you mean, or scope=all',
      );
    const { recurrence: rules, time } = fieldsOf(series)!;
    if (!takesPlaceAt({ rules, time }, originalStart)) throw outOfScope('original_start', 'is no time at which the series takes place');
    if (scope === 'following') return { row: series, from: originalStart, occurrence: null };
    const own = await this.repository.findException(tx, {
      calendarId: series.calendar_id,
      seriesRemoteId: series.remote_id,
      originalStart,
    });
    if (own?.status === 'cancelled') throw outOfScope('original_start', 'names an occurrence that was taken out of the series');
    if (own !== null)
      throw outOfScope('original_start', `names an occurrence that was changed before: it is the event ${formatId('event', own.id)} now`);
    return { row: series, from: null, occurrence: originalStartOf(originalStart) };
  }

  async #occurrence(target: WriteTarget, { series, occurrence }: { series: EventRow; occurrence: OriginalStart }): Promise<EventRow> {
    const ref = { calendarId: target.calendar.remoteId, seriesId: series.remote_id, originalStart: occurrence };
    const event = await this.calls
      .with(target.connection, (session) => session.getOccurrence(ref))
      .catch((error: unknown) => Promise.reject(requestRefusal(error, target.connection.provider)));
    if (event === null) throw outOfScope('original_start', 'is no time at which the series takes place any more');
    return occurrenceEventRow(series, event);
  }
}

function originalOf(row: EventRow): Instant | PlainDate {
  return row.original_date ?? toInstant(row.original_start!);
}

function originalStartOf(at: Instant | PlainDate): OriginalStart {
  return typeof at === 'string' ? { kind: 'all-day', date: at } : { kind: 'timed', at };
}

function refuseReadOnly(row: EventRow): void {
  if (row.meeting_id !== null)
    throw new DomainError(
      'event-read-only',
      `This is the meeting ${formatId('meeting', row.meeting_id)}; change or cancel it as a meeting.`,
    );
  if (row.read_only_reason !== null) throw new DomainError('event-read-only', words[row.read_only_reason]);
  if (row.kind !== 'default') throw new DomainError('event-read-only', words['special-kind']);
}

const words: Readonly<Record<NonNullable<EventRow['read_only_reason']>, string>> = {
  'not-organizer': 'Only its organiser can change it.',
  locked: 'It is locked at the provider.',
  'special-kind': 'The provider does not let events of this kind be changed.',
};

export function outOfScope(parameter: 'scope' | 'original_start', message: string): DomainError {
  return new DomainError('validation-failed', 'One field is not valid.', {
    errors: [{ pointer: `?${parameter}`, message, code: 'custom' }],
  });
}
