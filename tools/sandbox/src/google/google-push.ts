import { z } from 'zod';
import type { FaultRules } from '../fault-rules.ts';
import type { Journal } from '../journal.ts';
import { createNoticeSender, isLoopback } from '../notice-sender.ts';
import { GoogleApiError, badRequest } from './google-error.ts';
import type { GoogleCalendar, GoogleChannel } from './google-state.ts';
import type { GoogleWorld } from './google-world.ts';
import { derivedEventId } from './google-world.ts';

const channelBody = z.object({
  id: z.string().regex(/^[A-Za-z0-9\-_+/=]{1,64}$/),
  type: z.enum(['web_hook', 'webhook']),
  address: z.url(),
  token: z.string().max(256).nullish(),
  expiration: z.union([z.string(), z.number()]).nullish(),
  params: z.object({ ttl: z.string().nullish() }).nullish(),
});

const WEEK_MS = 7 * 86_400_000;

/** Opens a channel on a calendar's events. @throws GoogleApiError 400 as Google does for bad, used or unsupported ones. */
export function openChannel(
  world: GoogleWorld,
  wish: { calendar: GoogleCalendar; email: string; clientId: string | null; body: unknown },
): Record<string, unknown> {
  const parsed = channelBody.safeParse(wish.body);
  if (!parsed.success)
    throw badRequest('Missing or invalid channel.', { reason: 'required', location: parsed.error.issues[0]?.path.join('.') });
  const { id, address, token, expiration, params } = parsed.data;
  const { calendar } = wish;
  if (calendar.id.endsWith('@group.v.calendar.google.com')) {
    throw badRequest('Push notifications are not supported by this resource.', { reason: 'pushNotSupportedForRequestedResource' });
  }
  if (!address.startsWith('https:') && !isLoopback(address)) {
    throw badRequest('WebHook callback must be HTTPS', { reason: 'push.webhookUrlNotHttps' });
  }
  if (world.state.channels.has(id)) throw badRequest('Channel id not unique', { reason: 'channelIdNotUnique', domain: 'push' });
  const now = world.clock.now();
  const longest = now + Math.min(WEEK_MS, Number(params?.ttl ?? WEEK_MS / 1000) * 1000);
  const channel: GoogleChannel = {
    id,
    calendarId: calendar.id,
    resourceId: derivedEventId('resource', calendar.id),
    address,
    token: token ?? null,
    email: wish.email,
    clientId: wish.clientId,
    expiresAtMs: expiration == null ? longest : Math.min(longest, Number(expiration)),
    lastMessage: 0,
    notifiedSeq: calendar.lastSeq,
  };
  world.state.channels.set(id, channel);
  world.touch();
  return {
    kind: 'api#channel',
    id,
    resourceId: channel.resourceId,
    resourceUri: resourceUri(channel),
    ...(channel.token === null ? {} : { token: channel.token }),
    expiration: String(channel.expiresAtMs),
  };
}

/** Stops a channel; only who opened it can. @throws GoogleApiError 404 for any other, and for one that has expired. */
export function stopChannel(world: GoogleWorld, wish: { email: string; clientId: string | null; body: unknown }): void {
  const parsed = z.object({ id: z.string(), resourceId: z.string() }).safeParse(wish.body);
  if (!parsed.success) throw badRequest('Missing or invalid channel.', { reason: 'required' });
  const { id, resourceId } = parsed.data;
  const channel = world.state.channels.get(id);
  const isTheirs = channel?.resourceId === resourceId && channel.email === wish.email && channel.clientId === wish.clientId;
  if (!isTheirs || channel.expiresAtMs <= world.clock.now()) {
    throw new GoogleApiError({ status: 404, reason: 'notFound', message: `Channel '${id}' not found for project '1'` });
  }
  world.state.channels.delete(id);
  world.touch();
}

/** Sends the notices that are due. */
export interface GooglePush {
  /** Looks for changed calendars and new channels soon; many changes make one notice. */
  poke(): void;
  /** Sends one notice at once, whatever changed: for doubled and forged ones. */
  notify(channelId: string, change?: { readonly token?: string; readonly state?: string }): Promise<number | null>;
  close(): void;
}

const RETRIED: ReadonlySet<number | null> = new Set([500, 502, 503, 504]);

export function createGooglePush(world: GoogleWorld, tools: { faults: FaultRules; journal: Journal }): GooglePush {
  const sender = createNoticeSender({ ...tools, now: world.clock.now });
  let isPoked = false;

  const deliver = async (channel: GoogleChannel, message: { state: string; token: string | null }): Promise<number | null> => {
    channel.lastMessage += 1;
    const number = channel.lastMessage;
    return sender.deliver({
      operation: 'push.deliver',
      account: channel.email,
      address: channel.address,
      requestId: `${channel.id}-${number}`,
      key: { channelId: channel.id, calendarId: channel.calendarId, account: channel.email, state: message.state, message: String(number) },
      send: (stopped) => post(channel, { ...message, number }, stopped),
      isRetried: (status) => RETRIED.has(status),
    });
  };
  const quietly = (work: Promise<unknown>): void => void work.catch(() => {});

  const send = (): void => {
    isPoked = false;
    if (sender.isClosed()) return;
    for (const channel of world.state.channels.values()) {
      if (channel.expiresAtMs <= world.clock.now()) continue;
      const calendar = world.state.calendars.get(channel.calendarId);
      const isNew = channel.lastMessage === 0;
      const isChanged = calendar !== undefined && calendar.lastSeq > channel.notifiedSeq;
      if (isNew) quietly(deliver(channel, { state: 'sync', token: channel.token }));
      if (isChanged) {
        channel.notifiedSeq = calendar.lastSeq;
        quietly(deliver(channel, { state: 'exists', token: channel.token }));
      }
    }
  };
  return {
    poke: () => {
      if (isPoked || world.state.channels.size === 0) return;
      isPoked = true;
      setImmediate(send);
    },
    notify: async (channelId, change = {}) => {
      const channel = world.state.channels.get(channelId);
      if (channel === undefined) throw new RangeError(`no channel ${channelId}`);
      return deliver(channel, { state: change.state ?? 'exists', token: change.token ?? channel.token });
    },
    close: sender.close,
  };
}

function post(
  channel: GoogleChannel,
  message: { state: string; token: string | null; number: number },
  stopped: AbortSignal,
): Promise<Response> {
  return fetch(channel.address, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.any([stopped, AbortSignal.timeout(10_000)]),
    headers: {
      'user-agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
      'x-goog-channel-id': channel.id,
      ...(message.token === null ? {} : { 'x-goog-channel-token': message.token }),
      'x-goog-channel-expiration': new Date(channel.expiresAtMs).toUTCString(),
      'x-goog-resource-id': channel.resourceId,
      'x-goog-resource-uri': resourceUri(channel),
      'x-goog-resource-state': message.state,
      'x-goog-message-number': String(message.number),
    },
  });
}

function resourceUri(channel: GoogleChannel): string {
  return `https://www.googleapis.com/calendar/v3/calendars/${encodeURIComponent(channel.calendarId)}/events?alt=json`;
}
