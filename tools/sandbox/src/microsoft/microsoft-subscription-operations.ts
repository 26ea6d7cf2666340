import { z } from 'zod';
import { badRequest } from './microsoft-error.ts';
import type { GraphCall, GraphOperation } from './microsoft-graph-call.ts';
import { entity } from './microsoft-graph-call.ts';
import {
  checkDuplicate,
  liveSubscriptions,
  openSubscription,
  readExpiration,
  readSubscription,
  viewSubscription,
} from './microsoft-subscriptions.ts';

const ONE = 'subscriptions/:subscriptionId';
const changeBody = z.object({ expirationDateTime: z.iso.datetime({ offset: true }).optional(), notificationUrl: z.url().optional() });

/** Subscriptions of this application and person. */
export const SUBSCRIPTION_OPERATIONS: readonly GraphOperation[] = [
  {
    name: 'subscriptions.create',
    method: 'POST',
    below: 'root',
    path: 'subscriptions',
    scopes: 'subscribe',
    handle: async (call) => {
      const { world, notices } = call;
      const made = readSubscription(world, call, { body: call.body, usesImmutableIds: call.preferences.isImmutable });
      for (const address of [made.notificationUrl, made.lifecycleNotificationUrl]) {
        if (address !== null) await prove(call, address);
      }
      checkDuplicate(world, made);
      // What happens from now on is told; the handshake took its time.
      made.notifiedSeq = world.state.calendars.get(made.calendarId)?.lastSeq ?? 0;
      world.state.subscriptions.set(made.id, made);
      world.touch();
      notices.poke();
      return entity(call, viewSubscription(world, made), { context: 'subscriptions/$entity', status: 201 });
    },
  },
  {
    name: 'subscriptions.list',
    method: 'GET',
    below: 'root',
    path: 'subscriptions',
    scopes: 'subscribe',
    handle: (call) => {
      const own = liveSubscriptions(call.world).filter(({ email, clientId }) => email === call.person.email && clientId === call.clientId);
      return entity(call, { value: own.map((subscription) => viewSubscription(call.world, subscription)) }, { context: 'subscriptions' });
    },
  },
  {
    name: 'subscriptions.get',
    method: 'GET',
    below: 'root',
    path: ONE,
    scopes: 'subscribe',
    handle: (call) => entity(call, viewSubscription(call.world, open(call)), { context: 'subscriptions/$entity' }),
  },
  {
    name: 'subscriptions.update',
    method: 'PATCH',
    below: 'root',
    path: ONE,
    scopes: 'subscribe',
    handle: async (call) => {
      const subscription = open(call);
      const parsed = changeBody.safeParse(call.body);
      if (!parsed.success) throw badRequest('InvalidRequest', z.prettifyError(parsed.error));
      const { expirationDateTime, notificationUrl } = parsed.data;
      const expiresAtMs = expirationDateTime === undefined ? subscription.expiresAtMs : readExpiration(call.world, expirationDateTime);
      if (notificationUrl !== undefined) await prove(call, notificationUrl);
      Object.assign(subscription, { expiresAtMs, isPaused: false, notificationUrl: notificationUrl ?? subscription.notificationUrl });
      call.world.touch();
      call.notices.poke();
      return { ...entity(call, viewSubscription(call.world, subscription), { context: 'subscriptions/$entity' }), applied: true };
    },
  },
  {
    name: 'subscriptions.delete',
    method: 'DELETE',
    below: 'root',
    path: ONE,
    scopes: 'subscribe',
    handle: (call) => {
      call.world.state.subscriptions.delete(open(call).id);
      call.world.touch();
      return { status: 204, applied: true };
    },
  },
  {
    // The success code is not confirmed.
    name: 'subscriptions.reauthorize',
    method: 'POST',
    below: 'root',
    path: `${ONE}/reauthorize`,
    scopes: 'subscribe',
    handle: (call) => {
      open(call).isPaused = false;
      call.world.touch();
      call.notices.poke();
      return { status: 204, applied: true };
    },
  },
];

function open(call: GraphCall) {
  return openSubscription(call.world, call, call.parameters['subscriptionId'] ?? '');
}

async function prove(call: GraphCall, address: string): Promise<void> {
  if (await call.notices.validate(address)) return;
  throw badRequest(
    'ValidationError',
    `Subscription validation request failed for ${address}. Notification endpoint must respond with 200 OK to validation request.`,
  );
}
