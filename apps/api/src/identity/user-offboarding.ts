import type { Uuid } from '@daymark/domain';
import type { Actor } from '../audit/audit.ts';
import type { Transaction } from '../database/database.ts';

/** What ended with a user. */
export interface Offboarded {
  readonly connectionsRevoked: number;
  readonly meetingsCancelled: number;
}

/** Ends what a user has lent to the platform, in the transaction that removes the user. Calls to providers follow as jobs. */
export abstract class UserOffboarding {
  abstract end(tx: Transaction, user: { readonly id: Uuid; readonly tenantId: Uuid }, actor: Actor): Promise<Offboarded>;
}
