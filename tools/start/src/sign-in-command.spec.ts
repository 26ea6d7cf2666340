import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startPostgres } from '@daymark/postgres';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rememberMode } from './data-folder.ts';
import { answers } from './ports.ts';
import { runSignIn } from './sign-in-command.ts';

/** A stand-in for the product's part notes what it was given, and whether the database listened then. */
let root: string;
const data = () => join(root, 'data');
const given = () =>
  JSON.parse(readFileSync(join(root, 'given.json'), 'utf8')) as { args: string[]; env: Record<string, string>; listens: boolean };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'daymark-sign-in-spec-'));
  const script = join(root, 'apps/api/dist/sign-in.js');
  mkdirSync(dirname(script), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    script,
    `import { connect } from 'node:net';
     import { writeFileSync } from 'node:fs';
     const { hostname, port } = new URL(process.env.DATABASE_URL);
     const listens = await new Promise((resolve) => connect(Number(port), hostname).once('connect', () => resolve(true)).once('error', () => resolve(false)));
     writeFileSync(${JSON.stringify(join(root, 'given.json'))}, JSON.stringify({ args: process.argv.slice(2), env: process.env, listens }));
     process.exit(3);`,
  );
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function signIn(args: string[], env: Record<string, string> = {}): Promise<number> {
  return runSignIn(args, { root, env: { PATH: process.env['PATH'] ?? '', DAYMARK_DATA: data(), ...env }, say: () => undefined });
}

it('asks the product on the database that runs, or brings it up for the time, in the mode of the folder', { timeout: 60_000 }, async () => {
  const product = await startPostgres({ dataDir: join(data(), 'postgres') });
  rememberMode(data(), 'development');
  expect(await signIn(['you@corp.example', '--tenant', 'corp'])).toBe(3);
  expect(given()).toMatchObject({
    args: ['you@corp.example', '--tenant', 'corp'],
    env: { DAYMARK_MODE: 'development', DATABASE_URL: product.url },
    listens: true,
  });
  expect(await product.isAlive()).toBe(true);
  await product.stop();

  expect(await signIn(['you@corp.example'])).toBe(3);
  expect(given().listens).toBe(true);
  expect(await answers(Number(new URL(given().env['DATABASE_URL']!).port), '127.0.0.1')).toBe(false);
});

it('uses the server that is named, and leaves no secrets or folders behind', async () => {
  const url = 'postgres://owner:secret@127.0.0.1:9/daymark';
  await signIn(['you@corp.example'], {
    DATABASE_URL: url,
    DAYMARK_PUBLIC_URL: 'https://cal.corp.example',
    DAYMARK_GOOGLE_CLIENT_ID: 'mine',
  });
  expect(given().env).toMatchObject({ DATABASE_URL: url, DAYMARK_PUBLIC_URL: 'https://cal.corp.example', DAYMARK_MODE: 'development' });
  expect(existsSync(data())).toBe(false);
});

it.each(['DAYMARK_GOOGLE_CLIENT_ID', 'DAYMARK_OUTLOOK_CLIENT_ID'])(
  'goes by what is set, not by the folder, when %s is',
  async (setting) => {
    mkdirSync(data());
    rememberMode(data(), 'demo');
    await signIn(['you@corp.example'], { DATABASE_URL: 'postgres://owner:secret@127.0.0.1:9/daymark', [setting]: 'mine' });
    expect(given().env['DAYMARK_MODE']).toBe('development');
  },
);

it('says where it looked when there is no database', async () => {
  await expect(signIn(['you@corp.example'])).rejects.toMatchObject({
    message: `there is no database in ${data()}`,
    fix: 'set DAYMARK_DATA to the folder of the product, or DATABASE_URL',
  });
});
