import { Injectable } from '@nestjs/common';
import { DomainError, type Uuid } from '@daymark/domain';
import type { Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { notFound } from '../http/path-ids.ts';
import type { MeetingRow } from './meeting-row.ts';
import { MeetingsRepository } from './meetings.repository.ts';

/** Who sees a meeting, and who may change it: everyone who takes part, and those who run it. */
@Injectable()
export class MeetingAccess {
  constructor(private readonly meetings: MeetingsRepository) {}

  /** @throws DomainError the same 404 for a foreign and an unknown id. */
  async visible(tx: Transaction, caller: Caller, id: Uuid): Promise<MeetingRow> {
    const row = await this.meetings.find(tx, id);
    const isVisible =
      row !== null && (seesWholeTenant(caller) || (caller.userId !== null && (await this.meetings.concerns(tx, id, caller.userId))));
    if (!isVisible) throw notFound('meeting');
    return row;
  }

  /** @throws DomainError as {@link visible}, and `forbidden-role` for a guest. */
  async changeable(tx: Transaction, caller: Caller, id: Uuid): Promise<MeetingRow> {
    const row = await this.visible(tx, caller, id);
    if (seesWholeTenant(caller) || (await this.meetings.isRunBy(tx, id, caller.userId!))) return row;
    throw new DomainError('forbidden-role', 'You are a guest of this meeting; its hosts, or an administrator, can change it.');
  }
}
