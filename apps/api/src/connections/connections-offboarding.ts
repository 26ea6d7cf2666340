import { Injectable } from '@nestjs/common';
import type { Uuid } from '@daymark/domain';
import type { Actor } from '../audit/audit.ts';
import type { Transaction } from '../database/database.ts';
import { UserOffboarding, type Offboarded } from '../identity/user-offboarding.ts';
import { ConnectionsRepository } from './connections.repository.ts';
import { SetupLinksRepository } from '../setup-links/setup-links.repository.ts';
import { ConnectionsService } from './connections.service.ts';

/** A user who leaves takes all grants along. */
@Injectable()
export class ConnectionsOffboarding extends UserOffboarding {
  constructor(
    private readonly connections: ConnectionsRepository,
    private readonly service: ConnectionsService,
    private readonly setupLinks: SetupLinksRepository,
  ) {
    super();
  }

  override async end(tx: Transaction, user: { readonly id: Uuid; readonly tenantId: Uuid }, actor: Actor): Promise<Offboarded> {
    const all = await this.connections.listOfUser(tx, user.id);
    const live = all.filter(({ status }) => status !== 'revoked');
    for (const connection of live) await this.service.end(tx, connection, actor);
    await this.setupLinks.revokeOf(tx, { userId: user.id });
    return { connectionsRevoked: live.filter(({ status }) => status !== 'pending').length, meetingsCancelled: 0 };
  }
}
