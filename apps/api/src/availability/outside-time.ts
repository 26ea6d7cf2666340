import { Injectable } from '@nestjs/common';
import type { StaleReason } from '@daymark/api-contract';
import { UTC, type Interval, type Uuid } from '@daymark/domain';
import { ProviderError, ProviderRegistry, type FreeBusyAnswer } from '@daymark/provider-contract';
import type { BusyTimeline } from '@daymark/scheduling';
import type { Connection } from '../connections/connection.ts';
import { ConnectionsRepository } from '../connections/connections.repository.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import { Database } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { notFound } from '../http/path-ids.ts';

/** What a calendar service told about somebody who is no user here; nothing told is unknown, never free. */
export type OutsideTime = { readonly busy: readonly Interval[] } | { readonly unknown: StaleReason };

export interface OutsideAsked {
  /** Addresses of people who are no users of the tenant. */
  readonly emails: readonly string[];
  readonly window: Interval;
  /** The connection that asks; absent: those of the caller, or of the tenant for who sees all of it. */
  readonly connectionId: Uuid | null;
}

/** An address is asked about at so many services, one after the other. */
const MOST_ASKERS = 3;

const unknownBy: Readonly<Record<Extract<FreeBusyAnswer, { error: unknown }>['error']['code'], StaleReason>> = {
  'not-found': 'mailbox_unknown',
  forbidden: 'not_shared',
  'too-many': 'not_shared',
  unavailable: 'provider_silent',
};

/** The busy time of people by their address, as far as the service shows it to somebody who is connected here. */
@Injectable()
export class OutsideTimeReader {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly registry: ProviderRegistry,
    private readonly calls: ProviderCalls,
  ) {}

  /** By address in lower case, all of them, with no transaction open. @throws DomainError `not-found` for a connection the caller cannot name. */
  async read(caller: Caller, { emails, window, connectionId }: OutsideAsked): Promise<ReadonlyMap<string, OutsideTime>> {
    const found = new Map<string, OutsideTime>(emails.map((email) => [email.toLowerCase(), { unknown: 'no_calendar' }]));
    if (found.size === 0 && connectionId === null) return found;
    const askers = await this.#askers(caller, connectionId);
    for (let place = 0; place < MOST_ASKERS; place += 1) {
      const open = [...found].filter(([, time]) => 'unknown' in time).map(([email]) => email);
      const groups = Map.groupBy(open, (email) => inOrderFor(email, askers)[place]);
      groups.delete(undefined);
      const answers = await Promise.all([...groups].map(([asker, of]) => this.#ask(asker!, { emails: of, window })));
      for (const [email, time] of answers.flat()) found.set(email, time);
    }
    return found;
  }

  /** The youngest of each service and mail domain, for one mailbox of an organisation sees what another does; the caller's own first. */
  async #askers(caller: Caller, connectionId: Uuid | null): Promise<readonly Connection[]> {
    return this.database.withTenant(caller.tenantId, async (tx) => {
      const owner = seesWholeTenant(caller) ? null : caller.userId;
      if (connectionId !== null) {
        const named = await this.connections.find(tx, connectionId);
        if (named === null || (owner !== null && named.userId !== owner)) throw notFound('connection');
        return named.status === 'active' && this.#canAsk().includes(named.provider) ? [named] : [];
      }
      return this.connections.listByDomain(tx, { providers: this.#canAsk(), userId: owner, firstOfUser: caller.userId });
    });
  }

  #canAsk(): string[] {
    return this.registry
      .list()
      .filter(({ capabilities }) => capabilities.includes('others-free-busy'))
      .map(({ id }) => id);
  }

  async #ask(
    asker: Connection,
    { emails, window }: { emails: readonly string[]; window: Interval },
  ): Promise<readonly (readonly [string, OutsideTime])[]> {
    try {
      const answers = await this.calls.with(
        asker,
        async (session) => session.freeBusy?.read({ subjects: emails, window, zone: UTC }) ?? [],
      );
      return emails.map((email) => [email, timeOf(answers.find(({ subject }) => subject.toLowerCase() === email))]);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return emails.map((email) => [email, { unknown: 'provider_silent' }]);
    }
  }
}

/** As the engine wants it, under the address in place of a calendar. */
export function outsideTimeline(email: string, busy: readonly Interval[]): BusyTimeline {
  return {
    starts: Float64Array.from(busy, ({ start }) => start),
    ends: Float64Array.from(busy, ({ end }) => end),
    calendars: new Int32Array(busy.length),
    calendarIds: [email],
    eventIds: busy.map(() => ''),
  };
}

function timeOf(answer: FreeBusyAnswer | undefined): OutsideTime {
  if (answer === undefined) return { unknown: 'provider_silent' };
  return 'error' in answer ? { unknown: unknownBy[answer.error.code] } : { busy: answer.busy };
}

/** Those of the address's own mail domain first: an organisation shows more to its own people. */
function inOrderFor(email: string, askers: readonly Connection[]): readonly Connection[] {
  const isColleague = ({ accountEmail }: Connection): boolean => accountEmail !== null && domainOf(accountEmail) === domainOf(email);
  return [...askers.filter(isColleague), ...askers.filter((asker) => !isColleague(asker))];
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase();
}
