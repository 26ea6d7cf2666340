import type { CalendarProvider, CalendarSession, Capability, ConnectionAccess, EventWriter, FreeBusyReader } from '../calendar-provider.ts';
import type { OAuthFlow } from '../provider-auth.ts';
import type { ProviderEvent } from '../provider-event.ts';
import type { PushReceiver, PushSubscriber } from '../provider-push.ts';
import type { Need } from './case-group.ts';

/** A mistake that providers make, planted in a good one: the kit has to notice it. */
export interface Mutant {
  /** What the provider then does, as a sentence without its subject. */
  readonly does: string;
  readonly plant: (provider: CalendarProvider) => CalendarProvider;
  /** Groups whose cases probably notice it, by name; they are run first. */
  readonly harms?: readonly string[];
  /** Without these it is no mistake, or nobody could notice. */
  readonly needs?: readonly Need[];
}

const AUTH = ['auth and refresh', 'partial consent'];
const READING = ['calendars', 'changes', 'cursor', 'paging'];
const EVENTS = ['changes', 'all-day and zones', 'event kinds', 'recurrence', 'writes'];
const WRITING = ['writes', 'conditional update', 'idempotent create', 'notify', 'conference'];
const TROUBLE = ['throttling', 'errors', 'cursor', 'calendars', 'writes'];

type WithWriter = CalendarSession & { readonly writer: EventWriter };
type WithFreeBusy = CalendarSession & { readonly freeBusy: FreeBusyReader };
type WithPush = CalendarSession & { readonly push: PushSubscriber };

export function inAuth(does: string, change: (auth: OAuthFlow) => Partial<OAuthFlow>): Mutant {
  return {
    does,
    harms: AUTH,
    plant: (provider) => ({ ...copyOf(provider), auth: { ...authOf(provider.auth), ...change(provider.auth) } }),
  };
}

export function inDeclaration(does: string, capabilities: readonly Capability[]): Mutant {
  return { does, harms: AUTH, plant: (provider) => ({ ...copyOf(provider), capabilities }) };
}

/** What the host lends is changed before the provider gets it. */
export function inAccess(does: string, change: (access: ConnectionAccess) => ConnectionAccess): Mutant {
  return { does, harms: TROUBLE, plant: (provider) => ({ ...copyOf(provider), open: (access) => provider.open(change(access)) }) };
}

export function inSession(does: string, change: (session: CalendarSession, access: ConnectionAccess) => Partial<CalendarSession>): Mutant {
  return {
    does,
    harms: READING,
    plant: (provider) => ({
      ...copyOf(provider),
      open: (access) => {
        const session = provider.open(access);
        return { ...sessionOf(session), ...change(session, access) };
      },
    }),
  };
}

export function inWriter(does: string, change: (writer: EventWriter, session: WithWriter) => Partial<EventWriter>): Mutant {
  const planted = inSession(does, (session) => {
    if (!hasWriter(session)) return {};
    return { writer: { ...writerOf(session.writer), ...change(session.writer, session) } };
  });
  return { ...planted, harms: WRITING };
}

export function inFreeBusy(does: string, change: (reader: FreeBusyReader, session: WithFreeBusy) => FreeBusyReader): Mutant {
  const planted = inSession(does, (session) => (hasFreeBusy(session) ? { freeBusy: change(session.freeBusy, session) } : {}));
  return { ...planted, harms: ['free/busy'] };
}

export function inSubscriber(does: string, change: (push: PushSubscriber, session: WithPush) => PushSubscriber): Mutant {
  const planted = inSession(does, (session) => (hasPush(session) ? { push: change(session.push, session) } : {}));
  return { ...planted, harms: ['channels', 'notices'], needs: ['push'] };
}

export function inReceiver(does: string, change: (push: PushReceiver) => PushReceiver['read']): Mutant {
  const plant = (provider: CalendarProvider): CalendarProvider =>
    provider.push === undefined ? provider : { ...copyOf(provider), push: { read: change(provider.push) } };
  return { does, plant, harms: ['notices', 'channels'], needs: ['push'] };
}

/** Each event that is told by whatever call. */
export function inEvents(does: string, change: (event: ProviderEvent, access: ConnectionAccess) => ProviderEvent): Mutant {
  const planted = inSession(does, (session, access) => {
    const changed = (event: ProviderEvent | null) => event && change(event, access);
    return {
      async listChanges(request) {
        const page = await session.listChanges(request);
        const changes = page.changes.map((told) => (told.kind === 'saved' ? { ...told, event: change(told.event, access) } : told));
        return { ...page, changes };
      },
      getEvent: async (ref) => changed(await session.getEvent(ref)),
      getOccurrence: async (ref) => changed(await session.getOccurrence(ref)),
    };
  });
  return { ...planted, harms: EVENTS };
}

/** Each error that is thrown by whatever call of a session. */
export function inErrors(does: string, change: (error: unknown) => unknown): Mutant {
  const caught = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (error) {
      throw change(error);
    }
  };
  return {
    does,
    harms: TROUBLE,
    plant: (provider) =>
      inSession(does, (session) => ({
        listCalendars: () => caught(session.listCalendars()),
        listChanges: (request) => caught(session.listChanges(request)),
        getEvent: (ref) => caught(session.getEvent(ref)),
        getOccurrence: (ref) => caught(session.getOccurrence(ref)),
        ...(hasFreeBusy(session) ? { freeBusy: { read: (request) => caught(session.freeBusy.read(request)) } } : {}),
        ...(hasPush(session) ? { push: pushOf(session.push, caught) } : {}),
        ...(hasWriter(session)
          ? {
              writer: {
                commentOnCancel: session.writer.commentOnCancel,
                create: (event) => caught(session.writer.create(event)),
                update: (update) => caught(session.writer.update(update)),
                remove: (deletion) => caught(session.writer.remove(deletion)),
              },
            }
          : {}),
      })).plant(provider),
  };
}

function hasWriter(session: CalendarSession): session is WithWriter {
  return session.writer !== undefined;
}

function hasFreeBusy(session: CalendarSession): session is WithFreeBusy {
  return session.freeBusy !== undefined;
}

function hasPush(session: CalendarSession): session is WithPush {
  return session.push !== undefined;
}

/** Each call of a subscriber, through `call`. */
function pushOf(push: PushSubscriber, call: <T>(made: Promise<T>) => Promise<T>): PushSubscriber {
  return {
    subscribe: (request) => call(push.subscribe(request)),
    unsubscribe: (channel) => call(push.unsubscribe(channel)),
    ...(push.renewsInPlace
      ? { renewsInPlace: true, renew: (channel, until) => call(push.renew(channel, until)) }
      : { renewsInPlace: false }),
  };
}

/** By name, since a provider may be an object of a class. */
function copyOf(provider: CalendarProvider): CalendarProvider {
  const { contract, id, manifest, capabilities, auth, signIn, push } = provider;
  return { contract, id, manifest, capabilities, auth, signIn, push, open: (access) => provider.open(access) };
}

function authOf(auth: OAuthFlow): OAuthFlow {
  return {
    kind: auth.kind,
    revokesWholeAccount: auth.revokesWholeAccount,
    scopesFor: (profile) => auth.scopesFor(profile),
    missing: (profile, granted) => auth.missing(profile, granted),
    authorizeUrl: (request) => auth.authorizeUrl(request),
    refusal: (refusal) => auth.refusal(refusal),
    ...(auth.adminConsentUrl === undefined ? {} : { adminConsentUrl: auth.adminConsentUrl.bind(auth) }),
    checkClient: (redirectUri, ports) => auth.checkClient(redirectUri, ports),
    exchangeCode: (exchange, ports) => auth.exchangeCode(exchange, ports),
    refresh: (token, ports) => auth.refresh(token, ports),
    revoke: (token, ports) => auth.revoke(token, ports),
  };
}

function sessionOf(session: CalendarSession): CalendarSession {
  return {
    listCalendars: () => session.listCalendars(),
    listChanges: (request) => session.listChanges(request),
    getEvent: (ref) => session.getEvent(ref),
    getOccurrence: (ref) => session.getOccurrence(ref),
    ...(hasWriter(session) ? { writer: session.writer } : {}),
    ...(hasFreeBusy(session) ? { freeBusy: session.freeBusy } : {}),
    push: session.push,
    findTimes: session.findTimes,
  };
}

function writerOf(writer: EventWriter): EventWriter {
  return {
    commentOnCancel: writer.commentOnCancel,
    create: (event) => writer.create(event),
    update: (update) => writer.update(update),
    remove: (deletion) => writer.remove(deletion),
  };
}
