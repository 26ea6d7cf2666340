import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { testDatabases } from './test-databases.ts';

describe('databases for tests', () => {
  it('gives each test its own copy of a template that is made once, from many workers at once', async () => {
    let migrations = 0;
    const workers = Array.from({ length: 4 }, () =>
      testDatabases({
        key: `spec-${process.pid}`,
        async migrate(url) {
          migrations += 1;
          await query(url, 'CREATE TABLE things (id int); INSERT INTO things VALUES (1)');
        },
      }),
    );
    const databases = await Promise.all([...workers, ...workers].map((worker) => worker.cloneDatabase()));
    await query(databases[0]!.url, 'DELETE FROM things');
    const counts = await Promise.all(
      databases.map(async ({ url }) => (await query(url, 'SELECT count(*)::int AS n FROM things')).rows[0]?.['n']),
    );
    expect(migrations).toBe(1);
    expect(counts).toEqual([0, 1, 1, 1, 1, 1, 1, 1]);
    await Promise.all(databases.map((database) => database.drop()));
    await expect(query(databases[1]!.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
  });

  it('makes the template again after a migration that failed', async () => {
    let isBroken = true;
    const options = {
      key: `broken-${process.pid}`,
      async migrate(url: string) {
        await query(url, 'CREATE TABLE half (id int)');
        if (isBroken) throw new Error('no');
      },
    };
    await expect(testDatabases(options).cloneDatabase()).rejects.toThrow('no');
    isBroken = false;
    const database = await testDatabases(options).cloneDatabase();
    expect((await query(database.url, 'SELECT * FROM half')).rows).toEqual([]);
    await database.drop();
  });
});

async function query(url: string, text: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query<Record<string, unknown>>(text);
  } finally {
    await client.end();
  }
}
