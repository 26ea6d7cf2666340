import { Injectable } from '@nestjs/common';
import type { BodyOf, operations, Suggestion, Suggestions } from '@daymark/api-contract';
import { DomainError, formatId, formatInstant } from '@daymark/domain';
import { ProviderRegistry, type ProposedTime } from '@daymark/provider-contract';
import { suggestSlots } from '@daymark/scheduling';
import type { Connection } from '../connections/connection.ts';
import { ConnectionsRepository } from '../connections/connections.repository.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import { Database, type Transaction } from '../database/database.ts';
import { seesWholeTenant, type Caller } from '../http/caller.ts';
import { checkedId, notFound } from '../http/path-ids.ts';
import { answerable, freshnessView } from './availability.service.ts';
import { slotView } from './blocked-times.ts';
import { MembersRepository, type BookableUser } from './members.repository.ts';
import { Questions, slotRequest, wireIdOf, type Prepared } from './question.ts';

type Body = BodyOf<typeof operations.suggestTimes>;

/** Somebody whom a calendar service is asked about. */
interface Guest {
  readonly wireId: string;
  readonly email: string;
  readonly isOptional: boolean;
}

/** Good times rather than all of them: by our own engine, or as a calendar service proposes them. */
@Injectable()
export class SuggestionsService {
  constructor(
    private readonly database: Database,
    private readonly questions: Questions,
    private readonly members: MembersRepository,
    private readonly connections: ConnectionsRepository,
    private readonly registry: ProviderRegistry,
    private readonly calls: ProviderCalls,
  ) {}

  /** @throws DomainError `suggestions-unavailable` when no connection can be asked; ProviderError as the service threw it. */
  async suggest(caller: Caller, body: Body): Promise<Suggestions> {
    const askingConnectionId = body.connection_id === undefined ? null : checkedId('connection', body.connection_id);
    const prepared = await this.questions.prepare(caller, { ...body, askingConnectionId });
    return body.source === 'provider' ? this.#byProvider(caller, { body, prepared }) : this.#byEngine(caller, { body, prepared });
  }

  async #byEngine(caller: Caller, { body, prepared }: { body: Body; prepared: Prepared }): Promise<Suggestions> {
    const time = await this.questions.read(caller, prepared);
    const slots = answerable(() => suggestSlots(slotRequest(prepared, time), { count: body.limit }));
    return {
      source: 'platform',
      data: slots.map((slot) => ({ ...slotView(slot), attendees: null })),
      ...freshnessView(prepared, time),
    };
  }

  /** No transaction is open while the service is asked. */
  async #byProvider(caller: Caller, { body, prepared }: { body: Body; prepared: Prepared }): Promise<Suggestions> {
    const { connection, users } = await this.database.withTenant(caller.tenantId, async (tx) => {
      const known = await this.#users(tx, prepared);
      return { users: known, connection: await this.#connection(tx, caller, { named: body.connection_id, users: known }) };
    });
    const guests = guestsOf(prepared, users);
    const proposed = await this.calls.with(connection, async ({ findTimes }) => {
      if (findTimes === undefined) throw unavailable();
      return findTimes.find({
        attendees: guests
          .filter(({ email }) => !isSame(email, connection.accountEmail))
          .map(({ email, isOptional }) => ({ email, optional: isOptional })),
        window: body.window,
        durationMs: prepared.durationMs,
        limit: body.limit,
      });
    });
    return {
      source: 'provider',
      data: proposed.map((time) => proposedView(time, { guests, connection })),
      as_of: null,
      freshness_policy: { ...prepared.freshness },
      calendar_statuses: [],
    };
  }

  async #users(tx: Transaction, { asked }: Prepared): Promise<readonly BookableUser[]> {
    const unfit = asked.members.find((member) => !('user_id' in member || 'email' in member));
    if (unfit !== undefined) {
      throw new DomainError('validation-failed', 'A calendar service proposes times for people only.', {
        errors: [{ pointer: '/participants', message: 'names a calendar or a resource; give people, or source platform' }],
      });
    }
    const ids = asked.members.flatMap((member) => ('user_id' in member ? [checkedId('user', member.user_id)] : []));
    const emails = asked.members.flatMap((member) => ('email' in member ? [member.email] : []));
    const users = await this.members.users(tx, { ids, emails });
    if (ids.some((id) => !users.some(({ userId }) => userId === id))) throw notFound('user');
    return users;
  }

  /** The named one, else that of the first participant who has one which can be asked, else the caller's own. */
  async #connection(
    tx: Transaction,
    caller: Caller,
    { named, users }: { named: string | undefined; users: readonly BookableUser[] },
  ): Promise<Connection> {
    const seesAll = seesWholeTenant(caller);
    const canPropose = ({ status, provider }: Connection): boolean =>
      status === 'active' && this.registry.find(provider)?.capabilities.includes('find-times') === true;
    if (named !== undefined) {
      const connection = await this.connections.find(tx, checkedId('connection', named));
      if (connection === null || !(seesAll || connection.userId === caller.userId)) throw notFound('connection');
      if (!canPropose(connection)) throw unavailable();
      return connection;
    }
    const owners = [...users.map(({ userId }) => userId), ...(caller.userId === null ? [] : [caller.userId])];
    for (const userId of owners.filter((id) => seesAll || id === caller.userId)) {
      const found = (await this.connections.listOfUser(tx, userId)).find(canPropose);
      if (found !== undefined) return found;
    }
    throw unavailable();
  }
}

function guestsOf({ groups }: Prepared, users: readonly BookableUser[]): readonly Guest[] {
  return groups.flatMap(({ required, members }) =>
    members.map((member): Guest => {
      const user = 'user_id' in member ? users.find(({ userId }) => formatId('user', userId) === member.user_id) : undefined;
      return {
        wireId: wireIdOf(member),
        email: user?.email ?? wireIdOf(member),
        isOptional: required !== 'all' && required < members.length,
      };
    }),
  );
}

function proposedView(
  { interval, confidence, attendees }: ProposedTime,
  { guests, connection }: { guests: readonly Guest[]; connection: Connection },
): Suggestion {
  const told = attendees.map(({ email, state }) => ({
    member: guests.find((guest) => isSame(guest.email, email))?.wireId ?? email,
    state,
  }));
  const asker = guests.find(({ email }) => isSame(email, connection.accountEmail));
  return {
    start: formatInstant(interval.start),
    end: formatInstant(interval.end),
    members: [...(asker === undefined ? [] : [asker.wireId]), ...told.filter(({ state }) => state === 'free').map(({ member }) => member)],
    score: confidence,
    factors: [],
    attendees: told,
  };
}

function isSame(one: string, other: string | null): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}

function unavailable(): DomainError {
  return new DomainError('suggestions-unavailable', 'none of the connections in question can propose times');
}
