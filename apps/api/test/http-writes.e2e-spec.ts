import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '@daymark/domain';
import { adminQuery } from './support/admin-query.ts';
import { makeKey, makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let acme: TestTenant;

beforeAll(async () => {
  test = await startTestApp({ configuration: { role: 'web' } });
  acme = await makeTenant(test);
});
afterAll(() => test.close());

const invite = (email: string, key: string, more: Record<string, string> = {}) =>
  test.request('POST', '/v1/users', { key: acme.key, body: { email, name: 'X' }, headers: { 'Idempotency-Key': key, ...more } });
const countUsers = async (email: string) => (await adminQuery(test, `SELECT FROM users WHERE email = $1`, [email])).length;
const countKeys = async (key: string) => (await adminQuery(test, `SELECT FROM idempotency_keys WHERE key = $1`, [key])).length;

describe('a request with an idempotency key', () => {
  it('sent 50 times at once has one effect and one answer', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => invite('once@acme.example', 'fifty')));
    const done = answers.filter(({ status }) => status === 201);
    expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    expect(new Set(done.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(done.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
    expect(await countUsers('once@acme.example')).toBe(1);
    const later = await invite('once@acme.example', 'fifty');
    expect(later).toMatchObject({ status: 201, body: done[0]!.body });
    expect(later.headers.get('idempotency-replayed')).toBe('true');
  });

  it('sent again with another body is refused', async () => {
    expect(await invite('one@acme.example', 'reused')).toMatchObject({ status: 201 });
    expect(await invite('two@acme.example', 'reused')).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    expect(await countUsers('two@acme.example')).toBe(0);
  });

  it('that was refused keeps no key', async () => {
    expect(await invite(acme.owner.email, 'refused')).toMatchObject({ status: 409, body: { code: 'user-exists' } });
    expect(await countKeys('refused')).toBe(0);
    expect(await invite('other@acme.example', 'refused')).toMatchObject({ status: 201 });
  });

  it('belongs to its credential', async () => {
    const other = await makeKey(test, acme.tenantId);
    await invite('mine@acme.example', 'same-words');
    const theirs = await test.request('POST', '/v1/users', {
      key: other,
      body: { email: 'theirs@acme.example', name: 'X' },
      headers: { 'Idempotency-Key': 'same-words' },
    });
    expect(theirs).toMatchObject({ status: 201, body: { email: 'theirs@acme.example' } });
  });

  it('is forgotten after a day', async () => {
    await invite('early@acme.example', 'daily');
    test.clock.advance(DAY_MS + 1000);
    expect(await invite('late@acme.example', 'daily')).toMatchObject({ status: 201, body: { email: 'late@acme.example' } });
    test.clock.advance(-DAY_MS - 1000);
  });

  it('keeps the answer sealed', async () => {
    await invite('sealed@acme.example', 'sealed');
    const [row] = await adminQuery<{ sealed_answer: Buffer }>(test, `SELECT sealed_answer FROM idempotency_keys WHERE key = 'sealed'`);
    expect(row!.sealed_answer.toString('latin1')).not.toContain('sealed@acme');
  });

  it('that is too long is refused', async () => {
    expect(await invite('long@acme.example', 'x'.repeat(256))).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: 'Idempotency-Key' }] },
    });
    expect(await invite('long@acme.example', 'x'.repeat(255))).toMatchObject({ status: 201 });
  });
});
