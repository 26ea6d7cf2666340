import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Secret } from '@daymark/domain';
import { readConfiguration } from '../src/config/config.ts';
import { migrate } from '../src/database/migrate.ts';
import { findFaults, refusalOf } from '../src/start-refusals.ts';
import { freshDatabase } from './support/databases.ts';

/** As a start does it: what it would print and with which code it would leave. */
async function refusalFrom(databaseUrl: string, work: () => Promise<unknown> | unknown = () => migrate(new Secret(databaseUrl))) {
  try {
    await work();
    return null;
  } catch (error) {
    return refusalOf(error, { databaseUrl: new Secret(databaseUrl) });
  }
}

async function portWithoutServer(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a start without its database', () => {
  it('says which server does not answer, and that trying again may help', async () => {
    const port = await portWithoutServer();
    const refusal = await refusalFrom(`postgres://someone:hidden@127.0.0.1:${port}/daymark`);
    expect(refusal).toMatchObject({ exitCode: 69 });
    expect(refusal?.message).toContain(`the database at 127.0.0.1:${port} does not answer (ECONNREFUSED). Fix: check DATABASE_URL`);
    expect(refusal?.message).not.toContain('hidden');
    const byName = await refusalFrom(`postgres://someone:hidden@localhost:${port}/daymark`);
    expect(byName?.message).toContain(`the database at localhost:${port} does not answer`);
  });

  it('says that the login is refused, or that there is no such database, as settings to put right', async () => {
    const database = await freshDatabase();
    const wrong = new URL(database.url);
    wrong.password = 'guessed';
    expect(await refusalFrom(wrong.href)).toMatchObject({
      exitCode: 78,
      message: expect.stringContaining(`the database at ${wrong.host} refuses the login '${wrong.username}'`),
    });
    const missing = new URL(database.url);
    missing.pathname = '/nowhere';
    expect(await refusalFrom(missing.href)).toMatchObject({
      exitCode: 78,
      message: expect.stringContaining(`the database at ${wrong.host} has no database 'nowhere'`),
    });
    await database.drop();
  });

  it('is told of along with the settings that are wrong', async () => {
    const url = `postgres://someone@127.0.0.1:${await portWithoutServer()}/daymark`;
    const refusal = await refusalFrom(url, () => readConfiguration({ DATABASE_URL: url, PORT: 'abc' }));
    expect(refusal).toMatchObject({
      exitCode: 78,
      message: expect.stringMatching(/3 settings are wrong[\s\S]*PORT[\s\S]*does not answer/),
    });
    expect((await findFaults({ DATABASE_URL: url, PORT: 'abc' })).map(({ setting }) => setting).sort()).toEqual([
      'DATABASE_URL',
      'DAYMARK_ENCRYPTION_KEYS',
      'PORT',
    ]);
  });

  it('is no excuse for a fault of ours', async () => {
    expect(await refusalFrom('postgres://someone@127.0.0.1:1/daymark', () => Promise.reject(new TypeError('x is undefined')))).toBe(null);
  });
});
