import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { FirstStart } from '../src/identity/first-start.ts';
import { adminQuery } from './support/admin-query.ts';
import { connect } from './support/google-world.ts';
import { codeBlocks, readDocument, runInOneShell, type DocumentRun } from './support/run-document.ts';
import { makeKey } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';
import { formatId, type Uuid } from '@daymark/domain';

/** From the first banner in production to a key, another tenant and a tested connection, by what the pages say. */
const OWNER = 'you@corp.example';
let sandbox: Sandbox;
let test: TestApp;
let run: DocumentRun;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox, configuration: { mode: 'production', ownerEmail: OWNER } });
  const banner = await test.get(FirstStart).run();
  await connectOwner();
  const inProduction = codeBlocks(readDocument('how-to/run-in-production.md'), 'bash');
  const withGoogle = ['set-up-google', 'check-a-provider'].flatMap((page) => codeBlocks(readDocument(`how-to/${page}.md`), 'bash'));
  run = await runInOneShell([...inProduction.slice(0, -1), ...withGoogle, ...inProduction.slice(-1)], {
    env: { LINK: /http\S+\/auth\/link\S+/.exec(banner)![0], DAYMARK_PUBLIC_URL: test.baseUrl },
  });
}, 60_000);

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

async function connectOwner() {
  const [owner] = await adminQuery<{ id: Uuid; tenant_id: Uuid; account_id: Uuid; slug: string }>(
    test,
    `SELECT u.id, u.tenant_id, u.account_id, t.slug FROM users u JOIN tenants t ON t.id = u.tenant_id`,
  );
  const { id: userId, tenant_id: tenantId, account_id: accountId, slug } = owner!;
  const user = { tenantId, userId, accountId, email: OWNER, id: formatId('user', userId) };
  sandbox.google.addPerson({ email: OWNER, name: 'You', timeZone: 'UTC' });
  const tenant = { tenantId, id: formatId('tenant', tenantId), slug, owner: user, key: await makeKey(test, tenantId) };
  await connect(test, tenant, { user, email: OWNER });
}

describe('docs/how-to/run-in-production.md, set-up-google.md and check-a-provider.md', () => {
  it('run to their end, command by command', () => {
    expect(run.exitCode, run.output).toBe(0);
  });

  it('make a key for a program and a tenant with an owner', async () => {
    expect(JSON.parse(run.steps[1]!)).toMatchObject({ label: 'CRM', secret: expect.stringMatching(/^sk_live_/) });
    expect(run.steps[2]).toContain('"slug":"globex"');
    expect(await adminQuery(test, `SELECT role FROM users WHERE email = 'sam@globex.example'`)).toEqual([{ role: 'owner' }]);
  });

  it('tell whether the service knows the registration', () => {
    expect(JSON.parse(run.steps[3]!)).toMatchObject({ ok: true, failed_step: null });
    expect(run.steps[5]).toContain(`${test.baseUrl}/oauth/google/callback`);
    expect(run.steps[5]).toContain('ok: true\nreachable: passed\nclient-id: passed\nclient-secret: passed\nredirect-uri: unknown');
  });

  it('tell what the connection can do', () => {
    expect(JSON.parse(run.steps[4]!)).toMatchObject({ ok: true });
  });

  it('leave no session behind', async () => {
    expect(await adminQuery(test, 'SELECT FROM sessions')).toEqual([]);
  });
});
