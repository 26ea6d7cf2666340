import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from './support/test-app.ts';

const html = { headers: { accept: 'text/html' } };
let folder: string;
let test: TestApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daymark-admin-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Admin</title>');
  await writeFile(join(folder, 'favicon.svg'), '<svg/>');
  await writeFile(join(folder, 'assets', 'index-3f2a.js'), 'export {}');
  test = await startTestApp({ configuration: { role: 'web', adminDir: folder } });
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the admin app', () => {
  it.each(['/', '/connections', '/meetings/mtg_0190c2f4a7b87c3d9e10000000000001?tab=steps'])('is shown at %s', async (path) => {
    const { status, body, headers } = await test.request('GET', path, html);
    expect([status, body]).toEqual([200, '<!doctype html><title>Admin</title>']);
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('keeps its hashed files in the browser for a year, the others not', async () => {
    expect((await test.request('GET', '/assets/index-3f2a.js')).headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await test.request('GET', '/favicon.svg')).headers.get('cache-control')).toBe('public, max-age=0');
  });

  it.each(['/assets/gone.js', '/gone.png', '/v1/nonsense', '/auth/link/x', '/healthz/x'])(
    'is not shown instead of what is missing at %s',
    async (path) => {
      expect((await test.request('GET', path, html)).status).toBe(404);
    },
  );

  it.each(['/V1/USERS', '/v1/Users', '/Healthz', '/OPENAPI.json'])(
    'and the API agree on whose %s is: nobody’s of the API',
    async (path) => {
      const answer = await test.request('GET', path, { headers: { accept: 'application/json' } });
      expect(answer).toMatchObject({ status: 404, body: { code: 'not-found' } });
      const isOfApi = path.startsWith('/v1/') || path.endsWith('.json');
      expect((await test.request('GET', path, html)).status).toBe(isOfApi ? 404 : 200);
    },
  );

  it('is not given to programs', async () => {
    expect(await test.request('GET', '/connections', { headers: { accept: 'application/json' } })).toMatchObject({
      status: 404,
      body: { code: 'not-found' },
    });
    expect((await test.request('POST', '/connections', html)).status).toBe(404);
  });

  it('gives nothing from outside its folder', async () => {
    for (const path of ['/..%2f..%2fpackage.json', '/assets/..%2f..%2f..%2fetc%2fpasswd', '/.env'])
      expect((await test.request('GET', path, html)).body).not.toMatch(/root:|"name"/);
  });

  it('that is not built says how to build it', async () => {
    const bare = await startTestApp({ database: test.database, configuration: { role: 'web', adminDir: join(folder, 'nowhere') } });
    const page = await bare.request('GET', '/', html);
    expect(page.status).toBe(503);
    expect(page.body).toContain('npm run build');
    await bare.close();
  });
});
