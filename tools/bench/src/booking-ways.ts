import { randomUUID } from 'node:crypto';
import pg from 'pg';

export interface Attempt {
  readonly meetingId: string;
  readonly resourceId: string;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly end: number;
}

/** Books or is refused; throws only what a caller would see as an error. */
export type BookingWay = (attempt: Attempt) => Promise<boolean>;

/** The built product's own classes, on its own migrated tables. */
export interface Product {
  readonly tenantId: string;
  take(client: pg.PoolClient, attempt: Attempt): Promise<boolean>;
  record(client: pg.PoolClient, attempt: Attempt): Promise<void>;
  makePeople(count: number): Promise<string[]>;
  countDoubles(table: string, resourceIds: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

const BUILT = '../../../apps/api/dist';

/** Migrates the database and makes the product's parts by hand, as its modules do. Needs a build of the api. */
export async function openProduct(url: string): Promise<Product> {
  const [{ migrate }, { ClaimsRepository, TimeTakenError }, { Audit }, { Changes }, { SystemClock, SystemIds }, { Secret }] =
    await Promise.all([
      import(`${BUILT}/database/migrate.js`),
      import(`${BUILT}/meetings/claims.repository.js`),
      import(`${BUILT}/audit/audit.js`),
      import(`${BUILT}/audit/changes.js`),
      import(`${BUILT}/ports/system-ports.js`),
      import('@daymark/domain'),
    ]);
  await migrate(new Secret(url));
  const owner = new pg.Pool({ connectionString: url, max: 2 });
  const app = new pg.Pool({ connectionString: url, max: 2, options: '-c role=daymark_app' });
  const tenantId = randomUUID();
  const close = async (): Promise<void> => {
    await Promise.all([owner.end(), app.end()]);
  };
  try {
    await inTenant(app, tenantId, (client) =>
      client.query(`INSERT INTO tenants (id, name, slug, created_at) VALUES ($1, 'Bench', $2, now())`, [tenantId, tenantId]),
    );
    await owner.query(`
      CREATE TABLE claims_by_lock (LIKE claims INCLUDING DEFAULTS);
      CREATE INDEX ON claims_by_lock (tenant_id, resource_id, start_at, end_at);
      GRANT SELECT, INSERT, DELETE ON claims_by_lock TO daymark_app`);
  } catch (error) {
    // The server stops next, and would take an open connection for the reason.
    await close();
    throw error;
  }
  const clock = new SystemClock();
  const ids = new SystemIds();
  const claims = new ClaimsRepository(clock, ids);
  const audit = new Audit(clock, ids);
  const changes = new Changes(clock, ids);
  const buffers = { beforeMs: 300_000, afterMs: 600_000 };
  return {
    tenantId,
    take: async (client, { meetingId, resourceId, start, end }) => {
      try {
        await claims.take(queries(client), { tenantId, meetingId, interval: { start, end }, claims: [{ resourceId, buffers }] });
        return true;
      } catch (error) {
        if (error instanceof TimeTakenError) return false;
        throw error;
      }
    },
    record: async (client, { meetingId, start }) => {
      const tx = queries(client);
      await audit.record(
        tx,
        { tenantId, platform: true },
        { action: 'meeting.booked', subject: { kind: 'meeting', id: meetingId }, after: { title: 'Bench', start } },
      );
      await changes.record(tx, tenantId, [{ type: 'meeting.booked', resource: { kind: 'meeting', id: meetingId }, version: 1 }]);
    },
    makePeople: async (count) => {
      const made = Array.from({ length: count }, () => randomUUID());
      await inTenant(app, tenantId, (client) =>
        client.query(
          `INSERT INTO resources (id, tenant_id, kind, name, created_at) SELECT id, $1, 'room', 'Bench', now() FROM unnest($2::uuid[]) AS r (id)`,
          [tenantId, made],
        ),
      );
      return made;
    },
    countDoubles: async (table, resourceIds) => {
      const { rows } = await inTenant(app, tenantId, (client) =>
        client.query<{ doubles: number }>(
          `SELECT count(*)::integer AS doubles FROM ${table} a JOIN ${table} b ON a.resource_id = b.resource_id AND a.id < b.id
           WHERE a.resource_id = ANY($1) AND (a.with_before && b.with_before OR a.with_after && b.with_after)`,
          [resourceIds],
        ),
      );
      return rows[0]!.doubles;
    },
    close,
  };
}

/** The product's way, and the same transaction without a claim. */
export function claimByConstraint(
  pool: pg.Pool,
  product: Product,
): { readonly table: string; readonly claim: BookingWay; readonly nothing: BookingWay } {
  return {
    table: 'claims',
    claim: (attempt) =>
      transaction(pool, product.tenantId, async (client) => {
        if (!(await product.take(client, attempt))) return false;
        await product.record(client, attempt);
        return true;
      }),
    nothing: (attempt) =>
      transaction(pool, product.tenantId, async (client) => {
        await product.record(client, attempt);
        return true;
      }),
  };
}

/** The common pattern: lock the person's row, look for an overlap, insert. */
export function claimByLock(pool: pg.Pool, product: Product): { readonly table: string; readonly claim: BookingWay } {
  return {
    table: 'claims_by_lock',
    claim: (attempt) =>
      transaction(pool, product.tenantId, async (client) => {
        await client.query('SELECT id FROM resources WHERE id = $1 FOR UPDATE', [attempt.resourceId]);
        const range = [`[${iso(attempt.start - 300_000)},${iso(attempt.end)})`, `[${iso(attempt.start)},${iso(attempt.end + 600_000)})`];
        const { rowCount } = await client.query(
          `SELECT id FROM claims_by_lock WHERE tenant_id = $1 AND resource_id = $2 AND start_at < $3 AND end_at > $4 AND (with_before && $5::tstzrange OR with_after && $6::tstzrange) LIMIT 1`,
          [product.tenantId, attempt.resourceId, iso(attempt.end + 900_000), iso(attempt.start - 900_000), ...range],
        );
        if ((rowCount ?? 0) > 0) return false;
        await client.query(
          `INSERT INTO claims_by_lock (id, tenant_id, resource_id, seat, meeting_id, blocking, start_at, end_at, before_ms, after_ms, with_before, with_after)
           VALUES ($1, $2, $3, 0, $4, true, $5, $6, 300000, 600000, $7, $8)`,
          [randomUUID(), product.tenantId, attempt.resourceId, attempt.meetingId, iso(attempt.start), iso(attempt.end), ...range],
        );
        await product.record(client, attempt);
        return true;
      }),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Commits when booked, rolls back when refused or broken. */
async function transaction(pool: pg.Pool, tenantId: string, work: (client: pg.PoolClient) => Promise<boolean>): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('daymark.tenant_id', $1, true)`, [tenantId]);
    const isBooked = await work(client);
    await client.query(isBooked ? 'COMMIT' : 'ROLLBACK');
    return isBooked;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

async function inTenant<T>(pool: pg.Pool, tenantId: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('daymark.tenant_id', $1, true)`, [tenantId]);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } finally {
    client.release();
  }
}

/** What the product's repositories call a transaction: something to query with. */
function queries(client: pg.PoolClient): { query(sql: string, values?: unknown[]): Promise<unknown> } {
  return {
    query: async (sql, values) => {
      const result = await client.query(sql, values);
      return result.command === 'UPDATE' || result.command === 'DELETE' ? [result.rows, result.rowCount] : result.rows;
    },
  };
}
