import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandbox } from '@daymark/sandbox';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from './configuration-error.ts';
import { readConfiguration } from './config.ts';

const key = `k1:${randomBytes(32).toString('base64url')}`;
const demo = { DATABASE_URL: 'postgres://owner:pw@localhost/daymark', DAYMARK_ENCRYPTION_KEYS: key };
const production = {
  ...demo,
  DAYMARK_MODE: 'production',
  DAYMARK_PUBLIC_URL: 'https://cal.corp.example',
  SMTP_URL: 'smtps://u:p@mail.corp.example',
  DAYMARK_GOOGLE_CLIENT_ID: 'id',
  DAYMARK_GOOGLE_CLIENT_SECRET: 'GOCSPX-a-real-one',
};
const outlook = { DAYMARK_OUTLOOK_CLIENT_ID: 'id', DAYMARK_OUTLOOK_CLIENT_SECRET: '8Q~a-real-one' };

function faultsOf(env: Record<string, string | undefined>): string[] {
  try {
    readConfiguration(env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.faults.map(({ setting }) => setting);
  }
}

describe('the settings', () => {
  it('are complete with a database and a key', () => {
    expect(readConfiguration(demo)).toMatchObject({
      mode: 'demo',
      role: 'all',
      port: 3000,
      publicUrl: 'http://localhost:3000',
      allowsPrivateAddresses: true,
      google: null,
      outlook: null,
      sandboxCa: null,
    });
    expect(readConfiguration(production)).toMatchObject({
      mode: 'production',
      allowsPrivateAddresses: false,
      publicUrl: 'https://cal.corp.example',
    });
  });

  it('are refused with every fault at once, each with its fix', () => {
    const env = {
      DATABASE_URL: 'mysql://x',
      PORT: 'eighty',
      DAYMARK_ROLE: 'boss',
      DAYMARK_PUBLIC_URL: 'cal.corp.example',
      DAYMARK_GOOGLE_CLIENT_ID: 'id',
    };
    expect(faultsOf(env).sort()).toEqual([
      'DATABASE_URL',
      'DAYMARK_ENCRYPTION_KEYS',
      'DAYMARK_GOOGLE_CLIENT_SECRET',
      'DAYMARK_PUBLIC_URL',
      'DAYMARK_ROLE',
      'PORT',
    ]);
    expect(() => readConfiguration(env)).toThrow(
      /6 settings are wrong[\s\S]*DAYMARK_ENCRYPTION_KEYS is not set[\s\S]*Fix: run `npm run keys -- generate`/,
    );
  });

  it('of production are refused with every fault at once, whichever check finds it', () => {
    const env = {
      DAYMARK_MODE: 'production',
      DATABASE_URL: 'mysql://x',
      PORT: 'abc',
      DAYMARK_PUBLIC_URL: 'http://cal.corp.example',
      DAYMARK_TRUST_PROXY: 'true',
      DAYMARK_GOOGLE_CLIENT_SECRET: 'changeme',
      DAYMARK_GOOGLE_TOKEN_URL: 'nowhere',
    };
    expect(faultsOf(env).sort()).toEqual([
      'DATABASE_URL',
      'DAYMARK_ENCRYPTION_KEYS',
      'DAYMARK_GOOGLE_CLIENT_ID',
      'DAYMARK_GOOGLE_CLIENT_SECRET',
      'DAYMARK_GOOGLE_TOKEN_URL',
      'DAYMARK_PUBLIC_URL',
      'DAYMARK_TRUST_PROXY',
      'PORT',
      'SMTP_URL',
    ]);
  });

  it('F24 are refused without a key, or with one that is not 32 bytes', () => {
    for (const value of [undefined, 'secret', 'k1:short', `${key},${key}`, `k1:${'x'.repeat(44)}`])
      expect(faultsOf({ ...demo, DAYMARK_ENCRYPTION_KEYS: value })).toContain('DAYMARK_ENCRYPTION_KEYS');
  });

  it.each([
    ['SEC-06 a plain http address', { DAYMARK_PUBLIC_URL: 'http://cal.corp.example' }, 'DAYMARK_PUBLIC_URL'],
    ['SEC-06 no address', { DAYMARK_PUBLIC_URL: undefined }, 'DAYMARK_PUBLIC_URL'],
    ['SEC-09 a default key', { DAYMARK_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString('base64url')}` }, 'DAYMARK_ENCRYPTION_KEYS'],
    ['SEC-09 the key of the demo', { DAYMARK_ENCRYPTION_KEYS: key.replace('k1', 'demo-1') }, 'DAYMARK_ENCRYPTION_KEYS'],
    ['SEC-09 a default client secret', { DAYMARK_GOOGLE_CLIENT_SECRET: 'changeme' }, 'DAYMARK_GOOGLE_CLIENT_SECRET'],
    ['SEC-09 the sandbox', { DAYMARK_SANDBOX_CONTROL_URL: 'http://localhost:4490' }, 'DAYMARK_SANDBOX_CONTROL_URL'],
    [
      'SEC-09 a default secret of another client',
      { ...outlook, DAYMARK_OUTLOOK_CLIENT_SECRET: 'new,changeme' },
      'DAYMARK_OUTLOOK_CLIENT_SECRET',
    ],
    ['SEC-06 a provider over plain http', { DAYMARK_GOOGLE_TOKEN_URL: 'http://proxy.corp.example/token' }, 'DAYMARK_GOOGLE_TOKEN_URL'],
    ['SEC-06 another over plain http', { ...outlook, DAYMARK_OUTLOOK_LOGIN_URL: 'http://proxy.corp.example' }, 'DAYMARK_OUTLOOK_LOGIN_URL'],
    ['SEC-09 the authority of the sandbox', { DAYMARK_SANDBOX_CA_FILE: '/etc/ssl/cert.pem' }, 'DAYMARK_SANDBOX_CA_FILE'],
    ['no mail server', { SMTP_URL: undefined }, 'SMTP_URL'],
  ])('of production are refused with %s', (_, changes, setting) => {
    expect(faultsOf({ ...production, ...changes })).toContain(setting);
  });

  it('of Outlook are for all accounts unless a directory is named, with as many secrets as are given', () => {
    const read = (env: Record<string, string>) => readConfiguration({ ...production, ...outlook, ...env }).outlook;
    expect(read({})).toMatchObject({
      clientId: 'id',
      tenant: 'common',
      loginUrl: 'https://login.microsoftonline.com',
      graphUrl: 'https://graph.microsoft.com',
    });
    const both = read({ DAYMARK_OUTLOOK_CLIENT_SECRET: '8Q~new, 8Q~old', DAYMARK_OUTLOOK_TENANT: 'acme.onmicrosoft.com' });
    expect(both).toMatchObject({ tenant: 'acme.onmicrosoft.com' });
    expect(both?.clientSecrets.map((secret) => secret.reveal())).toEqual(['8Q~new', '8Q~old']);
    expect(faultsOf({ ...demo, DAYMARK_OUTLOOK_CLIENT_ID: 'id' })).toEqual(['DAYMARK_OUTLOOK_CLIENT_SECRET']);
    expect(faultsOf({ ...demo, ...outlook, DAYMARK_OUTLOOK_CLIENT_SECRET: ' , ' })).toEqual(['DAYMARK_OUTLOOK_CLIENT_SECRET']);
    expect(faultsOf({ ...demo, ...outlook, DAYMARK_OUTLOOK_TENANT: '../common' })).toEqual(['DAYMARK_OUTLOOK_TENANT']);
  });

  it('of a demo take the authority of the sandbox, and no other file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'daymark-ca-'));
    const sandbox = await startSandbox({ dataDir: folder, microsoftTls: true });
    await sandbox.close();
    expect(readConfiguration({ ...demo, DAYMARK_SANDBOX_CA_FILE: join(folder, 'sandbox-ca.pem') }).sandboxCa).toBe(sandbox.caPem);
    for (const file of ['sandbox-ca.json', 'missing.pem'])
      expect(faultsOf({ ...demo, DAYMARK_SANDBOX_CA_FILE: join(folder, file) })).toEqual(['DAYMARK_SANDBOX_CA_FILE']);
    await rm(folder, { recursive: true });
  });

  it('SEC-06 of production allow plain http for localhost', () => {
    expect(faultsOf({ ...production, DAYMARK_PUBLIC_URL: 'http://localhost:3000' })).toEqual([]);
  });

  it.each([
    [undefined, ['loopback']],
    ['0', 0],
    ['2', 2],
    ['loopback, 10.0.0.0/8,fd00::/8,192.0.2.7', ['loopback', '10.0.0.0/8', 'fd00::/8', '192.0.2.7']],
    ['linklocal,uniquelocal', ['linklocal', 'uniquelocal']],
  ])('take %s for the proxies in front', (given, trustedProxies) => {
    expect(readConfiguration({ ...production, DAYMARK_TRUST_PROXY: given })).toMatchObject({ trustedProxies });
  });

  it.each([
    'true',
    'yes',
    'nginx',
    '*',
    '11',
    '1,loopback',
    'loopback,',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.1/',
    '-1',
  ])('refuse %s for the proxies in front, with the other faults and what to write', (given) => {
    for (const env of [demo, production]) {
      expect(faultsOf({ ...env, DAYMARK_TRUST_PROXY: given, PORT: 'eighty' }).sort()).toEqual(['DAYMARK_TRUST_PROXY', 'PORT']);
    }
    expect(() => readConfiguration({ ...demo, DAYMARK_TRUST_PROXY: given })).toThrow(/Fix: write how many proxies stand in front/);
  });

  it('take origins as browsers send them, and nothing that could never match', () => {
    const given = 'https://crm.example, http://localhost:5173';
    expect(readConfiguration({ ...demo, DAYMARK_CORS_ORIGINS: given }).corsOrigins).toEqual([
      'https://crm.example',
      'http://localhost:5173',
    ]);
    for (const wrong of [
      '*',
      'null',
      'crm.example',
      'https://crm.example/',
      'https://CRM.example',
      'https://crm.example:443',
      'ftp://crm.example',
    ])
      expect(faultsOf({ ...demo, DAYMARK_CORS_ORIGINS: wrong }), wrong).toEqual(['DAYMARK_CORS_ORIGINS']);
  });

  it('refuse to send people or secrets to what is no web address', () => {
    for (const setting of ['AUTHORIZE', 'TOKEN', 'REVOKE', 'USERINFO', 'API'].map((name) => `DAYMARK_GOOGLE_${name}_URL`))
      expect(faultsOf({ ...production, [setting]: 'javascript:alert(1)' })).toEqual([setting]);
  });

  it('F24 print no secret', () => {
    const printed = JSON.stringify(readConfiguration(production));
    for (const secret of ['owner:pw', key.slice(3), 'GOCSPX', 'u:p@']) expect(printed).not.toContain(secret);
  });
});
