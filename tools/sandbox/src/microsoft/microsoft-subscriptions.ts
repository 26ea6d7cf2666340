import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isLoopback } from '../notice-sender.ts';
import { defaultCalendarOf } from './microsoft-calendars.ts';
import { GraphError, accessDenied, badRequest, itemNotFound } from './microsoft-error.ts';
import { findPerson, graphUserId } from './microsoft-people.ts';
import type { MicrosoftCalendar, MicrosoftPerson, MicrosoftSubscription } from './microsoft-state.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

const MINUTE_MS = 60_000;
const MAX_MINUTES = 10_080;
const MIN_MINUTES = 45;

const newSubscription = z.object({
  changeType: z.string(),
  notificationUrl: z.url(),
  lifecycleNotificationUrl: z.url().nullish(),
  resource: z.string(),
  expirationDateTime: z.iso.datetime({ offset: true }),
  clientState: z.string().max(128).nullish(),
});

export interface SubscriptionCaller {
  readonly person: MicrosoftPerson;
  readonly clientId: string;
}

/** A subscription that is checked and not yet stored: its addresses have to prove themselves first. @throws GraphError */
export function readSubscription(
  world: MicrosoftWorld,
  { person, clientId }: SubscriptionCaller,
  wish: { body: unknown; usesImmutableIds: boolean },
): MicrosoftSubscription {
  const parsed = newSubscription.safeParse(wish.body);
  if (!parsed.success) throw badRequest('InvalidRequest', `The subscription is not valid: ${z.prettifyError(parsed.error)}`);
  const { changeType, notificationUrl, lifecycleNotificationUrl = null, resource, clientState } = parsed.data;
  const changeTypes = changeType.split(',').map((name) => name.trim());
  if (!changeTypes.every((name) => ['created', 'updated', 'deleted'].includes(name)))
    throw badRequest('InvalidRequest', `The change type '${changeType}' is not valid.`);
  for (const url of [notificationUrl, lifecycleNotificationUrl]) {
    if (url !== null && !url.startsWith('https:') && !isLoopback(url))
      throw badRequest('InvalidRequest', 'The notification URL must be https.');
  }
  const calendar = calendarOfResource(world, person, resource);
  const expiresAtMs = readExpiration(world, parsed.data.expirationDateTime);
  const made: MicrosoftSubscription = {
    ...{ id: randomUUID(), clientId, email: person.email, calendarId: calendar.id, resource: resource.replace(/^\//, ''), changeTypes },
    ...{
      notificationUrl,
      lifecycleNotificationUrl,
      clientState: clientState ?? null,
      expiresAtMs,
      usesImmutableIds: wish.usesImmutableIds,
    },
    isPaused: false,
    notifiedSeq: calendar.lastSeq,
  };
  checkDuplicate(world, made);
  return made;
}

/** @throws GraphError 409 when the same is subscribed already */
export function checkDuplicate(world: MicrosoftWorld, made: MicrosoftSubscription): void {
  const keyOf = ({ clientId, email, resource, changeTypes, notificationUrl }: MicrosoftSubscription): string =>
    [clientId, email, resource.toLowerCase(), [...changeTypes].sort().join(), notificationUrl].join(' ');
  const isTaken = liveSubscriptions(world).some((other) => keyOf(other) === keyOf(made));
  if (isTaken)
    throw new GraphError(
      409,
      'ExtensionError',
      'Operation: Create; Exception: Subscription already exists for the combination of resource, change type and URL.',
    );
}

/** Too short a life is raised, too long a one is refused. @throws GraphError 400 */
export function readExpiration(world: MicrosoftWorld, text: string): number {
  const now = world.clock.now();
  const wanted = Date.parse(text);
  if (wanted <= now) throw badRequest('ExtensionError', 'Subscription expiration must be in the future.');
  if (wanted > now + MAX_MINUTES * MINUTE_MS)
    throw badRequest('ExtensionError', `Subscription expiration can only be ${MAX_MINUTES} minutes in the future.`);
  return Math.max(wanted, now + MIN_MINUTES * MINUTE_MS);
}

/** Those that have not run out; the others end without a word. */
export function liveSubscriptions(world: MicrosoftWorld): MicrosoftSubscription[] {
  return [...world.state.subscriptions.values()].filter(({ expiresAtMs }) => expiresAtMs > world.clock.now());
}

/** @throws GraphError 404 for one that is gone or another's */
export function openSubscription(world: MicrosoftWorld, { person, clientId }: SubscriptionCaller, id: string): MicrosoftSubscription {
  const found = liveSubscriptions(world).find((subscription) => subscription.id === id);
  if (found === undefined || found.email !== person.email || found.clientId !== clientId) {
    throw new GraphError(404, 'ResourceNotFound', 'The object was not found.');
  }
  return found;
}

export function viewSubscription(world: MicrosoftWorld, subscription: MicrosoftSubscription): Record<string, unknown> {
  const { id, resource, clientId, changeTypes, notificationUrl, lifecycleNotificationUrl, clientState, expiresAtMs, email } = subscription;
  const creator = findPerson(world, email);
  return {
    ...{ id, resource, applicationId: clientId, changeType: changeTypes.join(','), clientState, notificationUrl, lifecycleNotificationUrl },
    expirationDateTime: new Date(expiresAtMs).toISOString(),
    creatorId: creator === null ? null : graphUserId(creator),
    latestSupportedTlsVersion: 'v1_2',
    ...{
      notificationQueryOptions: null,
      includeResourceData: null,
      encryptionCertificate: null,
      encryptionCertificateId: null,
      notificationUrlAppId: null,
    },
  };
}

/** `me/events` and `users/{id}/events` mean the default calendar here; whether they reach further is not confirmed. */
function calendarOfResource(world: MicrosoftWorld, person: MicrosoftPerson, resource: string): MicrosoftCalendar {
  const [, user, calendarId] = /^\/?(?:me|users\/([^/]+))(?:\/calendar|\/calendars\/([^/]+))?\/events$/i.exec(resource) ?? ['', 'none'];
  if (user === 'none') throw badRequest('ExtensionError', `Resource '${resource}' is not supported for subscriptions.`);
  const owner = user === undefined ? person : findPerson(world, decodeURIComponent(user));
  if (owner === null) throw itemNotFound();
  const calendar = calendarId === undefined ? defaultCalendarOf(world, owner) : world.state.calendars.get(decodeURIComponent(calendarId));
  if (calendar === undefined || calendar.isDeleted) throw itemNotFound();
  // Only the signed-in user's own mailbox; others need application permissions.
  if (calendar.ownerEmail !== person.email) throw accessDenied();
  return calendar;
}
