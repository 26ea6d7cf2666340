import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CaughtMail } from '@daymark/sandbox';
import { Mails } from '../src/mail/mails.ts';
import { until } from './support/google-world.ts';
import type { Json, Received } from './support/request.ts';
import { inTenant } from './support/seeded-meetings.ts';
import { makeKey, makeTenant, makeUser, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let acme: TestTenant;

beforeAll(async () => {
  test = await startTestApp({ sandbox: 'start' });
  acme = await makeTenant(test, { name: 'Acme' });
});
afterEach(() => test.sandbox!.mail.clear());
afterAll(() => test?.close());

async function invite(body: Json): Promise<Received> {
  return test.request('POST', '/v1/users', { session: await signIn(test, acme.owner), body });
}

/** The mails to an address once there are so many. */
function arrived(email: string, count = 1): Promise<readonly CaughtMail[]> {
  return until(() => {
    const mails = test.sandbox!.mail.list({ to: email });
    return Promise.resolve(mails.length >= count && mails);
  });
}

/** How many mails are to go, went or failed. */
async function kept(email: string): Promise<number> {
  const rows = await inTenant(test, acme, (tx) =>
    tx.query<unknown[]>(`SELECT FROM mails WHERE recipient = $1 AND state <> 'void'`, [email]),
  );
  return rows.length;
}

describe('an invitation', () => {
  it('tells by mail who invites, to which tenant, where, and how to sign in', async () => {
    const { status, body } = await invite({ email: 'grace@corp.example', name: 'Grace' });
    expect([status, body.status]).toEqual([201, 'invited']);
    expect(Date.parse(body.invited_at)).toBeGreaterThanOrEqual(Date.parse(body.created_at));
    const [mail] = await arrived('grace@corp.example');
    expect(mail!.subject).toBe('You are invited to Acme on Daymark');
    for (const part of ['Owner of Acme has invited you to Acme', test.baseUrl, 'Google', 'as grace@corp.example'])
      expect(mail!.text).toContain(part);
  });

  it('speaks German to whom German was chosen for', async () => {
    await invite({ email: 'jan@corp.example', name: 'Jan', locale: 'de-DE' });
    const [mail] = await arrived('jan@corp.example');
    expect(mail!.subject).toBe('Einladung zu Acme bei Daymark');
    expect(mail!.text).toContain('Owner of Acme lädt Sie zu Acme bei Daymark ein');
  });

  it('of a program names nobody', async () => {
    await test.request('POST', '/v1/users', { key: acme.key, body: { email: 'by-key@corp.example', name: 'K' } });
    expect((await arrived('by-key@corp.example'))[0]!.text).toContain('You have been invited to Acme');
  });

  it('is mailed once, and again when it is made again', async () => {
    const wanted = { email: 'twice@corp.example', name: 'Twice', role: 'viewer' };
    const first = await invite(wanted);
    const again = await invite(wanted);
    expect(again).toMatchObject({ status: 201, body: { id: first.body.id, status: 'invited' } });
    await arrived('twice@corp.example', 2);
    expect(await kept('twice@corp.example')).toBe(2);
    const other = await invite({ ...wanted, role: 'member' });
    expect(other).toMatchObject({ status: 409, body: { code: 'user-exists' } });
    expect(await kept('twice@corp.example')).toBe(2);
  });

  it('repeated with its key is the same one', async () => {
    const key = await makeKey(test, acme.tenantId);
    const send = () =>
      test.request('POST', '/v1/users', {
        key,
        body: { email: 'same@corp.example', name: 'Same' },
        headers: { 'Idempotency-Key': 'invite-same' },
      });
    expect((await send()).body).toEqual((await send()).body);
    expect(await kept('same@corp.example')).toBe(1);
  });

  it('is not sent to somebody who has signed in meanwhile', async () => {
    const { userId, email } = await makeUser(test, acme);
    await inTenant(test, acme, async (tx) => {
      await tx.query(`UPDATE users SET signed_in_at = created_at WHERE id = $1`, [userId]);
      await test.get(Mails).invite(tx, { tenantId: acme.tenantId, userId, inviter: null });
    });
    await until(async () => (await kept(email)) === 0);
    expect(test.sandbox!.mail.list({ to: email })).toEqual([]);
  });

  it('reaches the owner of a new tenant', async () => {
    const key = await makeKey(test, acme.tenantId, { role: 'platform' });
    const wanted = { name: 'Globex', slug: 'globex-invited', owner: { email: 'boss@globex.example', name: 'Boss' } };
    expect((await test.request('POST', '/v1/tenants', { key, body: wanted })).status).toBe(201);
    expect((await arrived('boss@globex.example'))[0]!.subject).toBe('You are invited to Globex on Daymark');
  });
});
