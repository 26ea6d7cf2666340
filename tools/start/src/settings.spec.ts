import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureDataFolder } from './data-folder.ts';
import { apiEnvironment, ensureSecrets, readSettings, sandboxArguments } from './settings.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'daymark-start-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('settings of a start', () => {
  it.each([
    [{}, 'demo', true],
    [{ DAYMARK_GOOGLE_CLIENT_ID: 'mine' }, 'development', false],
    [{ DAYMARK_OUTLOOK_CLIENT_ID: 'mine' }, 'development', false],
    [{ DAYMARK_ANOTHER_CLIENT_ID: 'mine' }, 'development', false],
    [{ DAYMARK_ANOTHER_CLIENT_ID: '' }, 'demo', true],
    [{ DAYMARK_MODE: 'demo', DAYMARK_GOOGLE_CLIENT_ID: 'mine' }, 'demo', true],
    [{ DAYMARK_MODE: 'production' }, 'production', false],
  ])('%o starts in mode %s, with the sandbox: %s', (env, mode, hasSandbox) => {
    const settings = readSettings(env, { root: folder });
    expect([settings.mode, settings.sandbox !== null]).toEqual([mode, hasSandbox]);
  });

  it('puts the sandbox on the ports after its own and keeps data below the project by default', () => {
    expect(readSettings({ PORT: '4000' }, { root: '/project' })).toMatchObject({
      port: 4000,
      dataDir: '/project/.daymark',
      sandbox: { google: 4001, smtp: 4002, control: 4003, microsoft: 4004 },
    });
  });

  it.each(['abc', '0', '65532', '1.5'])('refuses PORT=%s with what to do', (port) => {
    const { faults } = readSettings({ PORT: port }, { root: folder });
    expect(faults).toEqual([expect.objectContaining({ setting: 'PORT', exitCode: 78, fix: expect.stringContaining('set PORT') })]);
  });

  it('makes secrets once, readable by their owner only, and different for each installation', () => {
    const dataDir = join(folder, 'data');
    ensureDataFolder(dataDir);
    const secrets = ensureSecrets(dataDir);
    expect(ensureSecrets(dataDir)).toEqual(secrets);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(secrets.encryptionKeys).toMatch(/^demo-[0-9a-f]{6}:[A-Za-z0-9_-]{43}$/);
    expect(ensureSecrets(folder)).not.toEqual(secrets);
  });

  it('adds to a folder from before what it lacks, and keeps what it has', () => {
    const old = { encryptionKeys: 'demo-0:k', googleClientId: 'g', googleClientSecret: 's' };
    writeFileSync(join(folder, 'secrets.json'), JSON.stringify(old));
    const secrets = ensureSecrets(folder);
    expect(secrets).toMatchObject({ ...old, outlookClientId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) });
    expect(ensureSecrets(folder)).toEqual(secrets);
  });

  it('never replaces secrets that it cannot read', () => {
    writeFileSync(join(folder, 'secrets.json'), '{ broken');
    expect(() => ensureSecrets(folder)).toThrow(/cannot be read/);
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).toBe('{ broken');
  });

  it('points the product at the sandbox in demo mode, where what is set by hand wins', () => {
    const settings = readSettings({ PORT: '4000' }, { root: folder });
    const secrets = ensureSecrets(folder);
    const env = { DAYMARK_GOOGLE_API_URL: 'http://proxy/', DAYMARK_MAIL_FROM: '', DATABASE_URL: 'postgres://elsewhere/x' };
    const given = apiEnvironment(settings, { env, secrets, databaseUrl: 'postgres://here/daymark' });
    expect(given).toMatchObject({
      DAYMARK_MODE: 'demo',
      DAYMARK_GOOGLE_TOKEN_URL: 'http://127.0.0.1:4001/token',
      DAYMARK_GOOGLE_API_URL: 'http://proxy/',
      DAYMARK_OUTLOOK_CLIENT_ID: secrets.outlookClientId,
      DAYMARK_OUTLOOK_LOGIN_URL: 'https://127.0.0.1:4004',
      DAYMARK_OUTLOOK_GRAPH_URL: 'https://127.0.0.1:4004',
      DAYMARK_OUTLOOK_TENANT: 'common',
      DAYMARK_SANDBOX_CA_FILE: join(folder, '.daymark', 'sandbox', 'sandbox-ca.pem'),
      SMTP_URL: 'smtp://127.0.0.1:4002',
      DAYMARK_SANDBOX_CONTROL_URL: 'http://127.0.0.1:4003',
      DATABASE_URL: 'postgres://here/daymark',
    });
    expect(given).not.toHaveProperty('DAYMARK_MAIL_FROM');
  });

  it('tells the sandbox where each service takes people back to', () => {
    const settings = readSettings({ PORT: '4000' }, { root: folder });
    const given = sandboxArguments(settings, { env: { DAYMARK_PUBLIC_URL: 'https://cal.example/' }, secrets: ensureSecrets(folder) });
    const of = (option: string) => given.filter((_, index) => given[index - 1] === option);
    expect(of('--microsoft-redirect-uri')).toEqual([
      ...['https://cal.example/oauth/outlook/callback', 'https://cal.example/auth/outlook/callback'],
      ...['http://127.0.0.1:4000/oauth/outlook/callback', 'http://127.0.0.1:4000/auth/outlook/callback'],
    ]);
    expect(of('--redirect-uri')).toContain('https://cal.example/oauth/google/callback');
    expect([of('--port'), of('--microsoft-port')]).toEqual([['4001'], ['4004']]);
  });

  it('gives production neither sandbox nor made-up secrets', () => {
    const settings = readSettings({ DAYMARK_MODE: 'production' }, { root: folder });
    const given = apiEnvironment(settings, { env: {}, secrets: null, databaseUrl: 'postgres://here/daymark' });
    expect(Object.keys(given).filter((name) => /GOOGLE|OUTLOOK|SMTP|SANDBOX|KEYS/.test(name))).toEqual([]);
  });
});
