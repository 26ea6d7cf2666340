import type { Uuid, ZoneId } from '@daymark/domain';
import type { Transaction } from '../database/database.ts';

/** Gives a new user what they need to be booked, in the transaction that makes the user. */
export abstract class UserOnboarding {
  /** `zone` is null when nobody said where the user is. One who comes back keeps what they had. */
  abstract begin(tx: Transaction, user: { readonly id: Uuid; readonly tenantId: Uuid; readonly zone: ZoneId | null }): Promise<void>;
}
