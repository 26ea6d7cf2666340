import { Secret, addMilliseconds, instantOf, parseInstant, parseWallTime, parseZone, wallTimeOf } from '@daymark/domain';
import type { ZoneId } from '@daymark/domain';
import type { EventFields, EventTime } from '@daymark/provider-contract';
import { startSandbox } from '@daymark/sandbox';
import type { MicrosoftEvent, Sandbox } from '@daymark/sandbox';
import { OutlookClient } from '../outlook-client.ts';

export const ADA = 'ada@acme.example';
export const LEO = 'leo@acme.example';
export const ROSA = 'rosa@globex.example';
export const KIM = 'kim@outlook.com';
export const SANDBOX_NOW = '2026-11-20T08:00:00Z';
export const BERLIN = parseZone('Europe/Berlin');

/** Ada and Leo of one organisation, Rosa of another, Kim with a personal account, in a sandbox that stands still. */
export class SandboxMailboxes {
  readonly sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  static async start(): Promise<SandboxMailboxes> {
    const sandbox = await startSandbox({ clock: { now: () => Date.parse(SANDBOX_NOW) } });
    const { microsoft } = sandbox;
    microsoft.addPerson({ email: ADA, name: 'Ada Lindqvist', timeZone: 'W. Europe Standard Time' });
    microsoft.addPerson({ email: LEO, name: 'Leo Martens', timeZone: 'America/New_York' });
    microsoft.addPerson({ email: ROSA, name: 'Rosa Almeida', timeZone: 'E. South America Standard Time' });
    microsoft.addPerson({ email: KIM, name: 'Kim Berg', timeZone: 'UTC' });
    return new SandboxMailboxes(sandbox);
  }

  /** A client as a session has one. */
  client(email: string): OutlookClient {
    const { accessToken } = this.sandbox.microsoft.connect(email);
    return new OutlookClient(
      {
        profile: 'read_write',
        fetch,
        now: () => parseInstant(SANDBOX_NOW),
        credentials: () => Promise.resolve({ accessToken: new Secret(accessToken) }),
      },
      { graphUrl: this.sandbox.microsoftUrl },
    );
  }

  calendar(email: string): string {
    return this.sandbox.microsoft.defaultCalendar(email);
  }

  events(email: string): readonly MicrosoftEvent[] {
    return this.sandbox.microsoft.events(this.calendar(email), { isImmutable: true });
  }

  /** The only event on a calendar, as its owner sees it. */
  theEventOf(email: string): MicrosoftEvent {
    const [event, ...more] = this.events(email);
    if (event === undefined || more.length > 0) throw new Error(`${email} has ${more.length + (event === undefined ? 0 : 1)} events`);
    return event;
  }

  /** Kind and addressees of the mails that Exchange sent. */
  mails(): readonly string[] {
    return this.sandbox.microsoft.mails().map(({ kind, to }) => `${kind} ${to.join(' ')}`);
  }
}

export function at(wall: string, { minutes = 60, zone = BERLIN }: { readonly minutes?: number; readonly zone?: ZoneId } = {}): EventTime {
  const startWall = parseWallTime(wall);
  const start = instantOf(startWall, zone);
  const end = addMilliseconds(start, minutes * 60_000);
  return { kind: 'timed', start, end, startWall, endWall: wallTimeOf(end, zone), zone };
}

export function guest(email: string, more: Partial<EventFields['attendees'][number]> = {}): EventFields['attendees'][number] {
  return { email, name: null, optional: false, ...more };
}

export function plainFields(more: Partial<EventFields> = {}): EventFields {
  return {
    title: 'Intro call',
    description: 'About it',
    location: 'Here',
    time: at('2026-11-23T10:00'),
    recurrence: [],
    attendees: [],
    busy: true,
    visibility: 'default',
    reminders: null,
    ...more,
  };
}
