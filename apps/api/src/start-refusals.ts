import type { Secret } from '@daymark/domain';
import { readConfiguration, readDatabaseUrl } from './config/config.ts';
import { ConfigurationError, type ConfigurationFault } from './config/configuration-error.ts';
import { databaseFault, type DatabaseFault } from './config/database-fault.ts';
import { holdsDaymark } from './database/probe.ts';

/** EX_CONFIG of sysexits.h: a supervisor need not try again. */
const BAD_CONFIGURATION = 78;
/** EX_UNAVAILABLE of sysexits.h: the database does not answer, which may pass. */
const NO_DATABASE = 69;

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
    const faults = [...error.faults, ...(await databaseFaults(databaseUrl))];
    return { message: new ConfigurationError(faults).message, exitCode: BAD_CONFIGURATION };
  }
  const fault = databaseUrl === null ? null : databaseFault(error, databaseUrl.reveal());
  if (fault === null) return null;
  return { message: new ConfigurationError([fault]).message, exitCode: fault.isPassing ? NO_DATABASE : BAD_CONFIGURATION };
}

/** What a start would refuse, without starting. */
export async function findFaults(env?: Readonly<Record<string, string | undefined>>): Promise<readonly ConfigurationFault[]> {
  const faults = await databaseFaults(readDatabaseUrl(env));
  try {
    readConfiguration(env);
    return faults;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return [...error.faults, ...faults];
  }
}

async function databaseFaults(url: Secret | null): Promise<readonly DatabaseFault[]> {
  if (url === null) return [];
  try {
    await holdsDaymark(url);
    return [];
  } catch (error) {
    const fault = databaseFault(error, url.reveal());
    return fault === null ? [] : [fault];
  }
}
