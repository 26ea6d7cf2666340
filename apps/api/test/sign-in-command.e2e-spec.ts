import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '@daymark/domain';
import { runSignInCommand } from '../src/sign-in-command.ts';
import { adminQuery } from './support/admin-query.ts';
import { makeTenant, makeUser, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

/** Beside a product that runs, as an operator does it. */
let test: TestApp;
let acme: TestTenant;
let globex: TestTenant;

beforeAll(async () => {
  test = await startTestApp({ configuration: { role: 'web', mode: 'production' } });
  acme = await makeTenant(test, { name: 'Acme' });
  globex = await makeTenant(test, { name: 'Globex' });
});
afterAll(() => test.close());

const signIn = (...args: string[]) => runSignInCommand(args, test.configuration);

async function open(printed: string) {
  const link = new URL(/http\S+/.exec(printed)![0]);
  expect(link.origin).toBe(test.baseUrl);
  return test.request('GET', `${link.pathname}${link.search}`);
}

describe('npm run sign-in', () => {
  it('prints a link that signs the address in, once', async () => {
    const printed = await signIn(acme.owner.email.toUpperCase());
    expect(printed).toContain(`Signs ${acme.owner.email} in to Acme (${acme.slug}, owner), once`);
    const signedIn = await open(printed);
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!;
    expect(await test.request('GET', '/v1/session', { headers: { cookie } })).toMatchObject({
      body: { tenant: { id: acme.id }, user: { email: acme.owner.email } },
    });
    expect(await open(printed)).toMatchObject({ status: 410, body: { code: 'sign-in-link-used' } });
  });

  it('is what the sign-in page speaks of', async () => {
    expect((await test.request('GET', '/v1/sign-in-options')).body.link_hint).toContain('npm run sign-in');
  });

  it('leaves a note in the audit of the tenant, without the link', async () => {
    const printed = await signIn(globex.owner.email);
    const notes = await adminQuery<{ actor_kind: string; subject_id: string; after: unknown }>(
      test,
      `SELECT e.actor_kind, e.subject_id, d.after FROM audit_events e JOIN audit_details d ON d.audit_event_id = e.id WHERE e.tenant_id = $1 AND e.action = 'sign_in_link.created'`,
      [globex.tenantId],
    );
    expect(notes).toEqual([{ actor_kind: 'platform', subject_id: globex.owner.userId, after: { email: globex.owner.email } }]);
    expect(JSON.stringify(notes)).not.toContain(new URL(/http\S+/.exec(printed)![0]).searchParams.get('token'));
  });

  it('wants to know the tenant when there are several, and takes no other', async () => {
    const email = 'both@corp.example';
    await makeUser(test, acme, { email });
    await makeUser(test, globex, { email, role: 'admin' });
    await expect(signIn(email)).rejects.toMatchObject({
      message: `${email} is a user of several tenants: ${acme.slug}, ${globex.slug}`,
      fix: `say which one, as in --tenant ${acme.slug}`,
    });
    expect(await signIn(email, '--tenant', globex.slug)).toContain(`in to Globex (${globex.slug}, admin)`);
    await expect(signIn(email, '--tenant', 'elsewhere')).rejects.toMatchObject({ fix: `choose one of ${acme.slug}, ${globex.slug}` });
    await adminQuery(test, `UPDATE tenants SET status = 'suspended' WHERE id = $1`, [globex.tenantId]);
    expect(await signIn(email)).toContain(`in to Acme (${acme.slug}, member)`);
    await adminQuery(test, `UPDATE tenants SET status = 'active' WHERE id = $1`, [globex.tenantId]);
  });

  it('lets in nobody who is not invited, and makes no account for them', async () => {
    await expect(signIn('stranger@corp.example')).rejects.toMatchObject({
      message: 'no active tenant has a user with the address stranger@corp.example',
    });
    expect(await adminQuery(test, `SELECT FROM accounts WHERE email = 'stranger@corp.example'`)).toEqual([]);
  });

  it('says how it is used', async () => {
    const fix = 'use npm run sign-in -- ADDRESS [--tenant SHORT-NAME]';
    for (const args of [[], ['one@corp.example', 'two@corp.example'], ['nobody'], ['--everybody'], ['one@corp.example', '--tenant']])
      await expect(signIn(...args), args.join(' ')).rejects.toMatchObject({ name: 'SignInLinkError', fix });
  });

  it('makes nothing in a database that Daymark never started on', async () => {
    const url = new URL(test.database.adminUrl);
    url.pathname = '/postgres';
    await expect(
      runSignInCommand(['one@corp.example'], { ...test.configuration, databaseUrl: new Secret(url.href) }),
    ).rejects.toMatchObject({
      message: 'the database holds no Daymark yet',
    });
  });
});
