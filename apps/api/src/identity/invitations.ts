import { Injectable } from '@nestjs/common';
import type { Uuid } from '@daymark/domain';
import { Database, type Transaction } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import { Mails } from '../mail/mails.ts';

/** Tells people that they were made users of a tenant. */
@Injectable()
export class Invitations {
  constructor(
    private readonly database: Database,
    private readonly mails: Mails,
  ) {}

  /** Who invites, for people to read: the person of the session or key; null for a program of the tenant. Read in the caller's tenant. */
  async inviterName(caller: Caller): Promise<string | null> {
    if (caller.userId === null) return null;
    const [row] = await this.database.withTenant(caller.tenantId, (tx) =>
      tx.query<{ name: string }[]>(`SELECT name FROM users WHERE id = $1`, [caller.userId]),
    );
    return row?.name ?? null;
  }

  /** One mail for each call, written with what the transaction writes. */
  async send(tx: Transaction, invited: { readonly tenantId: Uuid; readonly userId: Uuid; readonly inviter: string | null }): Promise<void> {
    await this.mails.invite(tx, invited);
  }
}
