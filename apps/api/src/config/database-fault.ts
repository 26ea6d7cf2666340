import type { ConfigurationFault } from './configuration-error.ts';

/** What keeps a start from its database, in words for whoever set `DATABASE_URL`. */
export interface DatabaseFault extends ConfigurationFault {
  /** False when only a person can put it right; true when the server may just be starting, so that trying again may help. */
  readonly isPassing: boolean;
}

const SETTING = 'DATABASE_URL';
const NO_ANSWER = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'ETIMEDOUT',
  'EPIPE',
]);
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: starting up, shutting down, too many connections. */
const NOT_NOW = new Set(['57P01', '57P02', '57P03', '53300']);
const LOGIN_REFUSED = new Set(['28000', '28P01']);
const NO_DATABASE = '3D000';
const LACKS_RIGHTS = '42501';

/** What an error of connecting or migrating means; null for one that has nothing to do with the setting. Shows no password. */
export function databaseFault(error: unknown, url: string): DatabaseFault | null {
  const { code = '', message = '', errors = [] } = error as { code?: string; message?: string; errors?: readonly unknown[] };
  // Node tries each address of a name and tells of all of them together.
  if (error instanceof AggregateError && code === '' && errors.length > 0) return databaseFault(errors[0], url);
  const { server, database, login } = placeOf(url);
  const at = `the database at ${server}`;
  if (NO_ANSWER.has(code) || /timeout|Connection terminated/.test(message))
    return fault(
      `leads nowhere: ${at} does not answer${code === '' ? '' : ` (${code})`}`,
      'check DATABASE_URL, and whether the server runs',
      true,
    );
  if (NOT_NOW.has(code)) return fault(`cannot be used now: ${at} says '${message}'`, 'wait until it takes connections', true);
  if (LOGIN_REFUSED.has(code) || /SASL|password must be a string/.test(message))
    return fault(`is not right: ${at} refuses the login '${login}'`, 'check user and password in DATABASE_URL', false);
  if (code === NO_DATABASE)
    return fault(
      `is not right: ${at} has no database '${database}'`,
      `make it (CREATE DATABASE "${database}" OWNER "${login}"), or name another in DATABASE_URL`,
      false,
    );
  if (code === LACKS_RIGHTS)
    return fault(
      `is not enough: the login '${login}' may not do what a start has to do (${message})`,
      `use a login that owns the database and may create roles (ALTER ROLE "${login}" CREATEROLE)`,
      false,
    );
  if (/SSL|certificate/i.test(message))
    return fault(
      `is not right: no protected connection to ${at} (${message})`,
      'check sslmode in DATABASE_URL, and the certificate of the server',
      false,
    );
  if (/too old/.test(message)) return fault(`is not right: ${message}`, 'name a newer server in DATABASE_URL', false);
  return null;
}

function fault(cause: string, fix: string, isPassing: boolean): DatabaseFault {
  return { setting: SETTING, cause, fix, isPassing };
}

function placeOf(url: string): { server: string; database: string; login: string } {
  const { hostname, port, pathname, username } = new URL(url);
  const login = decodeURIComponent(username);
  return { server: `${hostname || 'localhost'}:${port || '5432'}`, database: decodeURIComponent(pathname.slice(1)) || login, login };
}
