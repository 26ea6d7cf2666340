import { Injectable } from '@nestjs/common';
import { DomainError, formatId, type Uuid } from '@daymark/domain';
import type { Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { notFound } from '../http/path-ids.ts';
import type { EventRow } from './event-view.ts';
import { EventsRepository } from './events.repository.ts';
import { EventsService } from './events.service.ts';
import { WriteTargets, type WriteTarget } from './write-targets.ts';

export type SeriesScope = 'this' | 'following' | 'all';

/** The event that a change is written to; of a series its master or one of its exceptions. */
export interface ChangeTarget extends WriteTarget {
  readonly row: EventRow;
}

/** Which event a request means, and whether it can be changed from this calendar. */
@Injectable()
export class ChangeTargets {
  constructor(
    private readonly events: EventsService,
    private readonly repository: EventsRepository,
    private readonly targets: WriteTargets,
  ) {}

  /** The addressed event first, so that its version can be checked before anything else is. */
  async find(
    tx: Transaction,
    caller: Caller,
    { id, scope }: { id: Uuid; scope: SeriesScope },
  ): Promise<{ readonly addressed: EventRow; readonly target: () => Promise<ChangeTarget> }> {
    const addressed = await this.events.row(tx, caller, id);
    return { addressed, target: () => this.#target(tx, caller, { addressed, scope }) };
  }

  offersConference(target: WriteTarget): boolean {
    return this.targets.offersConference(target);
  }

  async #target(tx: Transaction, caller: Caller, { addressed, scope }: { addressed: EventRow; scope: SeriesScope }): Promise<ChangeTarget> {
    const row = await this.#inScope(tx, addressed, scope);
    refuseReadOnly(row);
    return { row, ...(await this.targets.of(tx, caller, row.calendar_id)) };
  }

  async #inScope(tx: Transaction, addressed: EventRow, scope: SeriesScope): Promise<EventRow> {
    if (addressed.form === 'single') return addressed;
    if (scope === 'following')
      throw outOfScope('cannot be following: a series cannot be split from here; change it at the provider, or use all');
    if (addressed.form === 'series' && scope === 'this')
      throw outOfScope('is this, but the id names a whole series; send scope=all, or the id of an occurrence that was changed before');
    if (addressed.form === 'series' || scope === 'this') return addressed;
    const master = await this.repository.findRemote(tx, { calendarId: addressed.calendar_id, remoteId: addressed.series_remote_id! });
    if (master === null || master.deleted_at !== null) throw notFound('event');
    return master;
  }
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

function outOfScope(message: string): DomainError {
  return new DomainError('validation-failed', 'One field is not valid.', { errors: [{ pointer: '?scope', message, code: 'custom' }] });
}
