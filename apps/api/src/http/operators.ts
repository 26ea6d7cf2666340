import { Inject, Injectable } from '@nestjs/common';
import { CONFIGURATION, type Configuration } from '../config/config.ts';
import { Database } from '../database/database.ts';
import type { Caller } from './caller.ts';

const DEMO_OPERATOR = 'ada@acme.example';

/** The people who run the installation: whose address it was started with. */
@Injectable()
export class Operators {
  constructor(
    private readonly database: Database,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
  ) {}

  /** The address that the installation belongs to; null when nobody was named. */
  get email(): string | null {
    return this.configuration.ownerEmail ?? (this.configuration.mode === 'demo' ? DEMO_OPERATOR : null);
  }

  /** Whether the person of a session may also see and create tenants. */
  async isOperator(caller: Pick<Caller, 'tenantId' | 'userId' | 'accountId'>): Promise<boolean> {
    const { email } = this;
    if (email === null || caller.accountId === null || caller.userId === null) return false;
    const rows = await this.database.withTenant(caller.tenantId, (tx) =>
      tx.query<unknown[]>(`SELECT FROM users WHERE id = $1 AND role = 'owner' AND lower(email) = lower($2)`, [caller.userId, email]),
    );
    return rows.length > 0;
  }
}
