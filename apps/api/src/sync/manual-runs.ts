import { Injectable } from '@nestjs/common';
import type { StartedRuns } from '@daymark/api-contract';
import { DomainError, formatId, IdSource, isSyncable, type ConnectionStatus, type Uuid } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import type { Calendar } from '../calendars/calendar.ts';
import type { Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { notFound } from '../http/path-ids.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { Dues } from './dues.ts';
import { runRowSql, runView, type RunRow } from './run-view.ts';
import { RunsRepository } from './runs.repository.ts';

export interface RunChoice {
  readonly mode: 'incremental' | 'full';
  readonly acceptsDeletions?: boolean;
}

interface Target {
  readonly id: Uuid;
  readonly connection_id: Uuid;
  readonly user_id: Uuid;
  readonly calendar_status: 'active' | 'removed';
  readonly is_active: boolean;
  readonly name: string;
  readonly status: ConnectionStatus;
  readonly sync_enabled: boolean;
  readonly account_email: string;
  readonly held: Calendar['held'];
}

/** "Sync now", asked for by a person or a key: one calendar, one connection, or everything. A run that waits already is answered, not doubled. */
@Injectable()
export class ManualRuns {
  constructor(
    private readonly writes: Writes,
    private readonly runs: RunsRepository,
    private readonly dues: Dues,
    private readonly audit: Audit,
    private readonly ids: IdSource,
  ) {}

  async ofCalendar(caller: Caller, calendarId: Uuid, choice: RunChoice): Promise<Answer<StartedRuns>> {
    return this.writes.run(
      caller,
      async (tx) => {
        const [target] = await this.#targets(tx, caller, { where: 'k.id = $1', value: calendarId });
        if (target === undefined) throw notFound('calendar');
        requireSyncable(target);
        if (target.calendar_status === 'removed') throw new DomainError('calendar-removed', `${target.name} is no longer at the provider`);
        if (!target.is_active) throw new DomainError('calendar-inactive', `${target.name} is switched off here`);
        return this.#start(tx, caller, { targets: [target], choice });
      },
      202,
    );
  }

  async ofConnection(caller: Caller, connectionId: Uuid, choice: RunChoice): Promise<Answer<StartedRuns>> {
    return this.writes.run(
      caller,
      async (tx) => {
        await this.#requireConnection(tx, caller, connectionId);
        const targets = await this.#targets(tx, caller, { where: 'n.id = $1', value: connectionId });
        return this.#start(tx, caller, { targets: targets.filter(isReadable), choice });
      },
      202,
    );
  }

  async ofAll(caller: Caller, choice: RunChoice): Promise<Answer<StartedRuns>> {
    return this.writes.run(
      caller,
      async (tx) => {
        const targets = await this.#targets(tx, caller, { where: '$1::uuid IS NULL', value: null });
        return this.#start(tx, caller, {
          targets: targets.filter((target) => isReadable(target) && isSyncable(target.status) && target.sync_enabled),
          choice,
        });
      },
      202,
    );
  }

  async #start(
    tx: Transaction,
    caller: Caller,
    { targets, choice }: { targets: readonly Target[]; choice: RunChoice },
  ): Promise<StartedRuns> {
    const ids: Uuid[] = [];
    for (const target of targets) {
      const fresh = this.ids.next();
      const { mode, acceptsDeletions } = choice;
      // The due row decides between two requests at once: the second one finds the run of the first.
      const runId =
        (await this.dues.addRun(tx, {
          tenantId: caller.tenantId,
          calendarId: target.id,
          trigger: 'person',
          mode,
          acceptsDeletions,
          runId: fresh,
        })) ?? fresh;
      if (runId === fresh) await this.#queue(tx, caller, { id: fresh, target, choice });
      if (acceptsDeletions === true) await this.#auditAcceptance(tx, caller, target);
      ids.push(runId);
    }
    const rows = await tx.query<RunRow[]>(runRowSql('WHERE r.id = ANY($1) ORDER BY r.id'), [ids]);
    return { run_id: rows[0] === undefined ? null : formatId('run', rows[0].id), data: rows.map(runView) };
  }

  async #auditAcceptance(tx: Transaction, caller: Caller, target: Target): Promise<void> {
    await this.audit.record(tx, caller, {
      action: 'sync.deletions-accepted',
      subject: { kind: 'calendar', id: target.id },
      aboutUserId: target.user_id,
      after: { would_delete: target.held?.wouldDelete ?? null },
    });
  }

  async #queue(tx: Transaction, caller: Caller, { id, target, choice }: { id: Uuid; target: Target; choice: RunChoice }): Promise<void> {
    const requestedBy = caller.userId === null ? formatId('apiKey', caller.credential.id) : formatId('user', caller.userId);
    await this.runs.queue(tx, {
      id,
      tenantId: caller.tenantId,
      connectionId: target.connection_id,
      calendarId: target.id,
      trigger: 'person',
      mode: choice.mode,
      requestedBy,
    });
  }

  async #requireConnection(tx: Transaction, caller: Caller, id: Uuid): Promise<void> {
    const [connection] = await tx.query<Target[]>(
      `SELECT id, user_id, status, sync_enabled, account_email FROM connections WHERE id = $1`,
      [id],
    );
    if (connection === undefined || !isOwn(caller, connection)) throw notFound('connection');
    requireSyncable(connection);
  }

  async #targets(tx: Transaction, caller: Caller, { where, value }: { where: string; value: Uuid | null }): Promise<Target[]> {
    const rows = await tx.query<Target[]>(
      `SELECT k.id, k.connection_id, n.user_id, k.status AS calendar_status, k.is_active, k.name, n.status, n.sync_enabled, n.account_email, k.held
       FROM calendars k JOIN connections n ON n.id = k.connection_id WHERE ${where} ORDER BY k.is_primary DESC, k.id`,
      [value],
    );
    return rows.filter((row) => isOwn(caller, row));
  }
}

function isOwn(caller: Caller, target: Pick<Target, 'user_id'>): boolean {
  return seesWholeTenant(caller) || target.user_id === caller.userId;
}

function isReadable(target: Target): boolean {
  return target.calendar_status === 'active' && target.is_active;
}

function requireSyncable(target: Pick<Target, 'status' | 'sync_enabled' | 'account_email'>): void {
  if (target.status === 'expired') throw new DomainError('reauthorization-required', `${target.account_email} has to be connected again`);
  if (!isSyncable(target.status) || !target.sync_enabled)
    throw new DomainError('connection-not-active', `${target.account_email} is ${target.status === 'active' ? 'paused' : target.status}`);
}
