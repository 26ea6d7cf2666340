import { Client, type ClientConfig } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import type { Secret } from '@daymark/domain';
import { appRole, systemRole } from './roles.ts';

export const APP_DATA_SOURCE = 'app';
export const SYSTEM_DATA_SOURCE = 'system';

/**
 * Its end while nobody listens, just handed out by the pool or idle in a transaction, must not end the
 * process: the next query on it tells.
 */
class SurvivingClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/**
 * No transaction waits for anything but the database. One that is silent so long belongs to a process that stands
 * still, and would keep what it has locked from those that take its work over when its leases end (after a minute).
 */
const LONGEST_SILENCE_MS = 30_000;

/** Connections of the running product: the login owns the database, the role is a lesser one. */
export function dataSourceOptions(
  url: Secret,
  { role, pool }: { role: typeof appRole | typeof systemRole; pool: number },
): DataSourceOptions {
  return {
    type: 'postgres',
    url: url.reveal(),
    poolSize: pool,
    installExtensions: false,
    entities: [],
    applicationName: `daymark ${role === appRole ? 'app' : 'system'}`,
    extra: {
      Client: SurvivingClient,
      options: `-c role=${role} -c timezone=UTC -c idle_in_transaction_session_timeout=${LONGEST_SILENCE_MS}`,
      idleTimeoutMillis: 60_000,
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    },
    poolErrorHandler: () => undefined,
  };
}

/** The owner's connection, for migrations only. */
export function ownerDataSourceOptions(url: Secret): DataSourceOptions {
  return {
    type: 'postgres',
    url: url.reveal(),
    poolSize: 1,
    installExtensions: false,
    applicationName: 'daymark migrations',
    migrationsTableName: 'migrations',
    extra: { options: '-c timezone=UTC', connectionTimeoutMillis: 10_000 },
  };
}
