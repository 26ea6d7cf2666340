import type { NewMicrosoftPerson } from './microsoft-add-person.ts';
import { addPerson } from './microsoft-add-person.ts';
import type { NewMicrosoftCalendar } from './microsoft-calendars.ts';
import { addCalendar, defaultCalendarOf, deleteCalendar, setAccess } from './microsoft-calendars.ts';
import { itemNotFound } from './microsoft-error.ts';
import type { LifecycleEvent, MicrosoftNotices, NoticeChange } from './microsoft-notices.ts';
import { getPerson } from './microsoft-people.ts';
import type { MicrosoftAccess } from './microsoft-sandbox-access.ts';
import { createMicrosoftAccess } from './microsoft-sandbox-access.ts';
import type { MicrosoftEvents } from './microsoft-sandbox-events.ts';
import { createMicrosoftEvents } from './microsoft-sandbox-events.ts';
import type {
  DeltaReset,
  MicrosoftCalendar,
  MicrosoftLimits,
  MicrosoftMail,
  MicrosoftPerson,
  MicrosoftSubscription,
} from './microsoft-state.ts';
import { emptyMicrosoftState } from './microsoft-state.ts';
import { liveSubscriptions } from './microsoft-subscriptions.ts';
import type { GraphThrottle } from './microsoft-throttle.ts';
import type { MicrosoftRole } from './microsoft-types.ts';
import type { MicrosoftWorld } from './microsoft-world.ts';

/** State access for tests and the control API: seeds, edits as a person, and the faults that are state. */
export interface MicrosoftSandbox extends MicrosoftAccess, MicrosoftEvents {
  addPerson(person: NewMicrosoftPerson): MicrosoftPerson;
  addCalendar(owner: string, calendar: NewMicrosoftCalendar): MicrosoftCalendar;
  people(): readonly MicrosoftPerson[];
  calendars(): readonly MicrosoftCalendar[];
  /** The id of a person's default calendar. */
  defaultCalendar(email: string): string;
  setAccess(calendarId: string, email: string, role: MicrosoftRole | null): void;
  deleteCalendar(calendarId: string): void;
  /** Delta tokens of this calendar (or of all) are dead, and said to be so in this spelling from now on. */
  expireDeltaTokens(calendarId?: string, spelling?: DeltaReset): void;
  /** Of online meetings: how long the join address takes, and whether it never comes. */
  setConference(conference: { readonly delayMs?: number; readonly fails?: boolean }): void;
  setLimits(limits: Partial<MicrosoftLimits>): void;
  subscriptions(): readonly MicrosoftSubscription[];
  /** One more notice, doubled or forged (another client state); gives the receiver's status, null without one. */
  notify(subscriptionId: string, change?: NoticeChange): Promise<number | null>;
  /** Sends a lifecycle notice, with what it means: a pause until authorized again, or the end. */
  lifecycle(subscriptionId: string, event: LifecycleEvent): Promise<number | null>;
  /** Until no notice is due or on its way. */
  untilQuiet(): Promise<void>;
  /** Mails that Exchange itself would have sent. */
  mails(): readonly MicrosoftMail[];
  clearMails(): void;
  /** Forgets everything but the signing key and the clients. */
  reset(): void;
}

export function createMicrosoftSandbox(
  world: MicrosoftWorld,
  parts: { notices: MicrosoftNotices; throttle: GraphThrottle },
): MicrosoftSandbox {
  const getCalendar = (calendarId: string): MicrosoftCalendar => {
    const calendar = world.state.calendars.get(calendarId);
    if (calendar === undefined || calendar.isDeleted) throw itemNotFound();
    return calendar;
  };
  return {
    ...createMicrosoftAccess(world),
    ...createMicrosoftEvents(world),
    addPerson: (person) => addPerson(world, person),
    addCalendar: (owner, calendar) => addCalendar(world, getPerson(world, owner), calendar),
    people: () => [...world.state.people.values()],
    calendars: () => [...world.state.calendars.values()].filter((calendar) => !calendar.isDeleted),
    defaultCalendar: (email) => defaultCalendarOf(world, getPerson(world, email)).id,
    setAccess: (calendarId, email, role) => setAccess(world, getCalendar(calendarId), email, role),
    deleteCalendar: (calendarId) => deleteCalendar(world, getCalendar(calendarId)),
    expireDeltaTokens: (calendarId, spelling = 'gone') => {
      world.state.deltaReset = spelling;
      for (const calendar of calendarId === undefined ? world.state.calendars.values() : [getCalendar(calendarId)])
        calendar.tokenGeneration += 1;
      world.touch();
    },
    setConference: (change) => {
      Object.assign(world.state.onlineMeetings, given(change));
      world.touch();
    },
    setLimits: (limits) => {
      Object.assign(world.state.limits, given(limits));
      parts.throttle.clear();
      world.touch();
    },
    subscriptions: () => liveSubscriptions(world),
    notify: parts.notices.notify,
    lifecycle: parts.notices.lifecycle,
    untilQuiet: parts.notices.untilQuiet,
    mails: () => world.state.mails,
    clearMails: () => {
      world.state.mails.length = 0;
      world.touch();
    },
    reset: () => {
      const { signingKey, clients, lastVersion } = world.state;
      Object.assign(world.state, emptyMicrosoftState(), { signingKey, clients, lastVersion });
      parts.throttle.clear();
      world.touch();
    },
  };
}

function given(change: object): object {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
