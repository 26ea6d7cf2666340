import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FaultRules } from '../fault-rules.ts';
import type { Journal } from '../journal.ts';
import { createNoticeSender, isLoopback } from '../notice-sender.ts';
import { idOf } from './microsoft-event-store.ts';
import { findGrant } from './microsoft-grants.ts';
import { graphUserId } from './microsoft-people.ts';
import type { MicrosoftCalendar, MicrosoftSubscription } from './microsoft-state.ts';
import { liveSubscriptions } from './microsoft-subscriptions.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';
import { etagOf } from './microsoft-world.ts';

export type LifecycleEvent = 'reauthorizationRequired' | 'subscriptionRemoved' | 'missed';

export interface NoticeChange {
  /** Another secret than the subscription's: a forged notice. */
  readonly clientState?: string;
  readonly changeType?: string;
  /** Default: the event that changed last. */
  readonly eventId?: string;
}

/** Sends what subscriptions are due. */
export interface MicrosoftNotices {
  /** Whether the address answers the handshake as it has to, within ten seconds. */
  validate(address: string): Promise<boolean>;
  /** Looks for changed calendars soon; many changes make one request. */
  poke(): void;
  /** Sends one notice at once, whatever changed: for doubled and forged ones. Gives the receiver's status. */
  notify(subscriptionId: string, change?: NoticeChange): Promise<number | null>;
  lifecycle(subscriptionId: string, event: LifecycleEvent): Promise<number | null>;
  /** Until no notice is due or on its way. */
  untilQuiet(): Promise<void>;
  close(): void;
}

interface Item {
  readonly changeType: string;
  readonly id: string;
  readonly etag: string | null;
}

const HANDSHAKE_MS = 10_000;
const ANSWER_MS = 3000;

/** Operations for fault rules: `graph.notify`, `graph.lifecycle`. Retried for a few seconds where Graph goes on for four hours. */
export function createMicrosoftNotices(world: MicrosoftWorld, tools: { faults: FaultRules; journal: Journal }): MicrosoftNotices {
  const sender = createNoticeSender({ ...tools, now: world.clock.now, waitsMs: () => world.state.limits.retryWaitsMs });
  let isPoked = false;

  const deliver = (
    subscription: MicrosoftSubscription,
    notice: { operation: string; address: string; value: readonly object[]; key: Record<string, string> },
  ) => {
    const { id, email, calendarId } = subscription;
    return sender.deliver({
      operation: notice.operation,
      account: email,
      address: notice.address,
      requestId: randomUUID(),
      key: { subscriptionId: id, calendarId, account: email, ...notice.key },
      isRetried: (status) => status === null || status >= 300,
      send: (stopped) =>
        fetch(notice.address, {
          method: 'POST',
          redirect: 'manual',
          signal: AbortSignal.any([stopped, AbortSignal.timeout(ANSWER_MS)]),
          headers: { 'content-type': 'application/json', 'client-request-id': randomUUID() },
          body: JSON.stringify({ value: notice.value }),
        }),
    });
  };
  const common = (subscription: MicrosoftSubscription) => ({
    subscriptionId: subscription.id,
    subscriptionExpirationDateTime: new Date(subscription.expiresAtMs).toISOString(),
    tenantId: world.state.people.get(subscription.email)?.tenantId ?? '',
    clientState: subscription.clientState,
  });
  const change = (
    subscription: MicrosoftSubscription,
    items: readonly Item[],
    clientState = subscription.clientState,
  ): Promise<number | null> => {
    const person = world.state.people.get(subscription.email);
    const user = person === undefined ? subscription.email : graphUserId(person);
    const value = items.map(({ changeType, id, etag }) => ({
      ...common(subscription),
      id: randomUUID(),
      clientState,
      changeType,
      resource: `Users/${user}@${person?.tenantId ?? ''}/Events/${id}`,
      resourceData: {
        '@odata.type': '#Microsoft.Graph.Event',
        '@odata.id': `Users/${user}/Events/${id}`,
        ...(etag === null ? {} : { '@odata.etag': etag }),
        id,
      },
    }));
    const changeTypes = [...new Set(items.map(({ changeType }) => changeType))].join(',');
    return deliver(subscription, {
      operation: 'graph.notify',
      address: subscription.notificationUrl,
      value,
      key: { changeType: changeTypes },
    });
  };
  const lifecycle = (subscription: MicrosoftSubscription, lifecycleEvent: LifecycleEvent): Promise<number | null> => {
    const address = subscription.lifecycleNotificationUrl;
    if (address === null) return Promise.resolve(null);
    return deliver(subscription, {
      operation: 'graph.lifecycle',
      address,
      value: [{ ...common(subscription), lifecycleEvent }],
      key: { lifecycleEvent },
    });
  };
  const open = (id: string): MicrosoftSubscription => {
    const subscription = world.state.subscriptions.get(id);
    if (subscription === undefined) throw new RangeError(`no subscription ${id}`);
    return subscription;
  };
  const quietly = (work: Promise<unknown>): void => void work.catch(() => {});

  const send = (): void => {
    isPoked = false;
    if (sender.isClosed()) return;
    for (const subscription of liveSubscriptions(world)) {
      const calendar = world.state.calendars.get(subscription.calendarId);
      const isSilent = subscription.isPaused || findGrant(world, subscription.clientId, subscription.email) === null;
      if (calendar === undefined || isSilent || calendar.lastSeq <= subscription.notifiedSeq) continue;
      const items = changesSince(calendar, subscription);
      subscription.notifiedSeq = calendar.lastSeq;
      if (items.length === 0) continue;
      const delivered = change(subscription, items).then((status) => {
        // Whoever refused to the end is told that something is missing.
        return status !== null && status >= 300 ? lifecycle(subscription, 'missed') : status;
      });
      quietly(delivered);
    }
  };
  return {
    validate,
    poke: () => {
      if (isPoked || world.state.subscriptions.size === 0) return;
      isPoked = true;
      setImmediate(send);
    },
    notify: (id, wish = {}) => {
      const subscription = open(id);
      const calendar = world.state.calendars.get(subscription.calendarId);
      const last =
        calendar === undefined ? undefined : changesSince(calendar, { ...subscription, notifiedSeq: 0, changeTypes: ALL }).at(-1);
      const item = { changeType: wish.changeType ?? 'updated', id: wish.eventId ?? last?.id ?? 'unknown', etag: null };
      return change(subscription, [item], wish.clientState);
    },
    lifecycle: (id, event) => {
      const subscription = open(id);
      if (event === 'reauthorizationRequired') subscription.isPaused = true;
      if (event === 'subscriptionRemoved') world.state.subscriptions.delete(id);
      world.touch();
      return lifecycle(subscription, event);
    },
    untilQuiet: async () => {
      while (isPoked) await nextTurn();
      await sender.untilQuiet();
    },
    close: sender.close,
  };
}

const ALL = ['created', 'updated', 'deleted'];

/** The events that changed since the last notice, the last change at the end. */
function changesSince(calendar: MicrosoftCalendar, subscription: MicrosoftSubscription): Item[] {
  const since = subscription.notifiedSeq;
  const wish = { isImmutable: subscription.usesImmutableIds };
  const found: (Item & { seq: number })[] = [];
  for (const stored of calendar.events.values()) {
    if (stored.seq > since) {
      const changeType = stored.isDeleted ? 'deleted' : stored.createdSeq > since ? 'created' : 'updated';
      found.push({
        changeType,
        id: idOf(calendar, { stored, stamp: null }, wish),
        etag: stored.isDeleted ? null : etagOf(stored.changeKey),
        seq: stored.seq,
      });
    }
    for (const [stamp, exception] of stored.isDeleted ? [] : stored.exceptions) {
      if (exception.seq <= since) continue;
      const changeType = exception.isDeleted ? 'deleted' : 'updated';
      found.push({ changeType, id: idOf(calendar, { stored, stamp }, wish), etag: null, seq: exception.seq });
    }
  }
  return found.filter(({ changeType }) => subscription.changeTypes.includes(changeType)).sort((a, b) => a.seq - b.seq);
}

/** The token has to come back as plain text, decoded, and nothing else. Only loopback is called; any other https address counts as right. */
async function validate(address: string): Promise<boolean> {
  if (!isLoopback(address)) return true;
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()} <&+ä>`;
  const url = new URL(address);
  url.searchParams.set('validationToken', token);
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(HANDSHAKE_MS),
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
    const isPlain = (response.headers.get('content-type') ?? '').toLowerCase().startsWith('text/plain');
    return (await response.text()) === token && response.status === 200 && isPlain;
  } catch {
    return false;
  }
}
