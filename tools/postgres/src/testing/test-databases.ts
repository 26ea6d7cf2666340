import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { OWNER } from '../server/cluster-access.ts';

/** Names of the variables by which test workers learn the cluster of their run. */
export const TEST_CLUSTER = { url: 'DAYMARK_TEST_POSTGRES_URL', adminUrl: 'DAYMARK_TEST_POSTGRES_ADMIN_URL' } as const;

export interface TestDatabasesOptions {
  /** What the template holds; another key makes another template. */
  readonly key: string;
  /** Prepares the template, once per key and run; logged in as the owner. Must close its connections. */
  migrate(url: string, logins: { readonly adminUrl: string }): Promise<void>;
}

export interface TestDatabase {
  /** Login of the owner, as `startPostgres` gives it. */
  readonly url: string;
  readonly adminUrl: string;
  drop(): Promise<void>;
}

export interface TestDatabases {
  /** A database of its own, equal to the migrated template; takes about 30 ms. */
  cloneDatabase(): Promise<TestDatabase>;
}

interface Cluster {
  readonly url: string;
  readonly adminUrl: string;
}

/** Databases for tests in the cluster of this Vitest run; safe from any number of workers at once. */
export function testDatabases(options: TestDatabasesOptions): TestDatabases {
  const [url, adminUrl] = [process.env[TEST_CLUSTER.url], process.env[TEST_CLUSTER.adminUrl]];
  if (!url || !adminUrl) {
    throw new Error(
      'No test cluster: add tools/postgres/src/testing/vitest-cluster.ts to `globalSetup` of this project’s vitest.config.ts.',
    );
  }
  const cluster: Cluster = { url, adminUrl };
  const template = `template_${createHash('sha256').update(options.key).digest('hex').slice(0, 16)}`;
  let prepared: Promise<void> | null = null;
  return {
    async cloneDatabase() {
      await (prepared ??= prepareTemplate(cluster, { template, options }));
      const name = `test_${randomUUID().replaceAll('-', '')}`;
      await withAdmin(cluster, async (admin) => void (await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${OWNER}`)));
      return {
        url: databaseUrl(cluster.url, name),
        adminUrl: databaseUrl(cluster.adminUrl, name),
        drop: () => withAdmin(cluster, async (admin) => void (await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
      };
    },
  };
}

/** One worker builds it, the others wait for the lock and find it there. It gets its name last, so a failed build is never cloned. */
async function prepareTemplate(
  cluster: Cluster,
  { template, options }: { template: string; options: TestDatabasesOptions },
): Promise<void> {
  await withAdmin(cluster, async (admin) => {
    // One lock for all templates: migrations also make roles, which belong to the whole cluster.
    await admin.query('SELECT pg_advisory_lock(hashtext($1))', ['daymark templates']);
    const found = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [template]);
    if (found.rowCount !== 0) return;
    const draft = `${template}_draft`;
    await admin.query(`DROP DATABASE IF EXISTS ${draft} WITH (FORCE)`);
    await admin.query(`CREATE DATABASE ${draft} OWNER ${OWNER}`);
    await options.migrate(databaseUrl(cluster.url, draft), { adminUrl: databaseUrl(cluster.adminUrl, draft) });
    await admin.query(`ALTER DATABASE ${draft} WITH ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [draft]);
    await admin.query(`ALTER DATABASE ${draft} RENAME TO ${template}`);
  });
}

function databaseUrl(login: string, name: string): string {
  const url = new URL(login);
  url.pathname = `/${name}`;
  return url.href;
}

async function withAdmin(cluster: Cluster, work: (admin: Client) => Promise<void>): Promise<void> {
  const admin = new Client({ connectionString: cluster.adminUrl, application_name: 'daymark test databases' });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}
