import { Client } from 'pg';
import type { TestApp } from './test-app.ts';

/** SQL as nobody in the product can run it: past row-level security. */
export async function adminQuery<Row>(test: TestApp, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: test.database.adminUrl });
  await client.connect();
  try {
    return (await client.query(text, values)).rows as Row[];
  } finally {
    await client.end();
  }
}
