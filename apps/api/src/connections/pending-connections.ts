import { Injectable } from '@nestjs/common';
import { Clock, IdSource, type Uuid } from '@daymark/domain';
import { Changes } from '../audit/changes.ts';
import type { Transaction } from '../database/database.ts';
import { TenantSettings } from '../identity/tenant-settings.ts';
import type { Connection } from './connection.ts';
import { ConnectionsRepository } from './connections.repository.ts';
import { newConnection } from './new-connection.ts';

type Wish = Pick<Connection, 'tenantId' | 'userId' | 'provider' | 'accessProfile'>;

/** Connections that wait for somebody's consent: seen in lists, without an account, calendars or tokens. */
@Injectable()
export class PendingConnections {
  constructor(
    private readonly connections: ConnectionsRepository,
    private readonly settings: TenantSettings,
    private readonly changes: Changes,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  async begin(tx: Transaction, wish: Wish): Promise<Uuid> {
    const id = this.ids.next();
    const { sync } = await this.settings.get(tx);
    await this.connections.insert(tx, newConnection({ ...wish, id, account: null }, { sync, now: this.clock.now() }));
    await this.changes.record(tx, wish.tenantId, [{ type: 'connection.created', resource: { kind: 'connection', id }, version: 1 }]);
    return id;
  }

  /** Waits for another service, or for more or less access. */
  async change(tx: Transaction, id: Uuid, wish: Pick<Wish, 'provider' | 'accessProfile'>): Promise<void> {
    const waiting = await this.connections.lock(tx, id);
    if (waiting === null || (waiting.provider === wish.provider && waiting.accessProfile === wish.accessProfile)) return;
    await this.connections.update(tx, id, wish);
    await this.changes.record(tx, waiting.tenantId, [
      { type: 'connection.updated', resource: { kind: 'connection', id }, version: waiting.version + 1 },
    ]);
  }
}
