import { Client } from 'pg';
import type { Secret } from '@daymark/domain';

const CONNECT_WITHIN_MS = 5_000;

/** Whether Daymark ever started on a database; asked with one connection, which does not try again. @throws what pg says when it cannot be used */
export async function holdsDaymark(url: Secret): Promise<boolean> {
  const client = new Client({ connectionString: url.reveal(), connectionTimeoutMillis: CONNECT_WITHIN_MS });
  try {
    await client.connect();
    const { rows } = await client.query<{ is_there: boolean }>(`SELECT to_regclass('public.sign_in_links') IS NOT NULL AS is_there`);
    return rows[0]!.is_there;
  } finally {
    await client.end();
  }
}
