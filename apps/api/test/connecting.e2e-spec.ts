import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProviderRegistry } from '@daymark/provider-contract';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { auditsOf, authorize, connect, consent, consentOnly, goBack, primaryOf, query, syncNow, until } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { makeTenant, makeUser, signIn, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let other: TestTenant;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test);
  other = await makeTenant(test, { name: 'Other' });
  sandbox.google.addPerson({ email: 'ada@acme.example', name: 'Ada', timeZone: 'Europe/Berlin' });
  for (const name of ['bea', 'cem', 'dan', 'eve', 'fay', 'gil', 'hal', 'ida', 'jon'])
    sandbox.google.addPerson({ email: `${name}@acme.example`, timeZone: 'Europe/Berlin' });
}, 60_000);

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

const countOf = async (table: 'grants' | 'connections', of = tenant): Promise<number> =>
  Number((await query(test, of, `SELECT count(*) AS count FROM ${table}`))[0].count);
const refusals = async (of = tenant): Promise<unknown[]> =>
  (await auditsOf(test, of, 'connection.authorization_refused')).map(({ after }) => after.reason);
const exchangesOfCodes = (): number => sandbox.journal.list({ operation: 'oauth.token' }).length;

describe('connecting a Google account', () => {
  it('ends with an active connection whose calendars and events are known', async () => {
    const asked = await authorize(test, tenant, { email: 'ada@acme.example' });
    const url = new URL(asked.authorize_url);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      access_type: 'offline',
      prompt: 'consent',
      code_challenge_method: 'S256',
      state: asked.state,
    });
    expect(url.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/);
    const connection = await connect(test, tenant, { email: 'ada@acme.example' });
    expect(connection).toMatchObject({
      status: 'active',
      account_email: 'ada@acme.example',
      provider: 'google',
      conditions: [expect.objectContaining({ condition: 'polling' })],
    });
    expect(connection.granted_scopes).toContain('https://www.googleapis.com/auth/calendar.events');
    expect((await auditsOf(test, tenant, 'connection.created')).map(({ outcome }) => outcome)).toEqual(['done']);
  });

  it('gives one address for every configured provider and says why the others are left out', async () => {
    test.get(ProviderRegistry).registerUnconfigured({ id: 'elsewhere', name: 'Elsewhere', reason: 'ELSEWHERE_CLIENT_ID is not set' });
    const asked = await test.request('POST', '/v1/connections/authorize', {
      key: tenant.key,
      body: { provider: '*', user_id: tenant.owner.id },
    });
    expect(asked.status).toBe(200);
    expect(asked.body.data.map(({ provider }: Json) => provider)).toEqual(['google']);
    expect(asked.body.skipped).toContainEqual({ provider: 'elsewhere', reason: 'ELSEWHERE_CLIENT_ID is not set' });
    const providers = await test.request('GET', '/v1/providers', { key: tenant.key });
    expect(providers.body.data).toContainEqual(
      expect.objectContaining({ id: 'elsewhere', configured: false, reason: 'ELSEWHERE_CLIENT_ID is not set' }),
    );
    const refused = await test.request('POST', '/v1/connections/authorize', {
      key: tenant.key,
      body: { provider: 'elsewhere', user_id: tenant.owner.id },
    });
    expect([refused.status, refused.body.code]).toEqual([409, 'provider-not-configured']);
  });

  it('asks no event-content scope for the profile free_busy, and learns busy times from free/busy queries alone', async () => {
    sandbox.google.createEvent({ as: 'bea@acme.example' }, { summary: 'Secret plan', start: at(1, 9), end: at(1, 10) });
    const connection = await connect(test, tenant, { email: 'bea@acme.example', profile: 'free_busy' });
    expect(connection.granted_scopes.filter((scope: string) => /calendar(\.events(\.readonly)?)?$/.test(scope))).toEqual([]);
    const calendar = await primaryOf(test, tenant, connection.id);
    const busy = await query(
      test,
      tenant,
      `SELECT o.start_at, d.title FROM occurrences o JOIN event_details d ON d.event_id = o.event_id JOIN calendars k ON k.id = o.calendar_id WHERE k.remote_id = 'bea@acme.example'`,
    );
    expect(busy).toEqual([{ start_at: new Date(at(1, 9).dateTime), title: null }]);
    expect(calendar.last_success_at).not.toBeNull();
    expect(sandbox.journal.list({ account: 'bea@acme.example', operation: 'events.*' })).toEqual([]);
    expect(sandbox.journal.list({ account: 'bea@acme.example', operation: 'freebusy.*' }).length).toBeGreaterThan(0);
  });

  it('sends no browser to a foreign origin', async () => {
    const asked = await test.request('POST', '/v1/connections/authorize', {
      key: tenant.key,
      body: { provider: 'google', user_id: tenant.owner.id, return_url: 'https://evil.example/take' },
    });
    expect(asked.status).toBe(422);
  });
});

describe('the way back', () => {
  it('takes code and state of an app that received them itself, once', async () => {
    const { authorize_url } = await authorize(test, tenant, { email: 'cem@acme.example' });
    const back = await consentOnly(authorize_url);
    const body = { code: back.searchParams.get('code'), state: back.searchParams.get('state') };
    const done = await test.request('POST', '/v1/oauth/exchange', { key: tenant.key, body });
    expect(done.status).toBe(200);
    expect(done.body.connection).toMatchObject({ status: 'active', account_email: 'cem@acme.example' });
    expect(done.body.calendars.length).toBeGreaterThan(0);
    const again = await test.request('POST', '/v1/oauth/exchange', { key: tenant.key, body });
    expect([again.status, again.body.code]).toEqual([409, 'oauth-state-used']);
    expect(await refusals()).toContain('oauth-state-used');
  });

  it('F23 refuses an unknown, an old and another tenant’s state before the code is exchanged', async () => {
    const exchanged = exchangesOfCodes();
    const unknown = await test.request('POST', '/v1/oauth/exchange', {
      key: tenant.key,
      body: { code: 'c', state: 'never-issued-here-0123456789abcdef' },
    });
    expect([unknown.status, unknown.body.code]).toEqual([400, 'oauth-state-invalid']);

    const stolen = await consentOnly((await authorize(test, tenant, { email: 'dan@acme.example' })).authorize_url);
    const theft = await test.request('POST', '/v1/oauth/exchange', {
      key: other.key,
      body: { code: stolen.searchParams.get('code'), state: stolen.searchParams.get('state') },
    });
    expect([theft.status, theft.body.code]).toEqual([400, 'oauth-state-invalid']);

    const late = await consentOnly((await authorize(test, tenant, { email: 'dan@acme.example' })).authorize_url);
    test.clock.advance(10 * 60_000 + 1);
    const old = await test.request('POST', '/v1/oauth/exchange', {
      key: tenant.key,
      body: { code: late.searchParams.get('code'), state: late.searchParams.get('state') },
    });
    test.clock.advance(-(10 * 60_000 + 1));
    expect([old.status, old.body.code]).toEqual([400, 'oauth-state-invalid']);
    expect(exchangesOfCodes()).toBe(exchanged);
    expect([await countOf('connections', other), await countOf('grants', other)]).toEqual([0, 0]);
  });

  it.each(['unknown', 'reused', 'expired', 'other session', 'other provider', 'missing'] as const)(
    'F23 leads a browser with a state that is %s to the result page, stores nothing and leaves an audit event',
    async (kind) => {
      const session = await signIn(test, tenant.owner);
      const begun = await test.request('POST', '/v1/connections/authorize', {
        session,
        body: { provider: 'google', login_hint: 'eve@acme.example' },
      });
      const back = await consentOnly(begun.body.data[0].authorize_url);
      if (kind === 'reused') await goBack(test, back, session.cookie);
      if (kind === 'unknown') back.searchParams.set('state', 'never-issued-here-0123456789abcdef');
      if (kind === 'missing') back.searchParams.delete('state');
      if (kind === 'other provider') back.pathname = '/oauth/elsewhere/callback';
      const [grants, exchanged, refused] = [await countOf('grants'), exchangesOfCodes(), (await refusals()).length];
      const cookie = kind === 'other session' ? (await signIn(test, await makeUser(test, tenant))).cookie : session.cookie;
      if (kind === 'expired') test.clock.advance(10 * 60_000 + 1);
      const page = await goBack(test, back, cookie);
      if (kind === 'expired') test.clock.advance(-(10 * 60_000 + 1));
      expect(page.origin + page.pathname).toBe(`${test.baseUrl}/connect/result`);
      expect(page.searchParams.get('outcome')).toBe('failed');
      expect(page.searchParams.get('code')).toBe(kind === 'reused' ? 'oauth-state-used' : 'oauth-state-invalid');
      expect([await countOf('grants'), exchangesOfCodes()]).toEqual([grants, exchanged]);
      expect((await refusals()).length).toBe(refused + 1);
    },
  );

  it('tells a person who said no, and what the provider does not accept', async () => {
    const denied = await consent(test, (await authorize(test, tenant, { email: 'fay@acme.example' })).authorize_url, { decision: 'deny' });
    expect(Object.fromEntries(denied.searchParams)).toMatchObject({ outcome: 'denied', code: 'oauth-denied' });
    const back = await consentOnly((await authorize(test, tenant, { email: 'fay@acme.example' })).authorize_url);
    back.searchParams.set('code', 'made-up');
    const refused = await goBack(test, back);
    expect(Object.fromEntries(refused.searchParams)).toMatchObject({ outcome: 'failed', code: 'oauth-denied' });
    expect(await refusals()).toEqual(expect.arrayContaining(['access_denied', 'oauth-denied']));
  });

  it('F22 keeps a connection with what was granted and names what was not', async () => {
    const calendar = 'https://www.googleapis.com/auth/calendar';
    const connection = await connect(test, tenant, {
      email: 'jon@acme.example',
      form: { granular: '1', scope: `${calendar}.calendarlist.readonly ${calendar}.events` },
    });
    expect(connection.status).toBe('active');
    expect(connection.conditions).toContainEqual(
      expect.objectContaining({ condition: 'scope-missing', text: 'Not permitted: see busy times.' }),
    );
    const before = await countOf('grants');
    const nothing = await consent(test, (await authorize(test, tenant, { email: 'gil@acme.example' })).authorize_url, {
      granular: '1',
      scope: '',
    });
    expect(Object.fromEntries(nothing.searchParams)).toMatchObject({ outcome: 'failed', code: 'scope-missing' });
    expect(await countOf('grants')).toBe(before);
  });
});

describe('who sees a connection', () => {
  it('is its user and the admins of the tenant, nobody else', async () => {
    const [one, two, admin] = [await makeUser(test, other), await makeUser(test, other), await makeUser(test, other, { role: 'admin' })];
    const connection = await connect(test, other, { user: one, email: 'hal@acme.example' });
    const asUser = async (user: typeof one): Promise<Json> => ({ session: await signIn(test, user) });
    for (const [who, sees] of [
      [await asUser(one), true],
      [await asUser(two), false],
      [await asUser(admin), true],
      [{ key: tenant.key }, false],
    ] as const) {
      const list = await test.request('GET', '/v1/connections', who);
      const direct = await test.request('GET', `/v1/connections/${connection.id}`, who);
      expect(list.body.data.some(({ id }: Json) => id === connection.id)).toBe(sees);
      expect(direct.status).toBe(sees ? 200 : 404);
      const calendars = await test.request('GET', `/v1/calendars`, who);
      expect(calendars.body.data.some((one: Json) => one.connection_id === connection.id)).toBe(sees);
      if (sees) continue;
      for (const [method, path] of [
        ['PATCH', ''],
        ['DELETE', ''],
        ['POST', '/test'],
        ['POST', '/refresh'],
        ['POST', '/sync'],
        ['POST', '/reauthorize'],
      ] as const) {
        const refused = await test.request(method, `/v1/connections/${connection.id}${path}`, {
          ...who,
          ...(method === 'DELETE' ? {} : { body: method === 'PATCH' ? { label: 'Mine' } : {} }),
        });
        expect([method, path, refused.status]).toEqual([method, path, 404]);
      }
    }
  });
});

describe('settings of a connection', () => {
  it('are kept within bounds, told in the audit, and hold from the next run on', async () => {
    sandbox.google.createEvent({ as: 'ida@acme.example' }, { summary: 'Soon', start: at(3, 9), end: at(3, 10) });
    sandbox.google.createEvent({ as: 'ida@acme.example' }, { summary: 'Late', start: at(100, 9), end: at(100, 10) });
    const connection = await connect(test, tenant, { email: 'ida@acme.example' });
    const patch = (sync: Json) => test.request('PATCH', `/v1/connections/${connection.id}`, { key: tenant.key, body: { sync } });
    for (const wrong of [
      { past_days: 6 },
      { past_days: 731 },
      { future_days: 6 },
      { future_days: 731 },
      { cadence_minutes: 0 },
      { direction: 'both' },
      { unknown: true },
    ]) {
      expect([wrong, (await patch(wrong)).status]).toEqual([wrong, 422]);
    }
    const narrowed = await patch({ future_days: 30 });
    expect(narrowed.body.sync).toMatchObject({ future_days: 30, past_days: 30, enabled: true });
    const ids = async (): Promise<string[]> =>
      (
        await query(
          test,
          tenant,
          `SELECT d.title FROM events e JOIN event_details d ON d.event_id = e.id JOIN calendars k ON k.id = e.calendar_id WHERE k.remote_id = 'ida@acme.example' ORDER BY 1`,
        )
      ).map(({ title }) => title);
    await until(async () => (await ids()).join() === 'Soon');
    const told = await query(
      test,
      tenant,
      `SELECT type FROM changes WHERE type LIKE 'event.%' AND resource_id IN (SELECT e.id FROM events e)`,
    );
    expect(told).toEqual([]);
    const calendar = await primaryOf(test, tenant, connection.id);
    expect(Date.parse(calendar.covered_until) - test.clock.now()).toBeLessThan(32 * 86_400_000);

    const paused = await patch({ enabled: false });
    expect(paused.body).toMatchObject({ status: 'paused', sync: { enabled: false } });
    sandbox.google.createEvent({ as: 'ida@acme.example' }, { summary: 'While paused', start: at(4, 9), end: at(4, 10) });
    const calls = sandbox.journal.list({ account: 'ida@acme.example' }).length;
    const refused = await test.request('POST', `/v1/connections/${connection.id}/sync`, { key: tenant.key, body: {} });
    expect([refused.status, refused.body.code]).toEqual([409, 'connection-not-active']);
    expect(sandbox.journal.list({ account: 'ida@acme.example' })).toHaveLength(calls);

    await patch({ enabled: true });
    await syncNow(test, tenant, connection.id);
    expect(await ids()).toEqual(['Soon', 'While paused']);
    expect((await auditsOf(test, tenant, 'connection.updated')).map(({ after }) => after)).toEqual([
      { futureDays: 30 },
      { isSyncEnabled: false, status: 'paused' },
      { isSyncEnabled: true, status: 'active' },
    ]);
  });

  it('allow as many accounts per person and provider as the tenant says', async () => {
    const small = await makeTenant(test, { name: 'Small' });
    await connect(test, small, { email: 'ada@acme.example' });
    await connect(test, small, { email: 'bea@acme.example' });
    expect((await test.request('GET', '/v1/connections', { key: small.key })).body.data).toHaveLength(2);
    const pending = await consentOnly((await authorize(test, small, { email: 'cem@acme.example' })).authorize_url);
    const { body: settings } = await test.request('GET', '/v1/settings', { key: small.key });
    const { version: _, ...input } = settings;
    const saved = await test.request('PUT', '/v1/settings', {
      key: small.key,
      body: { ...input, connections: { max_per_user_per_provider: 2 } },
    });
    expect(saved.status).toBe(200);
    const third = await test.request('POST', '/v1/connections/authorize', {
      key: small.key,
      body: { provider: 'google', user_id: small.owner.id },
    });
    expect([third.status, third.body.code]).toEqual([409, 'connection-limit']);
    expect((await goBack(test, pending)).searchParams.get('code')).toBe('connection-limit');
    // The same account again is no further connection.
    const again = await consent(
      test,
      (
        await test.request(
          'POST',
          `/v1/connections/${(await test.request('GET', '/v1/connections', { key: small.key })).body.data[0].id}/reauthorize`,
          { key: small.key, body: {} },
        )
      ).body.authorize_url,
    );
    expect(again.searchParams.get('outcome')).toBe('connected');
  });
});

/** A moment some days from now, on a full hour UTC. */
function at(days: number, hour: number): { dateTime: string } {
  const day = new Date(Math.floor(test.clock.now() / 86_400_000 + days) * 86_400_000).toISOString().slice(0, 10);
  return { dateTime: `${day}T${String(hour).padStart(2, '0')}:00:00Z` };
}
