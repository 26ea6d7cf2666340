import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { DAY_MS, Secret, instant } from '@daymark/domain';
import type { CalendarProvider, CalendarSession } from '../calendar-provider.ts';
import type {
  ChannelRequest,
  PushClaim,
  PushDelivery,
  PushReading,
  PushReceiver,
  PushSubscriber,
  RemoteChannel,
} from '../provider-push.ts';
import type { ProviderWorld } from './provider-world.ts';
import type { WorldPush } from './world-push.ts';

export interface Delivered {
  readonly channelId: string;
  readonly delivery: PushDelivery;
  readonly reading: PushReading;
}

/** A channel with what the host keeps of it. */
export interface OpenChannel {
  readonly request: ChannelRequest;
  readonly remote: RemoteChannel;
}

/** The host's address for notices: an HTTP server on loopback that answers as a host has to and keeps what the provider reads. */
export class NoticeReceiver {
  readonly deliveries: Delivered[] = [];
  /** While nobody is there, everything is answered with 404. */
  isDeaf = false;
  readonly #world: ProviderWorld;
  readonly #push: PushReceiver;
  readonly #server: Server;
  readonly #taken = new Map<string, number>();
  #lastChannel = 0;

  private constructor(world: ProviderWorld, push: PushReceiver) {
    this.#world = world;
    this.#push = push;
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  static async open(world: ProviderWorld, { push }: CalendarProvider): Promise<NoticeReceiver> {
    if (push === undefined) throw new Error('expected a receiver of notices');
    const receiver = new NoticeReceiver(world, push);
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  /** What a host asks for: everything that is not named is as it has to be. */
  request(more: Partial<ChannelRequest> = {}): ChannelRequest {
    this.#lastChannel += 1;
    const channelId = more.channelId ?? `00000000-0000-4000-8000-${String(this.#lastChannel).padStart(12, '0')}`;
    return {
      calendarId: this.#world.people.owner.calendarId,
      channelId,
      address: `${this.#origin()}/notices/${channelId}`,
      // As long and as odd as a secret may be.
      secret: new Secret(`canary-${this.#lastChannel}-`.padEnd(100, 'Zz09_-')),
      until: instant(this.#world.clock.now() + 400 * DAY_MS),
      ...more,
    };
  }

  async subscribe(session: CalendarSession, more: Partial<ChannelRequest> = {}): Promise<OpenChannel> {
    const request = this.request(more);
    return { request, remote: await subscriberOf(session).subscribe(request) };
  }

  /** What was claimed at the channel's own address since this was last asked. */
  async news({ request: { channelId } }: Pick<OpenChannel, 'request'>): Promise<readonly PushClaim[]> {
    await pushOf(this.#world).untilQuiet();
    const all = this.claimsAt(channelId);
    const known = this.#taken.get(channelId) ?? 0;
    this.#taken.set(channelId, all.length);
    return all.slice(known);
  }

  claimsAt(channelId: string): readonly PushClaim[] {
    const readings = this.deliveries.filter((delivered) => delivered.channelId === channelId).map(({ reading }) => reading);
    return readings.flatMap((reading) => (reading.kind === 'claims' ? reading.claims : []));
  }

  async close(): Promise<void> {
    // What is still on its way would be tried again, and disturb whoever comes next.
    await this.#world.push?.untilQuiet();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #origin(): string {
    const bound = this.#server.address();
    if (typeof bound !== 'object' || bound === null) throw new Error('the receiver is closed');
    return `http://127.0.0.1:${bound.port}`;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (this.isDeaf) {
      response.writeHead(404).end();
      return;
    }
    const url = new URL(request.url ?? '', this.#origin());
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const delivery = { headers, query: Object.fromEntries(url.searchParams), body };
    const reading = this.#push.read(delivery);
    this.deliveries.push({ channelId: url.pathname.split('/').at(-1) ?? '', delivery, reading });
    if (reading.kind === 'challenge') response.writeHead(200, { 'content-type': 'text/plain' }).end(reading.answer);
    else response.writeHead(reading.kind === 'unreadable' ? 400 : 202).end();
  }
}

export function subscriberOf({ push }: CalendarSession): PushSubscriber {
  if (push === undefined) throw new Error('expected a subscriber');
  return push;
}

/** @throws Error when the provider declares push and its world has none. */
export function pushOf({ push }: ProviderWorld): WorldPush {
  if (push === undefined) throw new Error('the world of a provider with push needs a part `push`');
  return push;
}
