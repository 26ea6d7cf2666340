import { Injectable } from '@nestjs/common';
import { DomainError, type Uuid } from '@daymark/domain';
import type { Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import { UsersRepository } from '../identity/users.repository.ts';

/** Whose hours and profiles a caller may see and change: their own, an administrator everybody's. */
@Injectable()
export class Owners {
  constructor(private readonly users: UsersRepository) {}

  /** Whom a request is about: the named user, else the caller. */
  async named(tx: Transaction, caller: Caller, wireId: string | undefined): Promise<Uuid> {
    const userId = wireId === undefined ? caller.userId : checkedId('user', wireId);
    if (userId === null) {
      throw new DomainError('validation-failed', 'One field is not valid.', {
        errors: [{ pointer: '/user_id', message: 'is needed: this key belongs to no user' }],
      });
    }
    if (!mayChange(caller, userId) || (await this.users.find(tx, userId)) === null) throw notFound('user');
    return userId;
  }

  /** The users of a list: null for everybody. */
  listed(caller: Caller, wireId: string | undefined): Uuid | null {
    const asked = wireId === undefined ? null : checkedId('user', wireId);
    if (seesWholeTenant(caller)) return asked;
    if (asked !== null && asked !== caller.userId) throw notFound('user');
    return caller.userId;
  }
}

/** Null is the tenant, whose hours an administrator keeps. */
export function mayChange(caller: Caller, userId: Uuid | null): boolean {
  return seesWholeTenant(caller) || (userId !== null && caller.userId === userId);
}

export function maySee(caller: Caller, userId: Uuid | null): boolean {
  return userId === null || mayChange(caller, userId);
}

/** One change at a time to what an owner has: rows that are being added cannot be locked, so their owner is. */
export async function lockOwner(tx: Transaction, userId: Uuid | null): Promise<void> {
  if (userId === null) await tx.query(`SELECT FROM tenants FOR NO KEY UPDATE`);
  else await tx.query(`SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE`, [userId]);
}
