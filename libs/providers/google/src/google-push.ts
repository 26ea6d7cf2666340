import { instant } from '@daymark/domain';
import { ProviderError } from '@daymark/provider-contract';
import type { ChannelRequest, PushReceiver, PushSubscriber, RemoteChannel } from '@daymark/provider-contract';
import { channelAnswer, nothing } from './google-api.ts';
import type { GoogleClient } from './google-client.ts';

/**
 * Everything is in the headers, the body is empty. Nothing is signed: the token that was given at watching is the only proof.
 * https://developers.google.com/workspace/calendar/api/guides/push#receive-notifications
 */
export const googlePushReceiver: PushReceiver = {
  read({ headers }) {
    const channelId = headers['x-goog-channel-id'];
    const secret = headers['x-goog-channel-token'];
    const state = headers['x-goog-resource-state'];
    if (!channelId || !secret || !state) return { kind: 'unreadable', reason: 'a header of a notice is missing' };
    // The greeting, which may come before watching is answered. Whatever else is said of a calendar, even in new words: look.
    if (state === 'sync') return { kind: 'claims', claims: [] };
    return { kind: 'claims', claims: [{ secret, says: 'changed', remoteId: headers['x-goog-resource-id'] || null }] };
  },
};

/** events.watch and channels.stop. There is no renewal and no list of channels: who loses an id cannot stop it any more. */
export function googlePushSubscriber(client: GoogleClient): PushSubscriber {
  return {
    renewsInPlace: false,
    subscribe: (request) => watchEvents(client, request),
    unsubscribe: (channel) => stopChannel(client, channel),
  };
}

async function watchEvents(
  client: GoogleClient,
  { calendarId, channelId, address, secret, until }: ChannelRequest,
): Promise<RemoteChannel> {
  const { resourceId, expiration } = await client.call({
    purpose: 'channel',
    answer: channelAnswer,
    send: (api) =>
      api.events.watch({
        calendarId,
        requestBody: { id: channelId, type: 'web_hook', address, token: secret.reveal(), expiration: String(until) },
      }),
  });
  return { channelId, remoteId: resourceId, expiresAt: typeof expiration === 'number' ? instant(expiration) : until };
}

async function stopChannel(client: GoogleClient, { channelId, remoteId }: RemoteChannel): Promise<void> {
  try {
    await client.call({
      purpose: 'channel',
      answer: nothing,
      send: (api) => api.channels.stop({ requestBody: { id: channelId, resourceId: remoteId } }),
    });
  } catch (error) {
    if (error instanceof ProviderError && error.code === 'not-found') return;
    throw error;
  }
}
