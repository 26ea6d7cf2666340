import type { NewGoogleCalendar, NewGooglePerson } from './google-accounts.ts';
import { addCalendar, addPerson, deleteCalendar, findAccount, getAccount, openCalendar, setAccess } from './google-accounts.ts';
import { settleConferences } from './google-conference.ts';
import { notFound } from './google-error.ts';
import { readEventBody } from './google-event-input.ts';
import { findEvent, instancesOf, resolveException, resolveStored, storeEvent } from './google-event-store.ts';
import { viewEvent } from './google-event-view.ts';
import { changeEvent, deleteEvent, insertEvent, moveEvent, organizerOf } from './google-event-writer.ts';
import { issueTokens, registerClient, revokeGrant } from './google-grants.ts';
import type { NewGoogleClient } from './google-grants.ts';
import type { SendUpdates } from './google-guests.ts';
import { copyIdFor } from './google-guests.ts';
import type { GooglePush } from './google-push.ts';
import type { GoogleLimits, GoogleQuota } from './google-quota.ts';
import { normaliseScopes } from './google-scopes.ts';
import type { GoogleAccount, GoogleCalendar, GoogleChannel, GoogleMail } from './google-state.ts';
import { emptyGoogleState } from './google-state.ts';
import type { GoogleAccessRole, GoogleEvent, GoogleEventFields, GoogleResponseStatus } from './google-types.ts';
import type { GoogleWorld } from './google-world.ts';
import { nowIso, randomEventId } from './google-world.ts';

export interface ConnectOptions {
  readonly clientId?: string;
  /** Full or short (`calendar.events`); default: everything. */
  readonly scopes?: readonly string[];
}

export interface EventEdit {
  /** Who edits; a person, by address. */
  readonly as: string;
  /** Default: the person's primary calendar. */
  readonly calendarId?: string;
  readonly sendUpdates?: SendUpdates;
  readonly conferenceDataVersion?: number;
}

/** State access for tests and the control API: seeds, edits as a person, and the faults that are state. */
export interface GoogleSandbox {
  addPerson(person: NewGooglePerson): GoogleAccount;
  addCalendar(owner: string, calendar: NewGoogleCalendar): GoogleCalendar;
  registerClient(client: NewGoogleClient): void;
  /** Tokens without the browser round trip, as after a consent to these scopes. */
  connect(email: string, options?: ConnectOptions): { readonly accessToken: string; readonly refreshToken: string };
  people(): readonly GoogleAccount[];
  calendars(): readonly GoogleCalendar[];
  /** All events as the owner sees them; cancelled ones and exceptions too. */
  events(calendarId: string): GoogleEvent[];
  getEvent(calendarId: string, eventId: string): GoogleEvent | null;
  /** The times of a series as people see them: exceptions in their place, cancelled ones left out; none of one that is gone. */
  instances(calendarId: string, eventId: string): GoogleEvent[];
  /** An edit by a person, with all side effects that Google has. Takes the body of `events.insert`. */
  createEvent(edit: EventEdit, body: unknown): GoogleEvent;
  patchEvent(edit: EventEdit, eventId: string, body: unknown): GoogleEvent;
  deleteEvent(edit: EventEdit, eventId: string): void;
  moveEvent(edit: EventEdit, eventId: string, destination: string): GoogleEvent;
  respond(edit: EventEdit, eventId: string, response: GoogleResponseStatus): GoogleEvent;
  /** The id of a guest's own copy of an organizer's event; instances keep their ending. Null without a copy. */
  findGuestCopy(email: string, event: { readonly calendarId: string; readonly eventId: string }): string | null;
  /** Stores fields as they are, without any check: for the odd events that real calendars hold. */
  addRawEvent(calendarId: string, fields: GoogleEventFields & { id?: string }): string;
  /** Access tokens die; refresh tokens live on. */
  expireAccessTokens(email?: string): void;
  /** As if the person removed the application: `invalid_grant` from now on. */
  revokeGrants(email: string, clientId?: string): void;
  /** Takes scopes away from the grants and tokens of a person. */
  narrowGrants(email: string, scopes: readonly string[]): void;
  /** Sync tokens of this calendar (or of all) are answered with 410. */
  expireSyncTokens(calendarId?: string): void;
  setAccess(calendarId: string, email: string, role: GoogleAccessRole | null): void;
  deleteCalendar(calendarId: string): void;
  setConference(conference: { readonly delayMs?: number; readonly fails?: boolean }): void;
  /** Quotas that count from now on; what is left out stays. */
  setLimits(limits: Partial<GoogleLimits>): void;
  channels(): readonly GoogleChannel[];
  /** One more notice on a channel, doubled or forged (another token); gives the receiver's status, null without one. */
  notify(channelId: string, change?: { readonly token?: string; readonly state?: string }): Promise<number | null>;
  /** Until no notice is due or on its way. */
  untilQuiet(): Promise<void>;
  /** Mails that Google itself would have sent. */
  mails(): readonly GoogleMail[];
  clearMails(): void;
  /** Forgets everything but the signing key and the clients. */
  reset(): void;
}

export const SANDBOX_CLIENT_ID = 'sandbox.apps.googleusercontent.com';

export function createGoogleSandbox(world: GoogleWorld, { push, quota }: { push: GooglePush; quota: GoogleQuota }): GoogleSandbox {
  const getCalendar = (calendarId: string): GoogleCalendar => {
    const calendar = world.state.calendars.get(calendarId);
    if (calendar === undefined) throw notFound();
    return calendar;
  };
  const target = ({ as, calendarId = 'primary', sendUpdates, conferenceDataVersion }: EventEdit) => ({
    actor: getAccount(world, as),
    calendarId,
    options: { sendUpdates, conferenceDataVersion },
  });
  const show = (calendar: GoogleCalendar, eventId: string): GoogleEvent | null => {
    const event = findEvent(calendar, eventId);
    const account = getAccount(world, calendar.ownerEmail);
    return event === null ? null : viewEvent(world, calendar, { event, viewer: { account, role: 'owner' } });
  };
  const shown = (calendar: GoogleCalendar, eventId: string): GoogleEvent => {
    const event = show(calendar, eventId);
    if (event === null) throw notFound();
    return event;
  };
  return {
    addPerson: (person) => addPerson(world, person),
    addCalendar: (owner, calendar) => addCalendar(world, getAccount(world, owner), calendar),
    registerClient: (client) => void registerClient(world, client),
    connect: (email, options = {}) => connect(world, email, options),
    people: () => [...world.state.accounts.values()],
    calendars: () => [...world.state.calendars.values()].filter((calendar) => !calendar.isDeleted),
    events: (calendarId) => {
      settleConferences(world);
      const calendar = getCalendar(calendarId);
      const viewer = { account: getAccount(world, calendar.ownerEmail), role: 'owner' as const };
      return [...calendar.events.values()].flatMap((stored) => {
        const exceptions = [...stored.exceptions].filter(([, exception]) => exception.dropped === null);
        const all = [
          ...(stored.hasOnlyExceptions ? [] : [resolveStored(stored)]),
          ...exceptions.map(([stamp, exception]) => resolveException(stored, { stamp, exception })),
        ];
        return all.map((event) => viewEvent(world, calendar, { event, viewer }));
      });
    },
    getEvent: (calendarId, eventId) => {
      settleConferences(world);
      return show(getCalendar(calendarId), eventId);
    },
    instances: (calendarId, eventId) => {
      const calendar = getCalendar(calendarId);
      const master = calendar.events.get(eventId);
      if (master === undefined || master.status === 'cancelled') return [];
      const viewer = { account: getAccount(world, calendar.ownerEmail), role: 'owner' as const };
      const window = { fromMs: Number.NEGATIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };
      return instancesOf(world, calendar, { master, window })
        .filter((event) => event.status !== 'cancelled' && event.exception?.dropped == null)
        .map((event) => viewEvent(world, calendar, { event, viewer }));
    },
    createEvent: (edit, body) => {
      const written = insertEvent(world, target(edit), readEventBody(body));
      return shown(written.calendar, written.event.id);
    },
    patchEvent: (edit, eventId, body) => {
      const written = changeEvent(world, target(edit), { eventId, body: readEventBody(body), kind: 'merge' });
      return shown(written.calendar, written.event.id);
    },
    deleteEvent: (edit, eventId) => deleteEvent(world, target(edit), eventId),
    moveEvent: (edit, eventId, destination) => {
      const written = moveEvent(world, target(edit), { eventId, destination });
      return shown(written.calendar, written.event.id);
    },
    respond: (edit, eventId, response) => {
      const to = target(edit);
      const { calendar } = openCalendar(world, to.actor, to.calendarId);
      const attendees = (shown(calendar, eventId).attendees ?? []).map((attendee) =>
        attendee.self === true ? { ...attendee, responseStatus: response } : attendee,
      );
      changeEvent(world, to, { eventId, body: readEventBody({ attendees }), kind: 'merge' });
      return shown(calendar, eventId);
    },
    findGuestCopy: (email, { calendarId, eventId }) => {
      const [masterId = eventId, stamp] = eventId.split('_');
      const account = getAccount(world, email);
      const copyId = copyIdFor(account, { calendarId, eventId: masterId });
      const id = stamp === undefined ? copyId : `${copyId}_${stamp}`;
      return findEvent(getCalendar(account.email), id) === null ? null : id;
    },
    addRawEvent: (calendarId, { id = randomEventId(), ...fields }) => {
      const calendar = getCalendar(calendarId);
      storeEvent(world, calendar, {
        id,
        fields: { iCalUID: `${id}@google.com`, sequence: 0, eventType: 'default', reminders: { useDefault: true }, ...fields },
        creator: { email: calendar.ownerEmail },
        organizer: organizerOf(calendar),
      });
      return id;
    },
    expireAccessTokens: (email) => {
      for (const [token, record] of world.state.accessTokens)
        if (email === undefined || record.email === email) world.state.accessTokens.delete(token);
      world.touch();
    },
    revokeGrants: (email, clientId) => {
      for (const { clientId: id, email: owner } of [...world.state.grants.values(), ...world.state.refreshTokens.values()]) {
        if (owner === email && (clientId === undefined || clientId === id)) revokeGrant(world, id, email);
      }
    },
    narrowGrants: (email, scopes) => narrowGrants(world, email, fullScopes(scopes)),
    expireSyncTokens: (calendarId) => {
      for (const calendar of calendarId === undefined ? world.state.calendars.values() : [getCalendar(calendarId)])
        calendar.tokenGeneration += 1;
      if (calendarId === undefined) for (const account of world.state.accounts.values()) account.listGeneration += 1;
      world.touch();
    },
    setAccess: (calendarId, email, role) => setAccess(world, getCalendar(calendarId), email, role),
    deleteCalendar: (calendarId) => deleteCalendar(world, getCalendar(calendarId)),
    setConference: ({ delayMs, fails }) => {
      if (delayMs !== undefined) world.state.conference.delayMs = delayMs;
      if (fails !== undefined) world.state.conference.fails = fails;
      world.touch();
    },
    setLimits: (limits) => {
      Object.assign(world.state.limits, Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined)));
      quota.clear();
      world.touch();
    },
    channels: () => [...world.state.channels.values()],
    notify: push.notify,
    untilQuiet: push.untilQuiet,
    mails: () => world.state.mails,
    clearMails: () => {
      world.state.mails.length = 0;
      world.touch();
    },
    reset: () => {
      const { signingKey, clients } = world.state;
      quota.clear();
      Object.assign(world.state, emptyGoogleState(), { signingKey, clients, lastVersion: world.state.lastVersion });
      world.touch();
    },
  };
}

function connect(world: GoogleWorld, email: string, options: ConnectOptions): { accessToken: string; refreshToken: string } {
  const account = findAccount(world, email) ?? addPerson(world, { email });
  const clientId = options.clientId ?? [...world.state.clients.keys()][0] ?? SANDBOX_CLIENT_ID;
  const scopes = fullScopes(options.scopes ?? ['openid', 'email', 'profile', 'calendar']);
  const grant = { clientId, email: account.email, scopes, grantedAt: nowIso(world) };
  world.state.grants.set(`${clientId} ${account.email}`, grant);
  const tokens = issueTokens(world, { ...grant, nonce: null, withRefreshToken: true });
  return { accessToken: tokens.accessToken, refreshToken: tokens.refreshToken ?? '' };
}

function narrowGrants(world: GoogleWorld, email: string, removed: readonly string[]): void {
  const { grants, accessTokens, refreshTokens } = world.state;
  for (const record of [...grants.values(), ...accessTokens.values(), ...refreshTokens.values()]) {
    if (record.email === email) record.scopes = record.scopes.filter((scope) => !removed.includes(scope));
  }
  world.touch();
}

function fullScopes(scopes: readonly string[]): string[] {
  const full = scopes.map((scope) => (scope.startsWith('calendar') ? `https://www.googleapis.com/auth/${scope}` : scope));
  const known = normaliseScopes(full);
  if (known === null) throw new RangeError(`unknown scope in: ${scopes.join(' ')}`);
  return known;
}
