import { Injectable } from '@nestjs/common';
import { addMilliseconds, Clock, DAY_MS, IdSource, instant, Secret, type Instant, type Uuid } from '@daymark/domain';
import { ProviderError, type CalendarSession, type PushSubscriber, type RemoteChannel } from '@daymark/provider-contract';
import type { Calendar } from '../calendars/calendar.ts';
import type { Connection } from '../connections/connection.ts';
import { ProviderCalls } from '../connections/provider-calls.ts';
import { sha256 } from '../crypto/hashing.ts';
import { Database } from '../database/database.ts';
import { Chance } from '../ports/ports.ts';
import type { Channel } from './channel.ts';
import { ChannelsRepository } from './channels.repository.ts';
import { PushOffer } from './push-offer.ts';

const SECRET_BYTES = 32;
/** Where a service names no limit. */
const USUAL_LIFE_MS = 7 * DAY_MS;

/** After these nobody knows whether the service has made the channel. */
const UNKNOWN_OUTCOME = new Set<string>(['unavailable', 'invalid-response']);

/** Channels at the service, each step stored before and after. Every method throws ProviderError as the service's. */
@Injectable()
export class ChannelCalls {
  constructor(
    private readonly database: Database,
    private readonly channels: ChannelsRepository,
    private readonly calls: ProviderCalls,
    private readonly offer: PushOffer,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    private readonly chance: Chance,
  ) {}

  /** A new channel. Its row is there before the service is asked, so that what comes at once finds it. */
  async subscribe(connection: Connection, calendar: Calendar): Promise<Channel> {
    const id = this.ids.next();
    const secret = new Secret(this.chance.bytes(SECRET_BYTES).toString('base64url'));
    const until = this.#until(connection);
    const { tenantId } = calendar;
    await this.database.withTenant(tenantId, (tx) =>
      this.channels.insertOpening(tx, { id, tenantId, calendarId: calendar.id, secretHash: sha256(secret.reveal()), until }),
    );
    const request = { calendarId: calendar.remoteId, channelId: id, address: this.offer.address(connection.provider, id), secret, until };
    try {
      return await this.#store(connection, await this.calls.with(connection, (session) => subscriberOf(session).subscribe(request)));
    } catch (error) {
      await this.#giveUp(tenantId, id, error);
      throw error;
    }
  }

  /** A later end: of the same channel, or of another one which takes its place and comes before it ends. Gone throws `not-found`. */
  async renew(connection: Connection, calendar: Calendar, channel: Channel): Promise<Channel> {
    const until = this.#until(connection);
    const renewed = await this.calls.with(connection, async (session) => {
      const push = subscriberOf(session);
      return push.renewsInPlace ? push.renew(remoteOf(channel), until) : null;
    });
    return renewed === null ? this.subscribe(connection, calendar) : this.#store(connection, renewed);
  }

  /** At the service, then here. Changes nothing about the connection, whatever the service answers. */
  async end(connection: Connection, channel: Channel): Promise<void> {
    await this.calls.probe(connection, (session) => subscriberOf(session).unsubscribe(remoteOf(channel)));
    await this.database.withTenant(connection.tenantId, (tx) => this.channels.remove(tx, [channel.id]));
  }

  /** Renewed somewhere between half and four fifths of its life, so that channels which were made together part. */
  async #store(connection: Connection, remote: RemoteChannel): Promise<Channel> {
    const { remoteId, expiresAt } = remote;
    const id = remote.channelId as Uuid;
    const now = this.clock.now();
    const lifeMs = Math.max(0, expiresAt - now);
    const renewAt = instant(now + Math.floor(lifeMs / 2) + this.chance.upTo(lifeMs * 0.3));
    const isKept = await this.database.withTenant(connection.tenantId, (tx) =>
      this.channels.setOpen(tx, id, { remoteId, expiresAt, renewAt }),
    );
    if (isKept) return { id, state: 'open', remoteId, renewAt, expiresAt };
    // The account was disconnected meanwhile, and nobody else knows of this channel.
    await this.calls.probe(connection, (session) => subscriberOf(session).unsubscribe(remote));
    throw new ProviderError('conflict', 'The channel was given up while it was opened.', { reason: 'given-up' });
  }

  /** A channel that may be there all the same is kept: what comes on it tells its handle, and it can be ended. */
  async #giveUp(tenantId: Uuid, id: Uuid, error: unknown): Promise<void> {
    const isKnownToBeNone = error instanceof ProviderError && !UNKNOWN_OUTCOME.has(error.code);
    await this.database.withTenant(tenantId, (tx) => (isKnownToBeNone ? this.channels.remove(tx, [id]) : this.channels.setEnding(tx, id)));
  }

  #until({ provider }: Connection): Instant {
    return addMilliseconds(this.clock.now(), this.calls.provider(provider).manifest.limits.channelLifeMs ?? USUAL_LIFE_MS);
  }
}

function subscriberOf(session: CalendarSession): PushSubscriber {
  if (session.push === undefined)
    throw new ProviderError('invalid-request', 'This account is told of no changes.', { reason: 'no-push', problem: 'push-not-offered' });
  return session.push;
}

function remoteOf({ id, remoteId, expiresAt }: Channel): RemoteChannel {
  if (remoteId === null) throw new Error('the service has not told the handle of the channel');
  return { channelId: id, remoteId, expiresAt };
}
