import { Injectable } from '@nestjs/common';
import type { BodyOf, Connection as ConnectionView, ConnectionRefresh, operations, QueryOf } from '@daymark/api-contract';
import { Clock, DomainError, nextConnectionStatus, parseId, type Uuid } from '@daymark/domain';
import { Audit } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { CalendarDirectory } from '../calendars/calendar-directory.ts';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { cursorId, pageOfRows, type Page } from '../http/page-cursors.ts';
import { notFound } from '../http/path-ids.ts';
import { requireVersion } from '../http/versions.ts';
import { Writes, type Answer } from '../http/writes.ts';
import { JobQueue } from '../jobs/jobs.ts';
import { PushOffer } from '../push/push-offer.ts';
import { SetupLinksRepository } from '../setup-links/setup-links.repository.ts';
import { Dues } from '../sync/dues.ts';
import { AccessTokens } from './access-tokens.ts';
import type { Connection } from './connection.ts';
import { connectionRowSql, connectionView, type ConnectionRow } from './connection-view.ts';
import { ConnectionsRepository } from './connections.repository.ts';
import { providerFailure } from './provider-problem.ts';

type Patch = BodyOf<typeof operations.updateConnection>;
type ListQuery = QueryOf<typeof operations.listConnections>;

@Injectable()
export class ConnectionsService {
  constructor(
    private readonly database: Database,
    private readonly writes: Writes,
    private readonly connections: ConnectionsRepository,
    private readonly directory: CalendarDirectory,
    private readonly tokens: AccessTokens,
    private readonly dues: Dues,
    private readonly jobs: JobQueue,
    private readonly setupLinks: SetupLinksRepository,
    private readonly audit: Audit,
    private readonly changes: Changes,
    private readonly push: PushOffer,
    private readonly clock: Clock,
  ) {}

  async list(caller: Caller, query: ListQuery): Promise<Page<ConnectionView>> {
    const only = seesWholeTenant(caller) ? (query.user_id === undefined ? null : parseId('user', query.user_id)) : caller.userId;
    const after = cursorId(query.cursor);
    const rows = await this.database.withTenant(caller.tenantId, (tx) =>
      tx.query<ConnectionRow[]>(
        connectionRowSql(`
          WHERE ($1::uuid IS NULL OR c.user_id = $1) AND ($2::text IS NULL OR c.provider = $2) AND ($3::text[] IS NULL OR c.status = ANY($3))
            AND ($4::uuid IS NULL OR c.id > $4) AND ($5::text IS NULL OR c.account_email ILIKE $5 OR c.label ILIKE $5)
          ORDER BY c.id LIMIT $6`),
        [
          only,
          query.provider ?? null,
          query.status ?? null,
          after,
          query.q === undefined ? null : `%${escapeLike(query.q)}%`,
          query.limit + 1,
        ],
      ),
    );
    const page = pageOfRows(rows, { limit: query.limit, positionOf: (row) => [row.id], view: (row) => this.viewOf(row) });
    if (query.condition === undefined) return page;
    const wanted = new Set<string>(query.condition);
    return { ...page, data: page.data.filter((one) => one.conditions.some(({ condition }) => wanted.has(condition))) };
  }

  async get(caller: Caller, id: Uuid): Promise<ConnectionView> {
    return this.database.withTenant(caller.tenantId, (tx) => this.view(tx, caller, id));
  }

  async update(
    caller: Caller,
    id: Uuid,
    { patch, ifVersion }: { patch: Patch; ifVersion: number | null },
  ): Promise<Answer<ConnectionView>> {
    return this.writes.run(caller, async (tx) => {
      const connection = await this.#lockOwn(tx, caller, id);
      requireVersion(ifVersion, connection.version);
      if (connection.status === 'revoked') throw new DomainError('connection-not-active', 'the account is disconnected');
      if (connection.status === 'pending') throw new DomainError('connection-not-active', 'nobody has given consent yet');
      const changed = this.#changesOf(connection, patch);
      await this.connections.update(tx, id, changed);
      if (changed.pastDays !== undefined || changed.futureDays !== undefined) {
        await this.#readAnew(tx, connection);
      }
      await this.audit.record(tx, caller, {
        action: 'connection.updated',
        subject: { kind: 'connection', id },
        aboutUserId: connection.userId,
        before: pick(connection, Object.keys(changed)),
        after: { ...changed },
      });
      await this.changes.record(tx, caller.tenantId, [
        { type: 'connection.updated', resource: { kind: 'connection', id }, version: connection.version + 1 },
      ]);
      return this.view(tx, caller, id);
    });
  }

  /** Another window holds from the next run on: a full one. A run under way ends with the old window first. */
  async #readAnew(tx: Transaction, { id, tenantId }: Connection): Promise<void> {
    const calendars = await tx.query<{ id: Uuid }[]>(
      `SELECT id FROM calendars WHERE connection_id = $1 AND status = 'active' AND is_active ORDER BY id`,
      [id],
    );
    for (const calendar of calendars) await this.dues.add(tx, { tenantId, calendarId: calendar.id, trigger: 'window', mode: 'full' });
  }

  /** Stops at once; the tokens are withdrawn by a job that commits with it. */
  async disconnect(caller: Caller, id: Uuid, ifVersion: number | null): Promise<Answer<ConnectionView>> {
    return this.writes.run(caller, async (tx) => {
      const connection = await this.#lockOwn(tx, caller, id);
      requireVersion(ifVersion, connection.version);
      await this.end(tx, connection, caller);
      return this.view(tx, caller, id);
    });
  }

  /** Marks a connection revoked and hands the rest to the queue: no further call to the provider but the withdrawal. */
  async end(tx: Transaction, connection: Connection, actor: Parameters<Audit['record']>[1]): Promise<void> {
    if (connection.status === 'revoked') return;
    await this.connections.update(tx, connection.id, { status: 'revoked', lastError: null });
    if (connection.status === 'pending') await this.setupLinks.revokeOf(tx, { connectionId: connection.id });
    await tx.query(`DELETE FROM calendar_dues WHERE calendar_id IN (SELECT id FROM calendars WHERE connection_id = $1)`, [connection.id]);
    // A run under way loses its calendar, so that it commits nothing more and asks nothing more.
    await tx.query(`UPDATE calendars SET run_lease = NULL, lease_until = NULL WHERE connection_id = $1`, [connection.id]);
    await tx.query(
      `UPDATE sync_runs SET state = 'interrupted', ended_at = $2 WHERE connection_id = $1 AND state IN ('queued', 'running')`,
      [connection.id, new Date(this.clock.now())],
    );
    await this.audit.record(tx, actor, {
      action: 'connection.disconnected',
      subject: { kind: 'connection', id: connection.id },
      aboutUserId: connection.userId,
      before: { status: connection.status, account_email: connection.accountEmail },
      after: { status: 'revoked' },
    });
    await this.changes.record(tx, connection.tenantId, [
      { type: 'connection.revoked', resource: { kind: 'connection', id: connection.id }, version: connection.version + 1 },
    ]);
    await this.jobs.enqueue(tx, 'end-connection', { tenantId: connection.tenantId, connectionId: connection.id }, connection.id);
  }

  /** Renews the token and reads the list of calendars again, now. */
  async refresh(caller: Caller, id: Uuid): Promise<ConnectionRefresh> {
    const connection = await this.requireReachable(caller, id);
    try {
      await this.tokens.renew(caller.tenantId, connection.grantId!);
      const found = await this.directory.read(connection);
      return { connection: await this.get(caller, id), token_renewed: true, ...found };
    } catch (error) {
      throw providerFailure(error, connection.provider);
    }
  }

  /** A connection of the caller that calls may be made for. @throws DomainError otherwise, saying what is needed. */
  async requireReachable(caller: Caller, id: Uuid): Promise<Connection> {
    const connection = await this.requireConnected(caller, id);
    if (connection.status === 'expired')
      throw new DomainError('reauthorization-required', `${connection.accountEmail} has to be connected again`);
    if (connection.grantId === null) throw new DomainError('connection-not-active', `${connection.accountEmail} is disconnected`);
    return connection;
  }

  /** A connection of the caller that was made and not disconnected, whatever else is wrong with it. @throws DomainError otherwise. */
  async requireConnected(caller: Caller, id: Uuid): Promise<Connection> {
    const connection = await this.find(caller, id);
    if (connection.status === 'revoked')
      throw new DomainError('connection-not-active', `${connection.accountEmail ?? 'The account'} is disconnected`);
    if (connection.status === 'pending') throw new DomainError('connection-not-active', 'Nobody has given consent yet.');
    return connection;
  }

  /** As a caller sees it. @throws DomainError the same 404 for a foreign and an unknown id. */
  async view(tx: Transaction, caller: Caller, id: Uuid): Promise<ConnectionView> {
    const [row] = await tx.query<ConnectionRow[]>(connectionRowSql(`WHERE c.id = $1`), [id]);
    if (row === undefined || !isOwn(caller, row.user_id)) throw notFound('connection');
    return this.viewOf(row);
  }

  viewOf(row: ConnectionRow): ConnectionView {
    return connectionView(row, { refusal: this.push.refusal(row.provider), now: this.clock.now() });
  }

  async find(caller: Caller, id: Uuid): Promise<Connection> {
    return this.database.withTenant(caller.tenantId, (tx) => this.#findOwn(tx, caller, id));
  }

  async #findOwn(tx: Transaction, caller: Caller, id: Uuid): Promise<Connection> {
    const connection = await this.connections.find(tx, id);
    if (connection === null || !isOwn(caller, connection.userId)) throw notFound('connection');
    return connection;
  }

  async #lockOwn(tx: Transaction, caller: Caller, id: Uuid): Promise<Connection> {
    await this.#findOwn(tx, caller, id);
    const connection = await this.connections.lock(tx, id);
    if (connection === null) throw notFound('connection');
    return connection;
  }

  #changesOf(connection: Connection, { label, sync }: Patch): Partial<Connection> {
    const trigger = sync?.enabled === undefined ? null : sync.enabled ? 'resumed-by-person' : 'paused-by-person';
    const status = trigger === null ? null : nextConnectionStatus(connection.status, trigger);
    return dropUndefined({
      label,
      isSyncEnabled: sync?.enabled,
      status: status ?? undefined,
      pastDays: sync?.past_days,
      futureDays: sync?.future_days,
      direction: sync?.direction,
      conflictPolicy: sync?.conflict_policy,
      cadenceMinutes: sync?.cadence_minutes,
      push: sync?.push,
    });
  }
}

function isOwn(caller: Caller, userId: Uuid): boolean {
  return seesWholeTenant(caller) || userId === caller.userId;
}

function dropUndefined<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function pick(from: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)));
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);
}
