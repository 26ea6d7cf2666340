import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Uuid } from '@daymark/domain';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { MailsRepository } from '../src/mail/mails.repository.ts';
import { SetupLinkTicks } from '../src/setup-links/setup-link-ticks.ts';
import { auditsOf, connect, consentOnly, goBack, query, synced, until } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { beginSetup, makeSetupLink, tokenOf } from './support/setup-world.ts';
import { makeKey, makeTenant, makeUser, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const HOUR_MS = 3_600_000;

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test, { name: 'Birch', zone: 'Europe/Berlin' });
  other = await makeTenant(test, { name: 'Other' });
  for (const name of ['anna', 'bo', 'cleo', 'dag', 'edda', 'finn', 'gro'])
    sandbox.google.addPerson({ email: `${name}@birch.example`, name, timeZone: 'Europe/Berlin' });
}, 60_000);

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

const linkOf = async (id: string): Promise<Json> => (await test.request('GET', `/v1/setup-links/${id}`, { key: tenant.key })).body;
const connectionOf = async (id: string): Promise<Json> => (await test.request('GET', `/v1/connections/${id}`, { key: tenant.key })).body;
const open = (token: string) => test.request('POST', '/v1/setup/open', { body: { token } });
const make = (body: Json, of = tenant) => makeSetupLink(test, of, body);
const begin = (token: string, provider = 'google') => beginSetup(test, { token, provider });
const countOf = async (table: 'grants' | 'connections'): Promise<number> =>
  Number((await query(test, tenant, `SELECT count(*) AS count FROM ${table}`))[0].count);

describe('a setup link', () => {
  it('connects the calendar of somebody who has no account here, and is used up by that', async () => {
    const link = await make({ email: 'anna@birch.example', name: 'Anna Lindqvist', access_profile: 'free_busy' });
    expect(link).toMatchObject({ status: 'open', email: 'anna@birch.example', provider: null, connection_id: null, opened_at: null });
    expect(link.url).toMatch(new RegExp(`^${test.baseUrl}/setup#[\\w-]{43}$`));
    const token = tokenOf(link);

    const page = await open(token);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.body).toMatchObject({
      organisation: { name: 'Birch' },
      person: { name: 'Anna Lindqvist', email: 'anna@birch.example' },
      access_profile: 'free_busy',
      time_zone: 'Europe/Berlin',
      providers: [
        { id: 'google', scopes: expect.arrayContaining([{ scope: expect.stringContaining('freebusy'), reason: expect.any(String) }]) },
      ],
    });

    const begun = await begin(token);
    expect(new URL(begun.authorizeUrl).searchParams.get('login_hint')).toBe('anna@birch.example');
    const waiting = (await test.request('GET', '/v1/connections?status=pending', { key: tenant.key })).body.data;
    expect(waiting).toEqual([
      expect.objectContaining({ provider: 'google', account_email: null, label: 'anna@birch.example', calendars_count: 0, conditions: [] }),
    ]);
    expect(await linkOf(link.id)).toMatchObject({ status: 'open', connection_id: waiting[0].id, opened_at: expect.any(String) });

    const end = await goBack(test, await consentOnly(begun.authorizeUrl), begun.cookie);
    expect(end.origin + end.pathname).toBe(`${test.baseUrl}/setup/result`);
    expect(end.searchParams.get('outcome')).toBe('connected');
    expect(await synced(test, tenant, waiting[0].id)).toMatchObject({
      status: 'active',
      account_email: 'anna@birch.example',
      label: 'anna@birch.example',
      access_profile: 'free_busy',
      user_id: link.user_id,
    });
    expect(await linkOf(link.id)).toMatchObject({ status: 'used', connection_id: waiting[0].id, ended_at: expect.any(String) });
    for (const again of [await open(token), await test.request('POST', '/v1/setup/authorize', { body: { token, provider: 'google' } })])
      expect([again.status, again.body.code]).toEqual([410, 'setup-link-ended']);
    expect((await auditsOf(test, tenant, 'connection.created')).at(-1)?.after).toMatchObject({ setup_link: link.id });
  });

  it('may be begun again until it has led to a connection, also with another answer of the person', async () => {
    const link = await make({ email: 'bo@birch.example', provider: 'google' });
    expect(await connectionOf(link.connection_id)).toMatchObject({ status: 'pending', access_profile: 'read_write' });
    const first = await begin(tokenOf(link));
    const denied = await goBack(test, await consentOnly(first.authorizeUrl, { decision: 'deny' }), first.cookie);
    expect(`${denied.pathname}${denied.search}`).toBe('/setup/result?outcome=denied&code=oauth-denied');
    const second = await begin(tokenOf(link));
    const done = await goBack(test, await consentOnly(second.authorizeUrl), second.cookie);
    expect(Object.fromEntries(done.searchParams)).toMatchObject({ outcome: 'connected', connection_id: link.connection_id });
  });

  it('sends the browser on to where the maker wants it', async () => {
    const link = await make({ email: 'cleo@birch.example', return_url: `${test.baseUrl}/welcome?deal=7` });
    const begun = await begin(tokenOf(link));
    const end = await goBack(test, await consentOnly(begun.authorizeUrl), begun.cookie);
    expect(`${end.origin}${end.pathname}`).toBe(`${test.baseUrl}/welcome`);
    expect(Object.fromEntries(end.searchParams)).toMatchObject({ deal: '7', outcome: 'connected' });
    const foreign = await test.request('POST', '/v1/setup-links', {
      key: tenant.key,
      body: { email: 'cleo@birch.example', return_url: 'https://evil.example/' },
    });
    expect(foreign.status).toBe(422);
  });

  it('for an account that is connected already renews it, and nothing waits any more', async () => {
    const user = await makeUser(test, tenant, { email: 'dag@birch.example' });
    const connection = await connect(test, tenant, { user, email: 'dag@birch.example', profile: 'free_busy' });
    const link = await make({ user_id: user.id, provider: 'google' });
    const begun = await begin(tokenOf(link));
    const end = await goBack(test, await consentOnly(begun.authorizeUrl), begun.cookie);
    expect(end.searchParams.get('connection_id')).toBe(connection.id);
    expect(await connectionOf(connection.id)).toMatchObject({ status: 'active', access_profile: 'read_write' });
    expect(await connectionOf(link.connection_id)).toMatchObject({ status: 'revoked' });
    expect(await linkOf(link.id)).toMatchObject({ status: 'used', connection_id: connection.id });
  });

  it('F23 comes back only through the browser that began: the state of another visitor stores nothing', async () => {
    const link = await make({ email: 'edda@birch.example' });
    const begun = await begin(tokenOf(link));
    const stranger = await begin(tokenOf(await make({ email: 'stranger@birch.example' })));
    const session = await signIn(test, tenant.owner);
    for (const cookie of [undefined, stranger.cookie, session.cookie]) {
      const { authorizeUrl } = await begin(tokenOf(link));
      const before = await countOf('grants');
      const end = await goBack(test, await consentOnly(authorizeUrl), cookie);
      expect(Object.fromEntries(end.searchParams)).toMatchObject({ outcome: 'failed', code: 'oauth-state-invalid' });
      expect(await countOf('grants')).toBe(before);
    }
    const end = await goBack(test, await consentOnly(begun.authorizeUrl), begun.cookie);
    expect(end.searchParams.get('outcome')).toBe('connected');
  });
});

describe('the end of a setup link', () => {
  it('by its maker is told to whoever is at the provider at that moment, before a code is exchanged', async () => {
    const link = await make({ email: 'finn@birch.example', provider: 'google' });
    const begun = await begin(tokenOf(link));
    const back = await consentOnly(begun.authorizeUrl);
    const revoked = await test.request('DELETE', `/v1/setup-links/${link.id}`, { key: tenant.key });
    expect(revoked.body).toMatchObject({ status: 'revoked', ended_at: expect.any(String) });
    const exchanged = sandbox.journal.list({ operation: 'oauth.token' }).length;
    const end = await goBack(test, back, begun.cookie);
    expect(`${end.pathname}${end.search}`).toBe('/setup/result?outcome=failed&code=setup-link-ended');
    expect(sandbox.journal.list({ operation: 'oauth.token' }).length).toBe(exchanged);
    expect(await connectionOf(link.connection_id)).toMatchObject({ status: 'revoked' });
    expect((await test.request('DELETE', `/v1/setup-links/${link.id}`, { key: tenant.key })).body.status).toBe('revoked');
  });

  it('comes by itself, after a week or as asked, and takes along what waited', async () => {
    const link = await make({ email: 'finn@birch.example', provider: 'google', expires_in_hours: 2 });
    const week = await make({ email: 'edda@birch.example' });
    expect(Date.parse(week.expires_at) - Date.parse(week.created_at)).toBe(168 * HOUR_MS);
    test.clock.advance(2 * HOUR_MS);
    expect((await open(tokenOf(link))).body).toMatchObject({ code: 'setup-link-ended', detail: expect.stringContaining('expired') });
    expect(await linkOf(link.id)).toMatchObject({ status: 'expired' });
    await test.get(SetupLinkTicks).expire();
    test.clock.advance(-2 * HOUR_MS);
    expect(await linkOf(link.id)).toMatchObject({ status: 'expired' });
    expect(await connectionOf(link.connection_id)).toMatchObject({ status: 'revoked', account_email: null });
    expect((await open(tokenOf(week))).status).toBe(200);
  });

  it('comes with a newer one for the same person and provider; what waited waits on', async () => {
    const first = await make({ email: 'gro@birch.example', provider: 'google', access_profile: 'read' });
    const second = await make({ email: 'gro@birch.example', provider: 'google', access_profile: 'free_busy' });
    expect(second.connection_id).toBe(first.connection_id);
    expect(await connectionOf(first.connection_id)).toMatchObject({ status: 'pending', access_profile: 'free_busy' });
    expect((await open(tokenOf(first))).body.code).toBe('setup-link-ended');
    expect((await open(tokenOf(second))).status).toBe(200);
    const shown = await test.request('GET', `/v1/setup-links?user_id=${first.user_id}`, { key: tenant.key });
    expect(shown.body.data.map(({ id, status }: Json) => [id, status])).toEqual([
      [second.id, 'open'],
      [first.id, 'revoked'],
    ]);
  });

  it('comes with the waiting connection, and with the user', async () => {
    const link = await make({ email: 'gro@birch.example', provider: 'google' });
    const ended = await test.request('DELETE', `/v1/connections/${link.connection_id}`, { key: tenant.key });
    expect(ended.body.status).toBe('revoked');
    expect(await linkOf(link.id)).toMatchObject({ status: 'revoked' });
    const user = await makeUser(test, tenant);
    const last = await make({ user_id: user.id, provider: 'google' });
    expect((await test.request('DELETE', `/v1/users/${user.id}`, { key: tenant.key })).body).toMatchObject({ connections_revoked: 0 });
    expect((await open(tokenOf(last))).body.code).toBe('setup-link-ended');
  });
});

describe('a connection that waits', () => {
  it('can be neither changed nor used, and takes nobody’s place', async () => {
    const link = await make({ email: 'gro@birch.example', provider: 'google' });
    const path = `/v1/connections/${link.connection_id}`;
    for (const [method, tail] of [
      ['PATCH', ''],
      ['POST', '/test'],
      ['POST', '/refresh'],
      ['POST', '/sync'],
    ] as const) {
      const answer = await test.request(method, `${path}${tail}`, { key: tenant.key, body: method === 'PATCH' ? { label: 'x' } : {} });
      expect([tail, answer.status, answer.body.code]).toEqual([tail, 409, 'connection-not-active']);
    }
    const user = await test.request('GET', `/v1/users/${link.user_id}`, { key: tenant.key });
    expect(user.body.connections_count).toBe(0);
  });

  it('can be connected by an admin too, which uses the link up', async () => {
    const link = await make({ email: 'gro@birch.example', provider: 'google' });
    const asked = await test.request('POST', `/v1/connections/${link.connection_id}/reauthorize`, { key: tenant.key, body: {} });
    const end = await goBack(test, await consentOnly(asked.body.authorize_url, { account: 'gro@birch.example' }));
    expect(end.searchParams.get('connection_id')).toBe(link.connection_id);
    expect(await connectionOf(link.connection_id)).toMatchObject({ status: 'active', account_email: 'gro@birch.example' });
    expect(await linkOf(link.id)).toMatchObject({ status: 'used' });
  });
});

describe('who may have to do with a setup link', () => {
  it('is an admin of its tenant: of others it is unknown, and a member makes none', async () => {
    const link = await make({ email: 'gro@birch.example' });
    for (const method of ['GET', 'DELETE']) {
      const foreign = await test.request(method, `/v1/setup-links/${link.id}`, { key: other.key });
      expect([foreign.status, foreign.body.code]).toEqual([404, 'not-found']);
    }
    const listed = await test.request('GET', '/v1/setup-links', { key: other.key });
    expect(listed.body.data).toEqual([]);
    const theirs = await test.request('POST', '/v1/setup-links', { key: other.key, body: { user_id: link.user_id } });
    expect(theirs.status).toBe(404);
    const member = await signIn(test, await makeUser(test, tenant));
    const refused = await test.request('POST', '/v1/setup-links', { session: member, body: { email: 'x@birch.example' } });
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden-role']);
  });

  it('makes a user of somebody new only with a credential that may make users', async () => {
    const key = await makeKey(test, tenant.tenantId, { role: 'admin', only: ['connections:write'] });
    const asked = (email: string) => test.request('POST', '/v1/setup-links', { key, body: { email } });
    expect((await asked('anna@birch.example')).status).toBe(201);
    const refused = await asked('nobody-yet@birch.example');
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden-scope']);
    const users = await test.request('GET', '/v1/users?q=nobody-yet', { key: tenant.key });
    expect(users.body.data).toEqual([]);
  });

  it('is nobody who guesses: an unknown token is unknown, and its hash is all that is stored', async () => {
    const guess = await open('made-up-made-up-made-up-made-up-made-up-mad');
    expect([guess.status, guess.body.code]).toEqual([404, 'setup-link-unknown']);
    const link = await make({ email: 'gro@birch.example' });
    const stored = JSON.stringify([
      await query(test, tenant, `SELECT * FROM setup_links`),
      await query(test, tenant, `SELECT encode(token_hash, 'escape') FROM setup_link_tokens`),
      await query(test, tenant, `SELECT * FROM audit_details`),
      test.logs,
    ]);
    expect(stored).not.toContain(tokenOf(link));
  });

  it('leads only to the provider that it names, and only to one that there is', async () => {
    const link = await make({ email: 'gro@birch.example' });
    for (const provider of ['elsewhere', 'outlook-of-nobody']) {
      const refused = await test.request('POST', '/v1/setup/authorize', { body: { token: tokenOf(link), provider } });
      expect([refused.status, refused.body.code]).toEqual([409, 'provider-not-configured']);
      const named = await test.request('POST', '/v1/setup-links', { key: tenant.key, body: { email: 'gro@birch.example', provider } });
      expect(named.body.code).toBe('provider-not-configured');
    }
    const both = await test.request('POST', '/v1/setup-links', {
      key: tenant.key,
      body: { email: 'gro@birch.example', user_id: link.user_id },
    });
    expect(both.status).toBe(422);
  });
});

describe('a mailed setup link', () => {
  it('brings an address of its own, which is stored nowhere', async () => {
    const link = await make({ email: 'post@birch.example', name: 'Post', send_mail: true, expires_in_hours: 24 });
    const mail = await until(() => Promise.resolve(sandbox.mail.list({ to: 'post@birch.example' })[0] ?? null));
    expect(mail.subject).toContain('asks you to connect your calendar');
    const [, mailed = ''] = /\/setup#([\w-]{43})/.exec(mail.text) ?? [];
    expect(mailed).not.toBe(tokenOf(link));
    expect((await open(mailed)).body.person).toEqual({ name: 'Post', email: 'post@birch.example' });
    expect((await open(tokenOf(link))).status).toBe(200);
    const rows = await query(test, tenant, `SELECT * FROM mails WHERE kind = 'setup-link'`);
    expect(JSON.stringify(rows)).not.toContain(mailed);
  });

  it('is not sent when the link has ended before', async () => {
    await query(test, tenant, `UPDATE tenants SET settings = jsonb_set(settings, '{locale}', '"de"')`);
    const link = await make({ email: 'late@birch.example', send_mail: true });
    const mail = await until(() => Promise.resolve(sandbox.mail.list({ to: 'late@birch.example' })[0] ?? null));
    expect(mail.subject).toBe('Birch bittet Sie, Ihren Kalender zu verbinden');
    // The mail is caught before its sending is noted.
    await until(async () => {
      const [sent] = await query(test, tenant, `SELECT id FROM mails WHERE recipient = 'late@birch.example' AND state = 'sent'`);
      return sent ?? null;
    });
    await query(test, tenant, `UPDATE mails SET state = 'due', lease_until = NULL WHERE recipient = 'late@birch.example'`);
    await test.request('DELETE', `/v1/setup-links/${link.id}`, { key: tenant.key });
    const [row] = await query<{ id: Uuid }>(test, tenant, `SELECT id FROM mails WHERE recipient = 'late@birch.example'`);
    const { id } = row!;
    expect(await test.get(MailsRepository).claim(tenant.tenantId, id)).toBeNull();
    expect(await query(test, tenant, `SELECT state, error FROM mails WHERE id = $1`, [id])).toEqual([
      { state: 'void', error: 'not-needed' },
    ]);
  });
});
