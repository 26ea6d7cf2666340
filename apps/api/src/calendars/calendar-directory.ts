import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Calendar as CalendarView } from '@daymark/api-contract';
import { addMilliseconds, Clock, DAY_MS, formatId, IdSource, type Uuid } from '@daymark/domain';
import type { ProviderCalendar } from '@daymark/provider-contract';
import { Audit } from '../audit/audit.ts';
import { Changes } from '../audit/changes.ts';
import { Database, type Transaction } from '../database/database.ts';
import { ConnectionHealth } from '../connections/connection-health.ts';
import type { Connection } from '../connections/connection.ts';
import { ConnectionsRepository } from '../connections/connections.repository.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import { Chance } from '../ports/ports.ts';
import { Dues } from '../sync/dues.ts';
import { calendarRowSql, calendarView, type CalendarRow } from './calendar-view.ts';
import type { Calendar } from './calendar.ts';
import { CalendarsRepository } from './calendars.repository.ts';

export interface DirectoryChanges {
  readonly added: CalendarView[];
  readonly removed: CalendarView[];
  readonly renamed: { calendar_id: string; from: string; to: string }[];
}

/** Keeps the list of a connection's calendars in step with the provider's: daily, after consent, and on demand. */
@Injectable()
export class CalendarDirectory {
  constructor(
    private readonly database: Database,
    private readonly calls: ProviderCalls,
    private readonly calendars: CalendarsRepository,
    private readonly connections: ConnectionsRepository,
    private readonly health: ConnectionHealth,
    private readonly dues: Dues,
    private readonly audit: Audit,
    private readonly changes: Changes,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    private readonly chance: Chance,
  ) {}

  /** @throws ProviderError when the list could not be read; then nothing changes, since unknown is not empty. */
  async read(connection: Connection): Promise<DirectoryChanges> {
    const listed = await this.calls.with(connection, (session) => session.listCalendars());
    return this.database.withTenant(connection.tenantId, (tx) => this.#store(tx, connection, listed));
  }

  async #store(tx: Transaction, connection: Connection, listed: readonly ProviderCalendar[]): Promise<DirectoryChanges> {
    const locked = await this.connections.lock(tx, connection.id);
    if (locked === null || locked.status === 'revoked') return { added: [], removed: [], renamed: [] };
    const known = new Map((await this.calendars.listOfConnection(tx, connection.id)).map((calendar) => [calendar.remoteId, calendar]));
    const added: Uuid[] = [];
    const removed: Uuid[] = [];
    const renamed: DirectoryChanges['renamed'] = [];
    for (const remote of listed) {
      const before = known.get(remote.id);
      known.delete(remote.id);
      if (before === undefined) {
        added.push(await this.#insert(tx, connection, remote));
        continue;
      }
      if (before.status === 'removed') added.push(before.id);
      if (before.name !== remote.name) renamed.push({ calendar_id: formatId('calendar', before.id), from: before.name, to: remote.name });
      await this.#update(tx, before, remote);
    }
    for (const gone of known.values()) {
      if (gone.status === 'removed') continue;
      removed.push(gone.id);
      await this.#remove(tx, gone);
    }
    await this.connections.listAgainAt(tx, connection.id, addMilliseconds(this.clock.now(), DAY_MS - this.chance.upTo(DAY_MS / 8)));
    await this.health.succeeded(tx, connection);
    return { added: await this.#views(tx, added), removed: await this.#views(tx, removed), renamed };
  }

  async #insert(tx: Transaction, connection: Connection, remote: ProviderCalendar): Promise<Uuid> {
    const id = this.ids.next();
    const now = this.clock.now();
    const isWritable = remote.accessRole === 'owner' || remote.accessRole === 'writer';
    await this.calendars.insert(tx, {
      id,
      tenantId: connection.tenantId,
      connectionId: connection.id,
      ...described(remote),
      colorOverride: null,
      status: 'active',
      isActive: remote.selected || remote.primary,
      readsBusy: remote.primary || isWritable,
      isWriteTarget: isWritable,
      privacy: 'full',
      filters: {},
      cursor: null,
      page: null,
      windowFrom: null,
      windowTo: null,
      coveredFrom: null,
      coveredTo: null,
      generation: 0,
      runLease: null,
      leaseUntil: null,
      runId: null,
      syncedAt: null,
      fullReadAt: null,
      held: null,
      failureCount: 0,
      lastError: null,
      createdAt: now,
      updatedAt: now,
    });
    await this.changes.record(tx, connection.tenantId, [{ type: 'calendar.created', resource: { kind: 'calendar', id }, version: 1 }]);
    if (remote.selected || remote.primary) await this.dues.add(tx, { tenantId: connection.tenantId, calendarId: id, trigger: 'connected' });
    return id;
  }

  async #update(tx: Transaction, before: Calendar, remote: ProviderCalendar): Promise<void> {
    const next = described(remote);
    const isSame = (Object.keys(next) as (keyof typeof next)[]).every((field) => isDeepStrictEqual(next[field], before[field]));
    if (isSame && before.status === 'active') return;
    await this.calendars.update(tx, before.id, { ...next, status: 'active' });
    await this.changes.record(tx, before.tenantId, [
      { type: 'calendar.updated', resource: { kind: 'calendar', id: before.id }, version: before.version + 1 },
    ]);
    if (!before.isActive) return;
    const due = { tenantId: before.tenantId, calendarId: before.id, trigger: 'connected' } as const;
    // Who may see only busy times is told of other things, under other ids.
    const showsOther = (before.accessRole === 'free-busy') !== (next.accessRole === 'free-busy');
    if (showsOther) await this.dues.add(tx, { ...due, mode: 'full', acceptsDeletions: true });
    else if (before.status === 'removed') await this.dues.add(tx, due);
  }

  /** Its events stay as they were last known, but block nothing and are read no more. */
  async #remove(tx: Transaction, gone: Calendar): Promise<void> {
    await this.calendars.update(tx, gone.id, { status: 'removed', cursor: null, page: null });
    await this.dues.remove(tx, gone.id);
    await tx.query(`UPDATE calendars SET run_lease = NULL, lease_until = NULL, held = NULL WHERE id = $1`, [gone.id]);
    await this.audit.record(
      tx,
      { tenantId: gone.tenantId, platform: true },
      {
        action: 'calendar.removed',
        subject: { kind: 'calendar', id: gone.id },
        before: { name: gone.name, status: 'active' },
        after: { status: 'removed' },
      },
    );
    await this.changes.record(tx, gone.tenantId, [
      { type: 'calendar.removed', resource: { kind: 'calendar', id: gone.id }, version: gone.version + 1 },
    ]);
  }

  async #views(tx: Transaction, ids: readonly Uuid[]): Promise<CalendarView[]> {
    if (ids.length === 0) return [];
    return (await tx.query<CalendarRow[]>(calendarRowSql('WHERE k.id = ANY($1)'), [ids])).map(calendarView);
  }
}

function described(remote: ProviderCalendar) {
  return {
    remoteId: remote.id,
    name: remote.name,
    description: remote.description,
    zone: remote.zone,
    color: remote.color,
    accessRole: remote.accessRole,
    isPrimary: remote.primary,
    conferenceTypes: [...remote.conferenceTypes],
    providerData: { ...remote.providerData },
  };
}
