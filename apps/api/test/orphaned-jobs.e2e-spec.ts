import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { PgBossJobs } from '../src/jobs/jobs.ts';
import { giveBackOrphans, WORKER_SESSIONS } from '../src/jobs/orphaned-jobs.ts';
import { adminQuery } from './support/admin-query.ts';
import { until } from './support/google-world.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

/** All places that a tenant has in a queue. */
const SHARE = 4;

let sandbox: Sandbox;
let web: TestApp;
let tenant: TestTenant;
let workers: TestApp[];

beforeEach(async () => {
  workers = [];
  sandbox = await startSandbox();
  web = await startTestApp({ sandbox, configuration: { role: 'web' } });
  tenant = await makeTenant(web);
});
afterEach(async () => {
  for (const worker of workers) await worker.close();
  await web?.close();
  await sandbox?.close();
});

async function startWorker(): Promise<TestApp> {
  const worker = await startTestApp({ sandbox, database: web.database, configuration: { role: 'worker' } });
  workers.push(worker);
  return worker;
}

/** Jobs that take all places of the tenant, in work at a process whose last sign of life was so long ago. */
async function leaveInWork({ silentSeconds }: { silentSeconds: number }): Promise<void> {
  const { boss } = web.get(PgBossJobs);
  const { tenantId } = tenant;
  const jobs = Array.from({ length: SHARE }, (_, place) => ({
    singletonKey: `left ${place}`,
    data: { tenantId, mailId: tenantId },
    group: { id: tenantId },
    startAfter: 3600,
  }));
  await boss.insert('send-mail', jobs);
  await adminQuery(
    web,
    `UPDATE pgboss.job SET state = 'active', start_after = now(), started_on = now(), heartbeat_on = now() - make_interval(secs => $1)
     WHERE name = 'send-mail' AND state = 'created'`,
    [silentSeconds],
  );
}

async function askForMail(): Promise<void> {
  const asked = await web.request('POST', '/v1/users', {
    key: tenant.key,
    body: { email: 'ops@acme.example', name: 'Ops', role: 'member' },
  });
  expect(asked.status, JSON.stringify(asked.body)).toBe(201);
}

async function mailWithin(ms: number): Promise<unknown> {
  return until(async () => sandbox.mail.list().some(({ to }) => to.includes('ops@acme.example')), ms).catch(() => 'it did not come');
}

describe('a worker that died with jobs in work', () => {
  it('F32 delays the next one by seconds, when that is the only one', async () => {
    await leaveInWork({ silentSeconds: 0 });
    await askForMail();
    await startWorker();
    expect(await mailWithin(6000)).toBe(true);
  });

  it('F32 delays the work of others by seconds more than its silence may last', async () => {
    await startWorker();
    await startWorker();
    await leaveInWork({ silentSeconds: 9 });
    await askForMail();
    expect(await mailWithin(12_000)).toBe(true);
  });

  describe('is not taken for dead', () => {
    const ours = `${WORKER_SESSIONS} ours`;
    const open: Client[] = [];
    const isMine = (): boolean => false;

    beforeEach(() => openSession(ours));
    afterEach(async () => {
      for (const client of open.splice(0)) await client.end();
    });

    async function openSession(name: string): Promise<Client> {
      const client = new Client({ connectionString: web.database.url, application_name: name });
      await client.connect();
      open.push(client);
      return client;
    }

    it('while another worker is there, which may have its jobs in work', async () => {
      const { boss } = web.get(PgBossJobs);
      await leaveInWork({ silentSeconds: 5 });
      await openSession(`${WORKER_SESSIONS} theirs`);
      expect(await giveBackOrphans(boss, { sessions: ours, isMine })).toBe(0);
      await open.pop()!.end();
      await until(async () => (await giveBackOrphans(boss, { sessions: ours, isMine })) === SHARE, 5000);
    });

    it('while it shows signs of life, or is this one', async () => {
      const { boss } = web.get(PgBossJobs);
      await leaveInWork({ silentSeconds: -60 });
      expect(await giveBackOrphans(boss, { sessions: ours, isMine })).toBe(0);
      await adminQuery(web, `UPDATE pgboss.job SET heartbeat_on = now() - interval '5 s' WHERE state = 'active'`);
      expect(await giveBackOrphans(boss, { sessions: ours, isMine: () => true })).toBe(0);
      expect(await giveBackOrphans(boss, { sessions: ours, isMine })).toBe(SHARE);
    });

    it('when the server does not show the sessions of workers by their names', async () => {
      const { boss } = web.get(PgBossJobs);
      await leaveInWork({ silentSeconds: 5 });
      expect(await giveBackOrphans(boss, { sessions: `${WORKER_SESSIONS} hidden`, isMine })).toBe(0);
    });
  });
});
