import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '@daymark/domain';
import { SessionsService } from '../src/identity/sessions.service.ts';
import { makeTenant, makeUser, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let test: TestApp;
let acme: TestTenant;
let globex: TestTenant;

beforeAll(async () => {
  test = await startTestApp({ sandbox: 'start' });
  acme = await makeTenant(test, { name: 'Acme' });
  globex = await makeTenant(test, { name: 'Globex' });
});
afterAll(() => test.close());

const html = { accept: 'text/html' };

/** Goes to the provider and consents there as a person; gives the way back. */
async function consent(email: string, { decision = 'allow', returnTo }: { decision?: string; returnTo?: string } = {}) {
  test.sandbox!.google.addPerson({ email });
  const start = await test.request('GET', `/auth/google${returnTo === undefined ? '' : `?return_to=${encodeURIComponent(returnTo)}`}`);
  expect(start.status).toBe(302);
  const cookie = start.headers.get('set-cookie')!.split(';')[0]!;
  const authorizeUrl = start.headers.get('location')!;
  const answer = await fetch(authorizeUrl, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ decision, account: email }) });
  const back = new URL(answer.headers.get('location')!);
  return { cookie, path: `${back.pathname}${back.search}`, authorizeUrl: new URL(authorizeUrl) };
}

describe('signing in with a provider', () => {
  it('lets in whom a tenant has invited by the confirmed address, and goes on to where they wanted to be', async () => {
    const user = await makeUser(test, acme, { email: 'grace@acme.example' });
    const { cookie, path, authorizeUrl } = await consent('grace@acme.example', { returnTo: '/meetings?week=9' });
    expect(authorizeUrl.searchParams.get('code_challenge_method')).toBe('S256');
    const back = await test.request('GET', path, { headers: { ...html, cookie } });
    expect(back.status).toBe(302);
    expect(back.headers.get('location')).toBe('/meetings?week=9');
    const session = back.headers.get('set-cookie')!;
    expect(session).toMatch(/^daymark_session=[\w-]{43}; Max-Age=43200; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax/);
    const who = await test.request('GET', '/v1/session', { headers: { cookie: session.split(';')[0]! } });
    expect(who).toMatchObject({ status: 200, body: { user: { id: user.id }, role: 'member', tenant: { slug: acme.slug } } });
    expect(await test.request('GET', `/v1/users/${user.id}`, { key: acme.key })).toMatchObject({ body: { status: 'active' } });
  });

  it('shows a page that says what to do to somebody who was not invited', async () => {
    const { cookie, path } = await consent('stranger@elsewhere.example');
    const back = await test.request('GET', path, { headers: { ...html, cookie } });
    expect(back.status).toBe(403);
    expect(back.headers.get('set-cookie')).toBeNull();
    expect(back.body).toContain('account-unknown');
    expect(back.body).toContain('Ask an administrator to invite exactly this address');
  });

  it('F23 refuses a way back that is altered, repeated, too old, or of another browser', async () => {
    await makeUser(test, acme, { email: 'linus@acme.example' });
    const problem = async (path: string, cookie: string) => (await test.request('GET', path, { headers: { cookie } })).body.code;
    const first = await consent('linus@acme.example');
    expect(await problem(first.path.replace(/state=[^&]+/, 'state=forged'), first.cookie)).toBe('oauth-state-invalid');
    expect(await problem(first.path, 'daymark_sign_in=another-browser')).toBe('oauth-state-invalid');
    expect(await problem(first.path, first.cookie)).toBe('oauth-state-used');
    const late = await consent('linus@acme.example');
    test.clock.advance(11 * MINUTE_MS);
    expect(await problem(late.path, late.cookie)).toBe('oauth-state-invalid');
    test.clock.advance(-11 * MINUTE_MS);
    const good = await consent('linus@acme.example');
    expect((await test.request('GET', good.path, { headers: { cookie: good.cookie } })).status).toBe(302);
    expect(await problem(good.path, good.cookie)).toBe('oauth-state-used');
    expect(await problem('/auth/google/callback', good.cookie)).toBe('oauth-state-invalid');
  });

  it('says so when the person declines or the provider is not set up', async () => {
    const declined = await consent('ada@acme.example', { decision: 'deny' });
    expect(await test.request('GET', declined.path, { headers: { cookie: declined.cookie } })).toMatchObject({
      status: 403,
      body: { code: 'oauth-denied' },
    });
    expect(await test.request('GET', '/auth/nobody')).toMatchObject({ status: 409, body: { code: 'provider-not-configured' } });
  });

  it('does not send people to other sites', async () => {
    await makeUser(test, acme, { email: 'eve@acme.example' });
    for (const returnTo of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const { cookie, path } = await consent('eve@acme.example', { returnTo });
      expect((await test.request('GET', path, { headers: { cookie } })).headers.get('location')).toBe('/');
    }
  });
});

describe('a sign-in link', () => {
  it('works once, within a day', async () => {
    const sessions = test.get(SessionsService);
    const link = new URL((await sessions.makeLink(acme.owner)).reveal());
    const path = `${link.pathname}${link.search}`;
    expect(await test.request('GET', path)).toMatchObject({ status: 302 });
    expect(await test.request('GET', path)).toMatchObject({ status: 410, body: { code: 'sign-in-link-used' } });
    const late = new URL((await sessions.makeLink(acme.owner)).reveal());
    test.clock.advance(DAY_MS + 1000);
    expect(await test.request('GET', `${late.pathname}${late.search}`)).toMatchObject({ status: 410 });
    test.clock.advance(-DAY_MS - 1000);
    const guessed = await test.request('GET', '/auth/link?token=guessed');
    expect(guessed).toMatchObject({ status: 404, body: { code: 'sign-in-link-unknown' } });
    expect(guessed.body.detail).not.toContain('used before');
  });
});

describe('a session', () => {
  it('writes only with the token that other sites cannot read', async () => {
    const session = await signIn(test, acme.owner);
    const body = { email: `csrf@${acme.slug}.example`, name: 'C' };
    const { csrf_token: token } = (await test.request('GET', '/v1/session', { session })).body;
    expect(token).toBe(session.csrf);
    const others: Record<string, string>[] = [{}, { 'x-csrf-token': 'forged' }, { 'x-csrf-token': (await signIn(test, acme.owner)).csrf }];
    for (const headers of others) {
      expect(await test.request('POST', '/v1/users', { body, headers: { cookie: session.cookie, ...headers } })).toMatchObject({
        status: 403,
        body: { code: 'csrf-failed' },
      });
    }
    expect(await test.request('POST', '/v1/users', { body, session })).toMatchObject({ status: 201 });
  });

  it('ends by signing out and by time', async () => {
    const session = await signIn(test, acme.owner);
    expect(await test.request('DELETE', '/v1/session', { session })).toMatchObject({ status: 204 });
    expect(await test.request('GET', '/v1/session', { session })).toMatchObject({ status: 401, body: { code: 'session-expired' } });
    const other = await signIn(test, acme.owner);
    test.clock.advance(12 * 60 * MINUTE_MS + 1000);
    expect(await test.request('GET', '/v1/session', { session: other })).toMatchObject({ status: 401, body: { code: 'session-expired' } });
    test.clock.advance(-12 * 60 * MINUTE_MS - 1000);
  });

  it('goes over to another tenant of the same account, and to no other', async () => {
    const there = await makeUser(test, globex, { email: acme.owner.email, role: 'viewer' });
    const session = await signIn(test, acme.owner);
    const other = await makeTenant(test, { name: 'Other' });
    expect(await test.request('POST', '/v1/session/tenant', { session, body: { tenant_id: other.id } })).toMatchObject({
      status: 404,
      body: { code: 'not-found' },
    });
    const switched = await test.request('POST', '/v1/session/tenant', { session, body: { tenant_id: globex.id } });
    expect(switched).toMatchObject({ status: 200, body: { tenant: { id: globex.id }, role: 'viewer', user: { id: there.id } } });
    expect(switched.body.tenants.map(({ slug }: { slug: string }) => slug)).toEqual([acme.slug, globex.slug]);
    const cookie = switched.headers.get('set-cookie')!.split(';')[0]!;
    expect(await test.request('GET', '/v1/session', { headers: { cookie } })).toMatchObject({
      body: { tenant: { id: globex.id }, csrf_token: switched.body.csrf_token },
    });
    expect(await test.request('GET', '/v1/session', { session })).toMatchObject({ status: 401 });
  });

  it('is offered the ways in that are configured', async () => {
    const options = await test.request('GET', '/v1/sign-in-options');
    expect(options.body.providers).toMatchObject([{ id: 'google', url: '/auth/google' }]);
  });

  it('is not for API keys', async () => {
    expect(await test.request('GET', '/v1/session', { key: acme.key })).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });
});
