import type { Calendar, Connection, Event, Meeting, Overview, Provider, Run, Session, User } from '@daymark/api-contract';
import {
  calendarExample,
  connectionExample,
  eventExample,
  exampleId,
  issueExample,
  meetingExample,
  meetingStepExample,
  overviewExample,
  providerExample,
  runExample,
  schedulingProfileExample,
  sessionExample,
  userExample,
} from '@daymark/api-contract';
import type { ConnectionStatus } from '@daymark/domain';
import { problemDefinition } from '@daymark/domain';
import type { ProblemCode } from '@daymark/domain';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A small company on a working day, in wire form; every status and every condition occurs. */
export interface World {
  readonly session: Session;
  readonly providers: readonly Provider[];
  readonly users: readonly User[];
  readonly connections: Connection[];
  readonly calendars: Calendar[];
  readonly runs: Run[];
  readonly events: readonly Event[];
  readonly meetings: Meeting[];
  readonly profiles: readonly (typeof schedulingProfileExample)[];
  readonly overview: Overview;
}

export function issueOf(code: ProblemCode, message: string, since: string): NonNullable<Connection['last_error']> {
  const { cause, fix, who } = problemDefinition(code);
  return { ...issueExample, code, message, cause, fix, who, first_seen_at: since, count: 4 };
}

export function worldAt(now: number): World {
  const at = (offset: number): string => new Date(now + offset).toISOString().replace(/\.\d+Z$/, 'Z');
  const people = ['Ada Example', 'Leo Brandt', 'Tomasz Wrona', 'Eleni Papadaki', 'Yuki Tanabe'];
  const users = people.map((name, place): User => {
    const email = `${name.toLowerCase().replace(' ', '.')}@acme.example`;
    return { ...userExample, id: exampleId('user', place + 1), name, email, role: place === 0 ? 'owner' : 'member' };
  });
  const rooms = ['room.alster', 'room.elbe', 'depot.kiel', 'room.spree', 'holidays'];
  const accountOf = (place: number): string => users[place]?.email ?? `${rooms[place - users.length] ?? 'spare'}@acme.example`;
  const connectionOf = (place: number, status: ConnectionStatus, more: Partial<Connection> = {}): Connection => ({
    ...connectionExample,
    id: exampleId('connection', place + 1),
    user_id: exampleId('user', (place % users.length) + 1),
    account_email: accountOf(place),
    label: accountOf(place),
    provider: place % 3 === 1 ? 'outlook' : 'google',
    status,
    conditions: [],
    calendars_count: (place % 3) + 1,
    last_success_at: at(-(place + 1) * 4 * MINUTE),
    next_run_at: at(4 * MINUTE),
    lag_seconds: 42,
    ...more,
  });
  const expired = issueOf('reauthorization-required', 'Microsoft refused to renew access.', at(-3 * HOUR));
  const failing = issueOf('provider-client-invalid', 'The service rejected the client secret of this installation.', at(-26 * MINUTE));
  const limited = issueOf('provider-rate-limited', 'Google asks us to slow down.', at(-5 * MINUTE));
  const connections = [
    connectionOf(1, 'expired', { last_error: expired, last_success_at: at(-3 * HOUR), next_run_at: null }),
    connectionOf(2, 'error', { last_error: failing, last_success_at: at(-26 * MINUTE) }),
    connectionOf(3, 'active', {
      last_error: limited,
      conditions: [{ condition: 'rate-limited', text: 'The service limits how often we may ask.', until: at(4 * MINUTE) }],
    }),
    connectionOf(4, 'active', { running_run_id: exampleId('run', 9) }),
    connectionOf(0, 'active', { conditions: [{ condition: 'polling', text: 'Changes are looked for every 5 minutes.', until: null }] }),
    connectionOf(5, 'pending', { last_success_at: null, next_run_at: null, calendars_count: 0 }),
    connectionOf(6, 'paused', { last_success_at: at(-2 * DAY), next_run_at: null }),
    connectionOf(7, 'revoked', { last_success_at: at(-9 * DAY), next_run_at: null }),
    connectionOf(9, 'active', { label: 'Public holidays', conditions: [{ condition: 'read-only', text: 'Only read.', until: null }] }),
  ];
  const calendars = connections.flatMap((connection, place): Calendar[] =>
    ['Calendar', 'Team'].slice(0, connection.calendars_count).map((name, nth) => ({
      ...calendarExample,
      id: exampleId('calendar', place * 10 + nth + 1),
      connection_id: connection.id,
      user_id: connection.user_id,
      provider: connection.provider,
      account_email: connection.account_email,
      name: nth === 0 ? (connection.account_email ?? name) : name,
      primary: nth === 0,
      last_success_at: connection.last_success_at,
    })),
  );
  return {
    session: { ...sessionExample, tenant: { ...sessionExample.tenant, name: 'Acme Logistics' } },
    providers: [
      providerExample,
      {
        ...providerExample,
        id: 'outlook',
        name: 'Outlook',
        color: { light: '#0f6cbd', dark: '#62abf5' },
        configured: false,
        client_id: null,
        reason: 'OUTLOOK_CLIENT_ID is not set.',
      },
    ],
    users,
    connections,
    calendars,
    runs: runsOf(at, connections),
    events: eventsOf(now, calendars),
    meetings: meetingsOf(at, users),
    profiles: [schedulingProfileExample, { ...schedulingProfileExample, id: exampleId('schedulingProfile', 2), name: 'Customer review' }],
    overview: overviewOf(at, connections),
  };
}

function runsOf(at: (offset: number) => string, connections: readonly Connection[]): Run[] {
  return connections.flatMap((connection, place): Run[] =>
    [0, 1, 2, 3].map((nth) => {
      const hasFailed = connection.last_error !== null && nth < 2;
      return {
        ...runExample,
        id: exampleId('run', place * 10 + nth + 100),
        connection_id: connection.id,
        trigger: nth % 2 === 0 ? 'tick' : 'notice',
        state: hasFailed ? 'failed' : 'succeeded',
        error: hasFailed ? connection.last_error : null,
        counts: { ...runExample.counts, pulled: hasFailed ? 0 : nth * 3, pushed: nth === 2 ? 1 : 0 },
        started_at: at(-(nth * 5 + 2) * MINUTE),
        queued_at: at(-(nth * 5 + 2) * MINUTE),
        duration_ms: 340 + nth * 700,
      };
    }),
  );
}

function eventsOf(now: number, calendars: readonly Calendar[]): Event[] {
  const monday = now - ((new Date(now).getUTCDay() + 6) % 7) * DAY;
  const midnight = monday - (monday % DAY);
  const titles = [
    'Dispatch stand-up',
    'Carrier pricing',
    'Route planning',
    'Fleet review',
    'Yard inventory',
    '1:1 Tomasz',
    'Customs webinar',
    'Board call',
  ];
  const timed = Array.from({ length: 16 }, (_, nth): Event => {
    const calendar = calendars[nth % 5];
    const start = midnight + (nth % 5) * DAY + (7 + ((nth * 2) % 9)) * HOUR;
    const iso = (moment: number): string => new Date(moment).toISOString().replace('.000', '');
    return {
      ...eventExample,
      id: exampleId('event', nth + 1),
      occurrence_id: exampleId('occurrence', nth + 1),
      calendar_id: calendar?.id ?? eventExample.calendar_id,
      connection_id: calendar?.connection_id ?? eventExample.connection_id,
      provider: calendar?.provider ?? 'google',
      title: nth % 7 === 3 ? null : (titles[nth % titles.length] ?? null),
      visibility: nth % 7 === 3 ? 'private' : 'default',
      status: nth % 6 === 2 ? 'tentative' : 'confirmed',
      busy: nth % 8 !== 6,
      start: iso(start),
      end: iso(start + (nth % 3 === 0 ? 90 : 60) * MINUTE),
      location: null,
      conference: nth % 2 === 0 ? eventExample.conference : null,
    };
  });
  const day = (offset: number): Event['start_date'] => new Date(midnight + offset * DAY).toISOString().slice(0, 10) as Event['start_date'];
  const allDay: Event = {
    ...eventExample,
    id: exampleId('event', 90),
    occurrence_id: exampleId('occurrence', 90),
    calendar_id: calendars[0]?.id ?? eventExample.calendar_id,
    title: 'Dock 4 closed',
    all_day: true,
    start: null,
    end: null,
    start_date: day(1),
    end_date: day(3),
    conference: null,
  };
  return [allDay, ...timed].sort((one, other) => (one.start ?? one.start_date ?? '').localeCompare(other.start ?? other.start_date ?? ''));
}

function meetingsOf(at: (offset: number) => string, users: readonly User[]): Meeting[] {
  const titles = ['Cold chain demo', 'Quarterly review', 'Depot walk-through', 'Supplier audit kick-off'];
  return titles.map((title, nth): Meeting => {
    const start = (nth * 25 + 1) * HOUR - 32 * MINUTE;
    const host = users[nth % users.length];
    return {
      ...meetingExample,
      id: exampleId('meeting', nth + 1),
      title,
      start: at(start),
      end: at(start + 30 * MINUTE),
      hosts: host === undefined ? [] : [{ user_id: host.id, name: host.name, email: host.email }],
      conference: nth === 2 ? null : meetingExample.conference,
      location: nth === 2 ? 'Depot 4, Hamburg' : null,
      steps: stepsOf(at, nth === 1),
      placements: [
        ...meetingExample.placements,
        ...(nth === 1
          ? [
              {
                ...meetingExample.placements[0]!,
                id: exampleId('placement', 2),
                provider: 'outlook',
                role: 'copy' as const,
                state: 'waiting' as const,
                problem: issueOf('reauthorization-required', 'Leo’s Outlook waits for his sign-in.', at(-21 * MINUTE)),
              },
            ]
          : []),
      ],
    };
  });
}

function stepsOf(at: (offset: number) => string, isWaiting: boolean): Meeting['steps'] {
  const done = { ...meetingStepExample, finished_at: at(-21 * MINUTE) };
  return [
    { ...done, kind: 'claim', label: 'Time of 2 people', calendar_id: null },
    done,
    ...(isWaiting
      ? [
          {
            ...done,
            label: 'Leo (Outlook)',
            state: 'waiting' as const,
            finished_at: null,
            problem: issueOf('reauthorization-required', 'Waits for his sign-in.', at(-21 * MINUTE)),
          },
        ]
      : []),
    { ...done, kind: 'mail', label: '1 invitation', calendar_id: null, recipient: 'sam@customer.example' },
  ];
}

function overviewOf(at: (offset: number) => string, connections: readonly Connection[]): Overview {
  const by = (status: ConnectionStatus): number => connections.filter((one) => one.status === status).length;
  const [first, second] = connections;
  const needs = [first, second].flatMap((connection, nth) =>
    connection?.last_error == null
      ? []
      : [
          {
            ...overviewExample.needs_you[0]!,
            ...connection.last_error,
            id: `connection:${connection.id}`,
            subject: { type: 'connection' as const, id: connection.id, label: connection.label },
            provider: connection.provider,
            title: nth === 0 ? 'password changed' : 'client secret rejected',
            since: connection.last_error.first_seen_at,
            count: 1,
            meetings_affected: 4 - nth * 3,
          },
        ],
  );
  return {
    ...overviewExample,
    as_of: at(-8000),
    connections: {
      total: connections.length - by('revoked'),
      by_status: {
        pending: by('pending'),
        active: by('active'),
        paused: by('paused'),
        expired: by('expired'),
        error: by('error'),
        revoked: by('revoked'),
      },
      by_provider: overviewExample.connections.by_provider,
    },
    needs_you: needs,
    recovering: overviewExample.recovering.map((item) => ({ ...item, since: at(-5 * MINUTE), next_try_at: at(4 * MINUTE) })),
    next_meetings: meetingsOf(at, []).map((meeting) => ({
      id: meeting.id,
      title: meeting.title,
      status: meeting.status,
      start: meeting.start,
      end: meeting.end,
      attendees_count: meeting.attendees.length,
      join_url: meeting.conference?.join_url ?? null,
      placements_written: meeting.placements.filter((one) => one.state === 'written').length,
      placements_total: meeting.placements.length,
    })),
    checklist: [
      { step: 'provider_configured', done: true },
      { step: 'account_connected', done: true },
      { step: 'first_sync', done: true },
      { step: 'hours_set', done: false },
      { step: 'first_meeting', done: true },
      { step: 'api_key_made', done: false },
    ],
  };
}
