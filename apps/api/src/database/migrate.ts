import { Client } from 'pg';
import { PgBoss } from 'pg-boss';
import { DataSource } from 'typeorm';
import type { Secret } from '@daymark/domain';
import { queues } from '../jobs/queues.ts';
import { ownerDataSourceOptions } from './data-source-options.ts';
import { migrations } from './migrations/index.ts';
import { appRole, createRoles } from './roles.ts';

const MIGRATION_LOCK = 7_302_026;
const OLDEST_SERVER = 15;

/**
 * Brings a database to this version: roles, tables, the job queue. Runs as the owner, one process at
 * a time; doing it again changes nothing. @throws Error in plain words when the server is too old or
 * the login may not do it.
 */
export async function migrate(url: Secret): Promise<void> {
  const owner = new Client({ connectionString: url.reveal(), connectionTimeoutMillis: 10_000 });
  await owner.connect();
  try {
    await refuseOldServer(owner);
    await owner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await createRoles(owner);
    await migrateTables(url);
    await migrateQueue(url, owner);
  } finally {
    await owner.end();
  }
}

async function refuseOldServer(owner: Client): Promise<void> {
  const { rows } = await owner.query<{ version: string }>(`SELECT current_setting('server_version_num') AS version`);
  const major = Math.floor(Number(rows[0]!.version) / 10_000);
  if (major < OLDEST_SERVER) throw new Error(`PostgreSQL ${major} is too old: Daymark needs ${OLDEST_SERVER} or newer`);
}

async function migrateTables(url: Secret): Promise<void> {
  const dataSource = new DataSource({ ...ownerDataSourceOptions(url), migrations: [...migrations] });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await dataSource.destroy();
  }
}

/** pg-boss makes its own schema as the owner; the product then uses it as the app role, which may not change it. */
async function migrateQueue(url: Secret, owner: Client): Promise<void> {
  const boss = new PgBoss({ connectionString: url.reveal(), max: 2, supervise: false, schedule: false });
  boss.on('error', (error) => {
    throw error;
  });
  await boss.start();
  try {
    const existing = new Set((await boss.getQueues()).map((queue) => queue.name));
    for (const queue of queues) {
      const { name, policy, ...options } = queue;
      if (existing.has(name)) await boss.updateQueue(name, options);
      else await boss.createQueue(name, { policy, ...options });
    }
  } finally {
    await boss.stop({ graceful: false });
  }
  await owner.query(`
    GRANT USAGE ON SCHEMA pgboss TO ${appRole};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgboss TO ${appRole};
    GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA pgboss TO ${appRole};
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgboss TO ${appRole};
  `);
}
