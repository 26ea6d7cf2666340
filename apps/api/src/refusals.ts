import { Client } from 'pg';
import type { Secret } from '@daymark/domain';
import { readDatabaseUrl } from './config/config.ts';
import { ConfigurationError, type ConfigurationFault } from './config/configuration-error.ts';
import { databaseFault, type DatabaseFault } from './config/database-fault.ts';

/** EX_CONFIG of sysexits.h: a supervisor need not try again. */
const BAD_CONFIGURATION = 78;
/** EX_UNAVAILABLE of sysexits.h: the database does not answer, which may pass. */
const NO_DATABASE = 69;
const CONNECT_WITHIN_MS = 5_000;

/** What is printed instead of a stack trace, and how the process leaves. */
export interface Refusal {
  readonly message: string;
  readonly exitCode: typeof BAD_CONFIGURATION | typeof NO_DATABASE;
}

/** Does the work; when settings or database do not allow it, says everything that is wrong with them and leaves. */
export async function orLeave<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const refusal = await refusalOf(error, { databaseUrl: readDatabaseUrl() });
    if (refusal === null) throw error;
    process.stderr.write(`${refusal.message}\n`);
    process.exit(refusal.exitCode);
  }
}

/** Null for an error that is no refusal. Wrong settings are told together with a database that cannot be used. */
export async function refusalOf(error: unknown, { databaseUrl }: { readonly databaseUrl: Secret | null }): Promise<Refusal | null> {
  if (error instanceof ConfigurationError) {
    const found = databaseUrl === null ? null : await tryDatabase(databaseUrl);
    return { message: new ConfigurationError([...error.faults, ...(found === null ? [] : [found])]).message, exitCode: BAD_CONFIGURATION };
  }
  const fault = databaseUrl === null ? null : databaseFault(error, databaseUrl.reveal());
  return fault === null ? null : { message: messageOf(fault), exitCode: fault.isPassing ? NO_DATABASE : BAD_CONFIGURATION };
}

function messageOf(fault: ConfigurationFault): string {
  return new ConfigurationError([fault]).message;
}

async function tryDatabase(url: Secret): Promise<DatabaseFault | null> {
  const client = new Client({ connectionString: url.reveal(), connectionTimeoutMillis: CONNECT_WITHIN_MS });
  try {
    await client.connect();
    return null;
  } catch (error) {
    return databaseFault(error, url.reveal());
  } finally {
    await client.end();
  }
}
