import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FirstStart } from '../src/identity/first-start.ts';
import { adminQuery } from './support/admin-query.ts';
import { makeTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const countTenants = async (test: TestApp) => (await adminQuery(test, 'SELECT FROM tenants')).length;

describe('the first start of a demo', () => {
  let test: TestApp;
  beforeAll(async () => {
    test = await startTestApp({
      configuration: { role: 'web', mode: 'demo', sandbox: { controlUrl: 'http://localhost:4490', mailUrl: 'http://localhost:4490/mail' } },
    });
  });
  afterAll(() => test.close());

  it('makes two tenants, a key and a way in, prints them and writes them down for programs', async () => {
    const banner = await test.get(FirstStart).run();
    const file = join(test.configuration.dataDir, 'demo.json');
    const facts = JSON.parse(await readFile(file, 'utf8'));
    expect(facts).toMatchObject({
      api_url: `${test.baseUrl}/v1`,
      admin_url: test.baseUrl,
      mail_url: 'http://localhost:4490/mail',
      sandbox_control_url: 'http://localhost:4490',
    });
    for (const file of ['demo.json', 'demo-key']) expect((await stat(join(test.configuration.dataDir, file))).mode & 0o777).toBe(0o600);
    for (const text of [facts.sign_in_url, facts.api_key, facts.mail_url, `${test.baseUrl}/docs`, '/v1/meetings/quick-book'])
      expect(banner).toContain(text);
    const me = await test.request('GET', '/v1/users', { key: facts.api_key });
    expect(me.body.data).toMatchObject([{ email: 'ada@acme.example', role: 'owner', time_zone: 'Europe/Berlin' }]);
    const link = new URL(facts.sign_in_url);
    const signedIn = await test.request('GET', `${link.pathname}${link.search}`);
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
    expect(await test.request('GET', '/v1/session', { headers: { cookie } })).toMatchObject({
      body: { tenant: { id: facts.tenant_id, slug: 'acme' }, is_platform: true },
    });
    expect((await test.request('GET', '/v1/tenants', { headers: { cookie } })).body.data).toMatchObject([
      { slug: 'acme' },
      { slug: 'globex' },
    ]);
  });

  it('repeated keeps tenants and key, and gives a new link', async () => {
    const facts = async () => JSON.parse(await readFile(join(test.configuration.dataDir, 'demo.json'), 'utf8'));
    const before = await facts();
    await test.get(FirstStart).run();
    const after = await facts();
    expect(after).toMatchObject({ api_key: before.api_key, tenant_id: before.tenant_id });
    expect(after.sign_in_url).not.toBe(before.sign_in_url);
    expect(await countTenants(test)).toBe(2);
  });

  it('makes another key when the old one was revoked', async () => {
    const readKey = async () => (await readFile(join(test.configuration.dataDir, 'demo-key'), 'utf8')).trim();
    const old = await readKey();
    await adminQuery(test, 'UPDATE api_keys SET revoked_at = now()');
    await test.get(FirstStart).run();
    expect(await readKey()).not.toBe(old);
    expect(await test.request('GET', '/v1/users', { key: await readKey() })).toMatchObject({ status: 200 });
  });

  it('replaces the key when the data folder is another one, as after a restore', async () => {
    const file = join(test.configuration.dataDir, 'demo-key');
    const old = (await readFile(file, 'utf8')).trim();
    await rm(file);
    await test.get(FirstStart).run();
    const key = (await readFile(file, 'utf8')).trim();
    const { body } = await test.request('GET', '/v1/api-keys', { key });
    expect(body.data.map(({ label, prefix }: { label: string; prefix: string }) => [label, prefix])).toEqual([['Demo', key.slice(0, 12)]]);
    expect(await test.request('GET', '/v1/users', { key: old })).toMatchObject({ status: 401 });
  });

  it('refuses an owner whom the demo was not made for, with what to do', async () => {
    const other = await startTestApp({
      database: test.database,
      configuration: { role: 'web', mode: 'demo', ownerEmail: 'somebody@else.example' },
    });
    await expect(other.get(FirstStart).run()).rejects.toThrow(
      /DAYMARK_OWNER_EMAIL is somebody@else\.example, but the tenant 'acme' was made for another address\. Fix: /,
    );
    await other.close();
  });
});

describe('the first start of an installation', () => {
  it('makes a tenant for the address that the operator set, once', async () => {
    const test = await startTestApp({ configuration: { role: 'web', mode: 'production', ownerEmail: 'boss@corp.example' } });
    const banner = await test.get(FirstStart).run();
    const link = /\/auth\/link\?token=[\w-]+/.exec(banner)![0];
    expect(await test.request('GET', link)).toMatchObject({ status: 302 });
    expect(banner).not.toContain('sk_');
    const again = await test.get(FirstStart).run();
    expect(again).not.toContain('/auth/link');
    expect(again).toContain('npm run sign-in -- boss@corp.example');
    expect(again).not.toContain('DAYMARK_OWNER_EMAIL');
    expect(await countTenants(test)).toBe(1);
    await test.close();
  });

  it('says when the operator is nobody in an installation that has tenants', async () => {
    const test = await startTestApp({ configuration: { role: 'web', mode: 'production', ownerEmail: 'you@corp.example' } });
    await makeTenant(test);
    const banner = await test.get(FirstStart).run();
    expect(banner).toMatch(/DAYMARK_OWNER_EMAIL is you@corp\.example, but no tenant here has an owner/);
    expect(banner).toContain('npm run sign-in -- ADDRESS');
    expect(banner).not.toContain('/auth/link');
    await test.close();
  });

  it('makes nothing without one, and says what to set', async () => {
    const test = await startTestApp({ configuration: { role: 'web', mode: 'production' } });
    expect(await test.get(FirstStart).run()).toContain('set DAYMARK_OWNER_EMAIL');
    expect(await countTenants(test)).toBe(0);
    await test.close();
  });
});
