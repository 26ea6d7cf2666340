import { afterAll, beforeAll, expect, it } from 'vitest';
import { Database } from '../src/database/database.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  test = await startTestApp({ configuration: { role: 'web' } });
  tenant = await makeTenant(test);
}, 60_000);

afterAll(() => test?.close());

it('F31 a transaction of a process that stands still ends before its leases do, and lets go of what it has locked', async () => {
  const database = test.get(Database);
  const locked = Promise.withResolvers<void>();
  const standing = Promise.withResolvers<void>();
  const still = database.withTenant(tenant.tenantId, async (tx) => {
    const [{ silence }] = await tx.query<[{ silence: string }]>(`SELECT current_setting('idle_in_transaction_session_timeout') AS silence`);
    expect(silence).toBe('30s');
    // As long as it is configured, in less time.
    await tx.query(`SET LOCAL idle_in_transaction_session_timeout = 200`);
    await tx.query(`SELECT id FROM users WHERE id = $1 FOR UPDATE`, [tenant.owner.userId]);
    locked.resolve();
    await standing.promise;
    await tx.query(`UPDATE users SET name = 'written by the one that stood still' WHERE id = $1`, [tenant.owner.userId]);
  });
  await locked.promise;
  await database.withTenant(tenant.tenantId, (tx) =>
    tx.query(`UPDATE users SET name = 'written by the other' WHERE id = $1`, [tenant.owner.userId]),
  );
  standing.resolve();
  await expect(still).rejects.toThrow();
  const rows = await database.withTenant(tenant.tenantId, (tx) =>
    tx.query<{ name: string }[]>(`SELECT name FROM users WHERE id = $1`, [tenant.owner.userId]),
  );
  expect(rows).toEqual([{ name: 'written by the other' }]);
});
