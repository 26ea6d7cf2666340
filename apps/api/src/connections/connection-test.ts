import { Injectable } from '@nestjs/common';
import type { ConnectionTest } from '@daymark/api-contract';
import { addMilliseconds, Clock, formatInstant, isProblemCode, problemDefinition, UTC, DAY_MS } from '@daymark/domain';
import { ProviderError, type CalendarSession, type ProviderCalendar } from '@daymark/provider-contract';
import { ProviderUsage } from '../http/provider-usage.ts';
import { AccessTokens } from './access-tokens.ts';
import type { Connection } from './connection.ts';
import { ProviderCalls } from './provider-calls.ts';
import { problemOf } from './provider-problem.ts';

type Check = ConnectionTest['checks'][number];

const WITHOUT_LIST = 'Not looked at: the list of calendars is not known.';
const WITHOUT_TOKEN = 'Not looked at: there is no access token to ask with.';

/**
 * Looks at every part of a connection without changing anything, neither at the provider nor the state of the
 * connection. At most five calls (one for the token, three for the list with a token renewed by force, one for
 * busy times); without a token none further.
 */
@Injectable()
export class ConnectionTester {
  constructor(
    private readonly calls: ProviderCalls,
    private readonly tokens: AccessTokens,
    private readonly usage: ProviderUsage,
    private readonly clock: Clock,
  ) {}

  async test(connection: Connection): Promise<ConnectionTest> {
    const callsBefore = this.usage.calls;
    const token = await this.#check('token', () => this.#token(connection));
    const [proven, ...rest] = token.outcome === 'passed' ? await this.#withToken(connection, token) : [token, ...notLookedAt()];
    const checks = [proven, this.#scopes(connection), ...rest];
    return {
      ok: checks.every(({ outcome }) => outcome !== 'failed'),
      checks,
      provider_requests: this.usage.calls - callsBefore,
      tested_at: formatInstant(this.clock.now()),
    };
  }

  /** The token of an expired connection may look valid by its time: it is renewed by force, which tells whether the grant holds. */
  async #token({ tenantId, grantId, status }: Connection): Promise<string> {
    if (grantId === null) throw new ProviderError('unauthorized', 'The connection holds no access', { reason: 'no-grant' });
    if (status === 'expired') await this.tokens.renew(tenantId, grantId);
    else await this.tokens.valid(tenantId, grantId);
    return 'The access token is valid.';
  }

  /** The checks that ask the service; the token's own among them, since only the service knows whether it holds. */
  async #withToken(connection: Connection, token: Check): Promise<[Check, ...Check[]]> {
    const startedAt = this.clock.now();
    let calendars: readonly ProviderCalendar[];
    try {
      calendars = await this.calls.probe(connection, (session) => session.listCalendars());
    } catch (error) {
      const isRefused = error instanceof ProviderError && error.code === 'unauthorized';
      const what = {
        ...failed(isRefused ? 'token' : 'calendar_list', problemOf(error), this.clock.now()),
        duration_ms: this.clock.now() - startedAt,
      };
      if (isRefused) return [what, ...notLookedAt()];
      return [token, what, ...(['free_busy', 'write'] as const).map((check) => skipped(check, WITHOUT_LIST))];
    }
    const list = { ...passed('calendar_list', `${calendars.length} calendars can be seen.`), duration_ms: this.clock.now() - startedAt };
    const call = <T>(work: (session: CalendarSession) => Promise<T>): Promise<T> => this.calls.probeOnce(connection, work);
    return [token, list, await this.#freeBusy(call, calendars), this.#write(connection, calendars)];
  }

  #scopes({ missingScopes }: Connection): Check {
    if (missingScopes.length === 0) return passed('scopes', 'Every permission that this connection needs was granted.');
    const message = `Not permitted: ${missingScopes.map(({ capability }) => capability).join('; ')}.`;
    return failed('scopes', { code: 'scope-missing', message }, this.clock.now());
  }

  async #freeBusy(
    call: <T>(work: (session: CalendarSession) => Promise<T>) => Promise<T>,
    calendars: readonly ProviderCalendar[],
  ): Promise<Check> {
    const subject = calendars.find(({ primary }) => primary)?.id;
    if (subject === undefined) return skipped('free_busy', 'No calendar to ask about.');
    const start = this.clock.now();
    const isOffered = await call(async (session) => session.freeBusy !== undefined);
    if (!isOffered) return skipped('free_busy', 'The service does not offer it; busy times come from the mirror.');
    return this.#check('free_busy', async () => {
      const [answer] = await call((session) =>
        session.freeBusy!.read({ subjects: [subject], window: { start, end: addMilliseconds(start, DAY_MS) }, zone: UTC }),
      );
      if (answer === undefined || 'error' in answer)
        throw new ProviderError('forbidden', 'The busy times of the own calendar cannot be read', { reason: answer?.error.reason });
      return 'Busy times can be read.';
    });
  }

  /** A dry check: writing for the sake of a test would leave traces. */
  #write(connection: Connection, calendars: readonly ProviderCalendar[]): Check {
    if (connection.accessProfile !== 'read_write') return skipped('write', 'This connection was made for reading only.');
    const writable = calendars.filter(({ accessRole }) => accessRole === 'owner' || accessRole === 'writer');
    if (writable.length > 0 && connection.missingScopes.length === 0)
      return passed('write', `${writable.length} calendars can be written to.`);
    return failed(
      'write',
      { code: writable.length === 0 ? 'calendar-read-only' : 'scope-missing', message: 'No calendar of this account can be written to.' },
      this.clock.now(),
    );
  }

  async #check(check: Check['check'], work: () => Promise<string>): Promise<Check> {
    const startedAt = this.clock.now();
    try {
      return { ...passed(check, await work()), duration_ms: this.clock.now() - startedAt };
    } catch (error) {
      return { ...failed(check, problemOf(error), this.clock.now()), duration_ms: this.clock.now() - startedAt };
    }
  }
}

function passed(check: Check['check'], message: string): Check {
  return { check, outcome: 'passed', message, problem: null, duration_ms: 0 };
}

function notLookedAt(): Check[] {
  return (['calendar_list', 'free_busy', 'write'] as const).map((check) => skipped(check, WITHOUT_TOKEN));
}

function skipped(check: Check['check'], message: string): Check {
  return { check, outcome: 'skipped', message, problem: null, duration_ms: 0 };
}

function failed(check: Check['check'], problem: { code: string; message: string }, at: Parameters<typeof formatInstant>[0]): Check {
  const code = isProblemCode(problem.code) ? problem.code : 'internal';
  const { cause, fix, who } = problemDefinition(code);
  return {
    check,
    outcome: 'failed',
    message: problem.message,
    problem: { code, message: problem.message, cause, fix, who, first_seen_at: formatInstant(at), count: 1 },
    duration_ms: 0,
  };
}
