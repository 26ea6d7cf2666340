import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProviders } from '../src/config/provider-settings.ts';
import { makeTenant, type TestTenant } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

/** Run by `npm run prove:new-provider` among the tests of the api, in a workspace whose generated providers are installed. */
const providers = process.env['DAYMARK_PROVEN_PROVIDERS']!.split(' ').map((id) => {
  const prefix = `DAYMARK_${id.toUpperCase().replaceAll('-', '_')}`;
  const settings = {
    [`${prefix}_CLIENT_ID`]: 'client-1',
    [`${prefix}_CLIENT_SECRET`]: 'secret-1,secret-0',
    [`${prefix}_AUTHORIZE_URL`]: 'https://calendar.example/authorize',
    [`${prefix}_TOKEN_URL`]: 'https://calendar.example/token',
    [`${prefix}_API_URL`]: 'https://calendar.example/api',
  };
  return { id, prefix, settings };
});

describe.each([
  { how: 'without settings', env: {}, configured: false },
  { how: 'with their settings', env: Object.assign({}, ...providers.map(({ settings }) => settings)), configured: true },
])('the api $how of new providers', ({ env, configured }) => {
  let test: TestApp;
  let tenant: TestTenant;
  beforeAll(async () => {
    test = await startTestApp({ configuration: readProviders(env).options });
    tenant = await makeTenant(test);
  }, 60_000);
  afterAll(() => test?.close());

  it.each(providers)(`starts and shows $id as ${configured ? 'configured' : 'not configured'}`, async ({ id }) => {
    const { status, body } = await test.request('GET', '/v1/providers', { key: tenant.key });
    expect(status).toBe(200);
    const reason = configured ? null : expect.stringContaining('client secret');
    expect(body.data).toContainEqual(expect.objectContaining({ id, configured, reason, capabilities: [] }));
  });

  it.each(providers)(`${configured ? 'sends people to the page of consent' : 'sends nobody to the page'} of $id`, async ({ id }) => {
    const { status, body } = await test.request('POST', '/v1/connections/authorize', {
      key: tenant.key,
      body: { provider: id, user_id: tenant.owner.id },
    });
    if (configured) expect(body.data[0].authorize_url).toMatch(/^https:\/\/calendar\.example\/authorize\?.*client_id=client-1/);
    else expect([status, body.code]).toEqual([409, 'provider-not-configured']);
  });
});

describe.each(providers)('the settings of $id', ({ prefix, settings }) => {
  it('are needed all together, and named one by one', () => {
    expect(readProviders(settings).faults).toEqual([]);
    const { faults } = readProviders({ ...settings, [`${prefix}_CLIENT_SECRET`]: undefined, [`${prefix}_API_URL`]: 'nowhere' });
    expect(faults.map(({ setting, cause }) => [setting, cause])).toEqual([
      [`${prefix}_CLIENT_SECRET`, expect.stringContaining('is not set')],
      [`${prefix}_API_URL`, 'must be an http(s) URL'],
    ]);
  });

  it('are refused in production when tokens would travel unprotected, or everybody knows the secret', () => {
    const open = { ...settings, DAYMARK_MODE: 'production', [`${prefix}_TOKEN_URL`]: 'http://calendar.example/token' };
    const { faults } = readProviders({ ...open, [`${prefix}_CLIENT_SECRET`]: 'changeme' });
    expect(faults.map(({ setting }) => setting)).toEqual([`${prefix}_CLIENT_SECRET`, `${prefix}_TOKEN_URL`]);
  });
});
