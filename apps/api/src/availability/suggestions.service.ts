import { Injectable } from '@nestjs/common';
import type { BodyOf, operations, Suggestion, Suggestions } from '@daymark/api-contract';
import { DomainError, formatId, formatInstant, type Uuid } from '@daymark/domain';
import { ProviderError, ProviderRegistry, TIMES_ARE_NOT_PROPOSED, type ProposedTime } from '@daymark/provider-contract';
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

/** A connection that can be asked, and under which address its service knows the users in question. */
interface Asked {
  readonly connection: Connection;
  readonly addresses: ReadonlyMap<Uuid, string>;
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

  /** No transaction is open while a service is asked. One whose account is offered no proposals is passed over. */
  async #byProvider(caller: Caller, { body, prepared }: { body: Body; prepared: Prepared }): Promise<Suggestions> {
    const { users, asked } = await this.database.withTenant(caller.tenantId, async (tx) => {
      const known = await this.#users(tx, prepared);
      return { users: known, asked: await this.#connections(tx, caller, { named: body.connection_id, users: known }) };
    });
    for (const { connection, addresses } of asked) {
      const guests = guestsOf(prepared, { users, addresses });
      const proposed = await this.#ask(connection, { body, prepared, guests });
      if (proposed === null) continue;
      return {
        source: 'provider',
        data: proposed.map((time) => proposedView(time, { guests, connection })),
        as_of: null,
        freshness_policy: { ...prepared.freshness },
        calendar_statuses: [],
      };
    }
    throw unavailable();
  }

  /** Null: this account is offered no proposals. */
  async #ask(
    connection: Connection,
    { body, prepared, guests }: { body: Body; prepared: Prepared; guests: readonly Guest[] },
  ): Promise<readonly ProposedTime[] | null> {
    try {
      return await this.calls.with(connection, async ({ findTimes }) => {
        if (findTimes === undefined) return null;
        return findTimes.find({
          attendees: guests
            .filter(({ email }) => !isSame(email, connection.accountEmail))
            .map(({ email, isOptional }) => ({ email, optional: isOptional })),
          window: body.window,
          durationMs: prepared.durationMs,
          limit: body.limit,
        });
      });
    } catch (error) {
      if (error instanceof ProviderError && error.problem === TIMES_ARE_NOT_PROPOSED) return null;
      throw error;
    }
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

  /** The named one, else those of the participants in their order and the caller's own, as far as they can be asked. */
  async #connections(
    tx: Transaction,
    caller: Caller,
    { named, users }: { named: string | undefined; users: readonly BookableUser[] },
  ): Promise<readonly Asked[]> {
    const seesAll = seesWholeTenant(caller);
    const canPropose = ({ status, provider }: Connection): boolean =>
      status === 'active' && this.registry.find(provider)?.capabilities.includes('find-times') === true;
    const userIds = new Set([...users.map(({ userId }) => userId), ...(caller.userId === null ? [] : [caller.userId])]);
    const all = (await this.connections.listOfUsers(tx, [...userIds])).filter(canPropose);
    const ofUsers = new Map([...userIds].map((id) => [id, all.filter(({ userId }) => userId === id)]));
    const asked = (connection: Connection): Asked => ({ connection, addresses: addressesAt(connection, ofUsers) });
    if (named !== undefined) {
      const connection = await this.connections.find(tx, checkedId('connection', named));
      if (connection === null || !(seesAll || connection.userId === caller.userId)) throw notFound('connection');
      return canPropose(connection) ? [asked(connection)] : [];
    }
    return [...ofUsers].filter(([userId]) => seesAll || userId === caller.userId).flatMap(([, connections]) => connections.map(asked));
  }
}

/** The address under which the service of a connection knows each user, which need not be the one of their sign-in. */
function addressesAt(connection: Connection, ofUsers: ReadonlyMap<Uuid, readonly Connection[]>): ReadonlyMap<Uuid, string> {
  const addresses = [...ofUsers].flatMap(([userId, connections]): [Uuid, string][] => {
    const known = connection.userId === userId ? connection : connections.find(({ provider }) => provider === connection.provider);
    return known?.accountEmail == null ? [] : [[userId, known.accountEmail]];
  });
  return new Map(addresses);
}

function guestsOf(
  { groups }: Prepared,
  { users, addresses }: { users: readonly BookableUser[]; addresses: Asked['addresses'] },
): readonly Guest[] {
  return groups.flatMap(({ required, members }) =>
    members.map((member): Guest => {
      const isMember = ({ userId, email }: BookableUser): boolean =>
        'user_id' in member ? formatId('user', userId) === member.user_id : isSame(email, wireIdOf(member));
      const user = users.find(isMember);
      return {
        wireId: wireIdOf(member),
        email: (user && addresses.get(user.userId)) ?? user?.email ?? wireIdOf(member),
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
