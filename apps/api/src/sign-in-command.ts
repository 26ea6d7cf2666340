import { parseArgs } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { AppModule } from './app.module.ts';
import type { Configuration } from './config/config.ts';
import { sqlState } from './database/database.ts';
import { holdsDaymark } from './database/probe.ts';
import { SignInLinkError, SignInLinks, type MadeLink } from './identity/sign-in-links.ts';

const USAGE = 'npm run sign-in -- ADDRESS [--tenant SHORT-NAME]';
/** A table, a function or a column that this version knows is not there. */
const OTHER_VERSION = new Set(['42P01', '42883', '42703']);

/** What is added to the product for the time of the command. */
class SignInCommandModule {}

/**
 * Makes a link for one address, beside a product that runs or not, with its roles and doors; migrates nothing.
 * @returns what to print. @throws SignInLinkError, or what keeps it from the database
 */
export async function runSignInCommand(args: readonly string[], configuration: Configuration): Promise<string> {
  const { email, tenant } = readArguments(args);
  // Asked before Nest connects, which would try again and again.
  if (!(await holdsDaymark(configuration.databaseUrl)))
    throw new SignInLinkError('the database holds no Daymark yet', {
      fix: 'start Daymark once; the first start prints a link for DAYMARK_OWNER_EMAIL',
    });
  return describeLink(await withProduct(configuration, (links) => links.make(email, { tenant })));
}

function readArguments(args: readonly string[]): { email: string; tenant: string | null } {
  const usage = (cause: string) => new SignInLinkError(cause, { fix: `use ${USAGE}` });
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: { tenant: { type: 'string' } }, allowPositionals: true });
    const [email, ...more] = positionals;
    if (email === undefined || more.length > 0) throw usage('it is not said whom the link is for');
    if (!z.email().safeParse(email).success) throw usage(`'${email}' is no mail address`);
    return { email, tenant: values.tenant ?? null };
  } catch (error) {
    if (error instanceof TypeError) throw usage(error.message);
    throw error;
  }
}

async function withProduct<T>(configuration: Configuration, task: (links: SignInLinks) => Promise<T>): Promise<T> {
  const app = await NestFactory.createApplicationContext(
    {
      module: SignInCommandModule,
      imports: [AppModule.with({ ...configuration, role: 'web', databasePool: 2, logLevel: 'error' })],
      providers: [SignInLinks],
    },
    { logger: ['error', 'fatal'], abortOnError: false },
  );
  try {
    return await task(app.get(SignInLinks));
  } catch (error) {
    if (!OTHER_VERSION.has(sqlState(error) ?? '')) throw error;
    throw new SignInLinkError('the database is of another version than this Daymark', { fix: 'start this version once, then try again' });
  } finally {
    await app.close();
  }
}

function describeLink({ url, user }: MadeLink): string {
  return [
    `Signs ${user.email} in to ${user.tenantName} (${user.tenantSlug}, ${user.role}), once, within a day:`,
    '',
    `  ${url.reveal()}`,
    '',
  ].join('\n');
}
