import { createHash } from 'node:crypto';
import { DAY_MS, HOUR_MS, instant, interval, wallTimeOf } from '@daymark/domain';
import type { Instant, Interval, PlainDate, ZoneId } from '@daymark/domain';
import type { CalendarProvider, CalendarSession, EventFields, EventWriter, FreeBusyReader, NewEvent } from '../calendar-provider.ts';
import type { AccessProfile, Credentials, HostPorts, RemoteAccount, TokenSet } from '../provider-auth.ts';
import type { EventTime, OriginalStart, ProviderEvent } from '../provider-event.ts';
import { NoticeReceiver } from './notice-receiver.ts';
import type { HeldEvent, Occasion, ProviderWorld, Seed } from './provider-world.ts';

/** The present of every case: a Wednesday between two clock changes, New York's on 14 March and Berlin's on the 28th. */
export const NOW = instant(Date.UTC(2027, 2, 10, 9, 15));
/** The full hour after {@link NOW}; hours of seeds are counted from it. 11:00 in Berlin, 05:00 in New York. */
export const SOON = instant(Date.UTC(2027, 2, 10, 10));
/** 30 days back and 365 ahead, as a host asks for. */
export const WINDOW: Interval = interval(instant(NOW - 30 * DAY_MS), instant(NOW + 365 * DAY_MS));
export const BERLIN = 'Europe/Berlin' as ZoneId;
export const NEW_YORK = 'America/New_York' as ZoneId;

export interface Grant {
  readonly tokens: TokenSet;
  readonly account: RemoteAccount;
}

/** One case with a world of its own: the host's side of the contract, as short as a test wants it. */
export class Scene {
  readonly world: ProviderWorld;
  readonly provider: CalendarProvider;
  /** See {@link ProviderWorld.misregistered}. */
  readonly misregistered: CalendarProvider;
  /** The owner's own calendar. */
  readonly calendarId: string;
  #receiver: NoticeReceiver | null = null;

  constructor(world: ProviderWorld, { provider, misregistered }: Pick<ProviderWorld, 'provider' | 'misregistered'>) {
    this.world = world;
    this.provider = provider;
    this.misregistered = misregistered;
    this.calendarId = world.people.owner.calendarId;
  }

  get ports(): HostPorts {
    return { fetch, now: () => this.world.clock.now() };
  }

  /** The code flow as a person goes through it: consent page, ticks, redirect, exchange. */
  async connect(profile: AccessProfile = 'read_write', choice: { readonly unticked?: readonly string[] } = {}): Promise<Grant> {
    const code = await this.consent(profile, choice);
    return this.provider.auth.exchangeCode({ code, redirectUri: this.world.redirectUri, codeVerifier: CODE_VERIFIER }, this.ports);
  }

  /** The first half of it; gives the code. */
  async consent(profile: AccessProfile, choice: { readonly unticked?: readonly string[] } = {}): Promise<string> {
    const request = { redirectUri: this.world.redirectUri, state: 'state-1', codeChallenge: CODE_CHALLENGE, profile };
    const back = await this.world.consent(this.provider.auth.authorizeUrl(request), choice);
    const code = back.searchParams.get('code');
    if (back.searchParams.get('state') !== 'state-1' || code === null) throw new Error(`the consent page sent the browser to ${back}`);
    return code;
  }

  /** A session of what was granted; `fetch` replaces the way out. */
  open(
    tokens: TokenSet,
    how: { readonly profile?: AccessProfile; readonly fetch?: typeof fetch; credentials?(): Promise<Credentials> } = {},
  ): CalendarSession {
    return this.provider.open({
      profile: how.profile ?? 'read_write',
      fetch: how.fetch ?? fetch,
      now: () => this.world.clock.now(),
      credentials: how.credentials ?? (() => Promise.resolve({ accessToken: tokens.accessToken })),
    });
  }

  async session(profile: AccessProfile = 'read_write', how: { readonly fetch?: typeof fetch } = {}): Promise<CalendarSession> {
    const { tokens } = await this.connect(profile);
    return this.open(tokens, { profile, ...how });
  }

  /** The address for notices, there as soon as it is asked for. */
  async receiver(): Promise<NoticeReceiver> {
    return (this.#receiver ??= await NoticeReceiver.open(this.world, this.provider));
  }

  async close(): Promise<void> {
    await this.#receiver?.close();
  }

  /** Made by hand in the owner's own calendar, unless another is named. */
  async seed(title: string, hours: number, more: Partial<Seed> & { readonly calendarId?: string } = {}): Promise<Occasion> {
    const { calendarId = this.calendarId, ...fields } = more;
    return { calendarId, eventId: await this.world.acts.create(calendarId, { title, time: timed(hours), ...fields }) };
  }

  /** A new event of ours; `number` becomes its marker and, by default, its hour. */
  draft(number: number, more: Partial<EventFields> & Partial<Omit<NewEvent, 'fields'>> = {}): NewEvent {
    const { calendarId = this.calendarId, marker = markerOf(number), conference = false, notify = 'none', ...fields } = more;
    return { calendarId, marker, conference, notify, fields: { ...plainFields(number), ...fields } };
  }

  /** The one event with this title that the service holds. */
  async held(title: string, calendarId = this.calendarId): Promise<HeldEvent> {
    const found = (await this.world.holds.events(calendarId)).filter((event) => event.title === title);
    if (found.length !== 1 || found[0] === undefined) throw new Error(`the service holds ${found.length} events called '${title}'`);
    return found[0];
  }

  async titles(calendarId = this.calendarId): Promise<readonly (string | null)[]> {
    return (await this.world.holds.events(calendarId)).map((event) => event.title).toSorted();
  }

  async mailed(): Promise<readonly string[]> {
    return (await this.world.holds.mails()).flatMap(({ to }) => to).toSorted();
  }
}

export function writerOf(session: CalendarSession): EventWriter {
  if (session.writer === undefined) throw new Error('expected a writer');
  return session.writer;
}

export function freeBusyOf(session: CalendarSession): FreeBusyReader {
  if (session.freeBusy === undefined) throw new Error('expected free/busy');
  return session.freeBusy;
}

export async function eventAt(session: CalendarSession, ref: Occasion): Promise<ProviderEvent> {
  const event = await session.getEvent(ref);
  if (event === null) throw new Error(`expected an event ${ref.eventId}`);
  return event;
}

/** Hours from {@link SOON} on, with the wall times of a zone. */
export function timed(hours: number, how: { readonly length?: number; readonly zone?: ZoneId } = {}): EventTime {
  const { length = 1, zone = BERLIN } = how;
  return between(after(hours), after(hours + length), zone);
}

export function between(start: Instant, end: Instant, zone: ZoneId = BERLIN): EventTime {
  return { kind: 'timed', start, end, startWall: wallTimeOf(start, zone), endWall: wallTimeOf(end, zone), zone };
}

/** `until` is exclusive. */
export function days(from: string, until: string): EventTime {
  return { kind: 'all-day', startDate: from as PlainDate, endDate: until as PlainDate };
}

export function after(hours: number): Instant {
  return instant(SOON + hours * HOUR_MS);
}

export function originalAt(hours: number): OriginalStart {
  return { kind: 'timed', at: after(hours) };
}

export function originalOn(date: string): OriginalStart {
  return { kind: 'all-day', date: date as PlainDate };
}

export function markerOf(number: number): string {
  return number.toString(16).padStart(32, '0');
}

/** A meeting without guests; each field has a value of its own. */
export function plainFields(hours: number): EventFields {
  return {
    title: `Intro call ${hours}`,
    description: 'About it',
    location: 'Here',
    time: timed(hours),
    recurrence: [],
    attendees: [],
    busy: true,
    visibility: 'default',
    reminders: null,
  };
}

const CODE_VERIFIER = 'verifier-'.padEnd(43, 'v');
const CODE_CHALLENGE = createHash('sha256').update(CODE_VERIFIER).digest('base64url');
