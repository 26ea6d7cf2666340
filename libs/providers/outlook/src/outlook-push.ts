import { MINUTE_MS, formatInstant, instant, parseInstant } from '@daymark/domain';
import type { Instant } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { ChannelRequest, PushClaim, PushReceiver, PushSubscriber, RemoteChannel } from '@daymark/provider-contract';
import { z } from 'zod';
import type { OutlookClient } from './outlook-client.ts';
import { channelGone, subscriptionRefused, unexpectedAnswer } from './outlook-error.ts';
import { CHANNEL_LIFE_MS } from './outlook-manifest.ts';

/** A longer wish is refused, by the clock of Graph: so much may ours be ahead. */
const CLOCK_MARGIN_MS = 10 * MINUTE_MS;

/** https://learn.microsoft.com/en-us/graph/api/resources/changenotification; ids and paths in it vary in spelling and are not read. */
const noticeBody = z.looseObject({ value: z.array(z.unknown()) });
const notice = z.looseObject({
  clientState: z.string().min(1),
  subscriptionId: z.string().nullish(),
  lifecycleEvent: z.string().nullish(),
});

/** 204; whoever says more is not Graph. */
const noAnswer = z.null();

const subscription = z.looseObject({ id: z.string().min(1), expirationDateTime: z.string() });

/**
 * Notices of changes and of the subscription's own life come to the same address, many in one body. Nothing is signed: the
 * client state is the only proof. https://learn.microsoft.com/en-us/graph/change-notifications-delivery-webhooks
 */
export const outlookPushReceiver: PushReceiver = {
  read({ query, body }) {
    if (query['validationToken']) return { kind: 'challenge', answer: query['validationToken'] };
    const parsed = noticeBody.safeParse(parseJson(body));
    if (!parsed.success) return { kind: 'unreadable', reason: 'the body is not a list of notices' };
    const readable = parsed.data.value.flatMap((item) => notice.safeParse(item).data ?? []);
    if (readable.length === 0 && parsed.data.value.length > 0) return { kind: 'unreadable', reason: 'no notice has a client state' };
    return { kind: 'claims', claims: distinct(readable.map(readNotice)) };
  },
};

function readNotice({ clientState, subscriptionId, lifecycleEvent }: z.infer<typeof notice>): PushClaim {
  const says = lifecycleEvent ? (lifecycleWords[lifecycleEvent] ?? 'lost') : 'changed';
  return { secret: clientState, says, remoteId: subscriptionId || null };
}

/** https://learn.microsoft.com/en-us/graph/change-notifications-lifecycle-events; a word that is not known is a reason to look. */
const lifecycleWords: Readonly<Record<string, PushClaim['says']>> = {
  reauthorizationRequired: 'lapsing',
  subscriptionRemoved: 'ended',
  missed: 'lost',
};

/** A change of many events says the same many times. */
function distinct(claims: readonly PushClaim[]): readonly PushClaim[] {
  return [...new Map(claims.map((claim) => [JSON.stringify([claim.secret, claim.says, claim.remoteId]), claim])).values()];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Subscriptions to the events of one calendar of the signed-in person. */
export function outlookPushSubscriber(client: OutlookClient): PushSubscriber {
  return {
    renewsInPlace: true,
    subscribe: (request) => createSubscription(client, request),
    renew: (channel, until) => renewSubscription(client, { channel, until }),
    unsubscribe: (channel) => deleteSubscription(client, channel),
  };
}

async function createSubscription(
  client: OutlookClient,
  { calendarId, channelId, address, secret, until }: ChannelRequest,
): Promise<RemoteChannel> {
  try {
    const answer = await client.call({
      purpose: 'channel',
      method: 'POST',
      path: '/subscriptions',
      answer: subscription,
      body: {
        changeType: 'created,updated,deleted',
        resource: `/me/calendars/${calendarId}/events`,
        notificationUrl: address,
        // Can be given now and never again.
        lifecycleNotificationUrl: address,
        clientState: secret.reveal(),
        expirationDateTime: formatInstant(capped(client, until)),
      },
    });
    return readSubscription(answer, channelId);
  } catch (error) {
    throw error instanceof ProviderError ? subscriptionRefused(error) : error;
  }
}

/** A later end also authorizes a subscription again that asked for it. */
async function renewSubscription(
  client: OutlookClient,
  { channel, until }: { readonly channel: RemoteChannel; readonly until: Instant },
): Promise<RemoteChannel> {
  try {
    const answer = await client.call({
      purpose: 'channel',
      method: 'PATCH',
      path: pathOf(channel),
      answer: subscription,
      body: { expirationDateTime: formatInstant(capped(client, until)) },
    });
    return readSubscription(answer, channel.channelId);
  } catch (error) {
    throw isGone(error) ? channelGone() : error;
  }
}

async function deleteSubscription(client: OutlookClient, channel: RemoteChannel): Promise<void> {
  try {
    await client.call({ purpose: 'channel', method: 'DELETE', path: pathOf(channel), answer: noAnswer });
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function pathOf({ remoteId }: RemoteChannel): string {
  return `/subscriptions/${encodeURIComponent(remoteId)}`;
}

function capped(client: OutlookClient, until: Instant): Instant {
  return instant(Math.min(until, client.now() + CHANNEL_LIFE_MS - CLOCK_MARGIN_MS));
}

/** The end as granted: lives below 45 minutes are raised. */
function readSubscription({ id, expirationDateTime }: z.infer<typeof subscription>, channelId: string): RemoteChannel {
  try {
    return { channelId, remoteId: id, expiresAt: parseInstant(expirationDateTime) };
  } catch {
    throw unexpectedAnswer('expirationDateTime: invalid_format', 'channel');
  }
}

function isGone(error: unknown): boolean {
  return error instanceof ProviderError && error.code === 'not-found';
}
