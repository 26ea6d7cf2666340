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

/** Looks at every part of a connection without changing anything at the provider. At most five calls. */
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
    const checks: Check[] = [];
    let calendars: readonly ProviderCalendar[] = [];
    const call = <T>(work: (session: CalendarSession) => Promise<T>): Promise<T> => this.calls.with(connection, work);
    checks.push(
      await this.#check('token', async () => {
        await this.tokens.valid(connection.tenantId, connection.grantId!);
        return 'The access token is valid.';
      }),
    );
    checks.push(
      connection.missingScopes.length === 0
        ? passed('scopes', 'Every permission that this connection needs was granted.')
        : failed(
            'scopes',
            {
              code: 'scope-missing',
              message: `Not permitted: ${connection.missingScopes.map(({ capability }) => capability).join('; ')}.`,
            },
            this.clock.now(),
          ),
    );
    checks.push(
      await this.#check('calendar_list', async () => {
        calendars = await call((session) => session.listCalendars());
        return `${calendars.length} calendars can be seen.`;
      }),
    );
    checks.push(await this.#freeBusy(call, calendars));
    checks.push(this.#write(connection, calendars));
    return {
      ok: checks.every(({ outcome }) => outcome !== 'failed'),
      checks,
      provider_requests: this.usage.calls - callsBefore,
      tested_at: formatInstant(this.clock.now()),
    };
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
