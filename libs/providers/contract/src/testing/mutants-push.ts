import { Secret, instant } from '@daymark/domain';
import { ProviderError } from '../provider-error.ts';
import type { PushClaim, PushReading, PushSubscriber, RemoteChannel } from '../provider-push.ts';
import { inAccess, inReceiver, inSubscriber } from './mutant.ts';
import type { Mutant } from './mutant.ts';

export const pushMutants: readonly Mutant[] = [
  inSubscriber('gives the service a secret of its own', (push) =>
    asking(push, (request) => ({ ...request, secret: new Secret('of-its-own') })),
  ),
  inSubscriber('cuts a long secret', (push) =>
    asking(push, (request) => ({ ...request, secret: new Secret(request.secret.reveal().slice(0, 64)) })),
  ),
  inSubscriber('watches the first calendar whichever is asked for', (push, session) => ({
    ...push,
    async subscribe(request) {
      const [first] = await session.listCalendars();
      return push.subscribe({ ...request, calendarId: first?.id ?? request.calendarId });
    },
  })),
  inSubscriber('asks for a day only', (push) =>
    asking(push, (request) => ({ ...request, until: instant(Math.min(request.until, Date.UTC(2027, 2, 11))) })),
  ),
  inSubscriber('tells the end that was asked for', (push) => ({
    ...push,
    subscribe: async (request) => ({ ...(await push.subscribe(request)), expiresAt: request.until }),
  })),
  inSubscriber('calls a channel as the service does', (push) => ({
    ...push,
    async subscribe(request) {
      const channel = await push.subscribe(request);
      return { ...channel, channelId: channel.remoteId };
    },
  })),
  inSubscriber('does not subscribe and says that it did', (push) => ({
    ...push,
    subscribe: ({ channelId }) => Promise.resolve({ channelId, remoteId: 'none', expiresAt: instant(Date.UTC(2027, 2, 15)) }),
  })),
  inSubscriber('only forgets a channel that it should end', (push) => ({ ...push, unsubscribe: () => Promise.resolve() })),
  inSubscriber('fails to end a channel that has ended', (push) => {
    const ended = new Set<string>();
    return {
      ...push,
      async unsubscribe(channel) {
        if (ended.has(channel.channelId)) throw new ProviderError('not-found', 'It is gone', { subject: 'channel' });
        ended.add(channel.channelId);
        await push.unsubscribe(channel);
      },
    };
  }),
  inSubscriber('takes every failure to end a channel for its end', (push) => ({
    ...push,
    unsubscribe: (channel) => push.unsubscribe(channel).catch(() => {}),
  })),
  renewing('renews nothing and says that it did', () => (channel, until) => Promise.resolve({ ...channel, expiresAt: until })),
  renewing('leaves the end where it is', () => (channel) => Promise.resolve(channel)),
  renewing('makes another channel of one that it renews', (renew) => async (channel, until) => ({
    ...(await renew(channel, until)),
    remoteId: 'another',
  })),
  renewing(
    'takes a channel that is gone for a calendar that was removed',
    (renew) => (channel, until) =>
      renew(channel, until).catch((error: unknown) => {
        throw error instanceof ProviderError && error.code === 'not-found'
          ? new ProviderError('not-found', error.message, { subject: 'calendar' })
          : error;
      }),
  ),
  inSubscriber('makes another channel when it is asked twice', (push) => ({
    ...push,
    subscribe: (request) =>
      push.subscribe(request).catch((error: unknown) => {
        if (!(error instanceof ProviderError) || error.code !== 'conflict') throw error;
        return push.subscribe({ ...request, channelId: `${request.channelId.slice(0, -1)}f`, address: `${request.address}?again` });
      }),
  })),
  inSubscriber('does not say that a calendar cannot be watched', (push) => ({ ...push, subscribe: unnamed(push) })),
  {
    ...inAccess('offers push to whoever sees only busy times', (access) =>
      access.profile === 'free_busy' ? { ...access, profile: 'read' } : access,
    ),
    needs: ['push'],
  },
  {
    ...inReceiver('takes a greeting for a change', (push) => (delivery) => {
      const reading = push.read(delivery);
      if (reading.kind !== 'claims' || reading.claims.length > 0) return reading;
      return { kind: 'claims', claims: [{ secret: 'greeting', says: 'changed', remoteId: null }] };
    }),
    needs: ['push', 'opens-with:greeting'],
  },
  {
    ...inReceiver('answers a challenge in another form than it came', (push) => (delivery) => {
      const reading = push.read(delivery);
      return reading.kind === 'challenge' ? { kind: 'challenge', answer: encodeURIComponent(reading.answer) } : reading;
    }),
    needs: ['push', 'opens-with:challenge'],
  },
  inReceiver(
    'believes whoever knows the address',
    (push) => (delivery) => retelling(push.read(delivery), (claim) => [{ ...claim, secret: 'canary-1-'.padEnd(100, 'Zz09_-') }]),
  ),
  inReceiver(
    'takes every notice for another’s',
    (push) => (delivery) => retelling(push.read(delivery), (claim) => [{ ...claim, remoteId: 'another' }]),
  ),
  inReceiver('takes what it cannot read for nothing', (push) => (delivery) => {
    const reading = push.read(delivery);
    return reading.kind === 'unreadable' ? { kind: 'claims', claims: [] } : reading;
  }),
  inReceiver('breaks down over what it cannot read', (push) => (delivery) => {
    const reading = push.read(delivery);
    if (reading.kind === 'unreadable') throw new SyntaxError(reading.reason);
    return reading;
  }),
  inReceiver('reads what it has read once as nothing new', (push) => {
    const seen = new Set<string>();
    return (delivery) => {
      const key = JSON.stringify(delivery);
      if (seen.has(key)) return { kind: 'claims', claims: [] };
      seen.add(key);
      return push.read(delivery);
    };
  }),
  inReceiver('hears nothing', () => () => ({ kind: 'claims', claims: [] })),
  hearing('does not hear that a channel lapses', 'lapsing', () => []),
  hearing('takes the end of a channel for a change', 'ended', (claim) => [{ ...claim, says: 'changed' }]),
  hearing('does not hear that notices were lost', 'lost', () => []),
];

function asking(push: PushSubscriber, change: (request: Parameters<PushSubscriber['subscribe']>[0]) => typeof request): PushSubscriber {
  return { ...push, subscribe: (request) => push.subscribe(change(request)) };
}

type Renewal = Extract<PushSubscriber, { renewsInPlace: true }>['renew'];

function renewing(does: string, change: (renew: Renewal) => Renewal): Mutant {
  return {
    ...inSubscriber(does, (push) =>
      push.renewsInPlace ? { ...push, renew: change((channel, until) => push.renew(channel, until)) } : push,
    ),
    needs: ['push', 'renewal'],
  };
}

function hearing(does: string, says: Exclude<PushClaim['says'], 'changed'>, change: (claim: PushClaim) => readonly PushClaim[]): Mutant {
  return {
    ...inReceiver(does, (push) => (delivery) => retelling(push.read(delivery), (claim) => (claim.says === says ? change(claim) : [claim]))),
    needs: ['push', `says:${says}`],
  };
}

function retelling(reading: PushReading, change: (claim: PushClaim) => readonly PushClaim[]): PushReading {
  return reading.kind === 'claims' ? { kind: 'claims', claims: reading.claims.flatMap(change) } : reading;
}

function unnamed(push: PushSubscriber): PushSubscriber['subscribe'] {
  return (request): Promise<RemoteChannel> =>
    push.subscribe(request).catch((error: unknown) => {
      throw error instanceof ProviderError && error.code === 'invalid-request'
        ? new ProviderError('forbidden', error.message, { subject: error.subject, status: error.status ?? undefined })
        : error;
    });
}
