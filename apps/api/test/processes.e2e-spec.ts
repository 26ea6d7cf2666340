import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '@daymark/domain';
import { startSandbox, type Sandbox } from '@daymark/sandbox';
import { MailTicks } from '../src/mail/mail-ticks.ts';
import { PlacementTicks } from '../src/placements/placement-ticks.ts';
import { adminQuery } from './support/admin-query.ts';
import { CrashPoints, pointsOf, type CrashPoint } from './support/crash-points.ts';
import { connect, passTime, until } from './support/google-world.ts';
import type { Received } from './support/request.ts';
import { headerOf } from './support/seeded-meetings.ts';
import { makeTenant, makeUser, type TestTenant, type TestUser } from './support/tenants.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

/** Longer than a dead worker holds a mail or a placement. */
const LEASES_MS = 3 * MINUTE_MS;
const SETTLED_WITHIN_MS = 20_000;
const QUEUES = ['write-placement', 'send-mail'];
/** What each job of a booking calls at least. */
const CALLS_OF_JOBS = [
  'write-placement transaction',
  'write-placement http POST',
  'write-placement transaction',
  'send-mail transaction',
  'send-mail mail',
  'send-mail transaction',
];

let sandbox: Sandbox;
let test: TestApp;
let tenant: TestTenant;
let host: TestUser;
let points: CrashPoints;
let booked = 0;

beforeAll(async () => {
  sandbox = await startSandbox();
  test = await startTestApp({ sandbox });
  tenant = await makeTenant(test, { name: 'Acme' });
  host = await makeUser(test, tenant, { email: 'host@acme.example' });
  sandbox.google.addPerson({ email: host.email, name: 'Host', timeZone: 'UTC' });
  await connect(test, tenant, { user: host, email: host.email });
  points = new CrashPoints(test);
});

afterAll(async () => {
  points?.revive();
  await test?.close();
  await sandbox?.close();
});

interface Wanted {
  readonly title: string;
  readonly guest: string;
  readonly start: string;
}

/** A time and names of its own: half-hours on the working days from two weeks ahead. */
function nextWanted(): Wanted {
  booked += 1;
  const now = new Date();
  const days = ((8 - now.getUTCDay()) % 7 || 7) + 14 + Math.floor(booked / 60) * 7 + (Math.floor(booked / 12) % 5);
  const date = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + days, 9, (booked % 12) * 30));
  return { title: `Meeting ${booked}`, guest: `guest-${booked}@client.example`, start: date.toISOString() };
}

function book({ title, guest, start }: Wanted): Promise<Received> {
  return test.request('POST', '/v1/meetings', {
    key: tenant.key,
    headers: { 'idempotency-key': title },
    body: {
      title,
      start,
      duration_minutes: 30,
      hosts: [host.id],
      attendees: [{ email: guest }],
      notify: 'external',
      reminders: [],
      freshness: { max_age_seconds: 86_400 },
    },
  });
}

/** What is due is done now, not with the next tick. */
async function work(): Promise<void> {
  await test.get(PlacementTicks).enqueueDue();
  await test.get(MailTicks).enqueueDue();
}

async function waitingJobs(): Promise<number> {
  const [row] = await adminQuery<{ count: string }>(test, `SELECT count(*) FROM pgboss.job WHERE state = 'active' AND name = ANY($1)`, [
    QUEUES,
  ]);
  return Number(row!.count);
}

function effectsOf({ title, guest }: Wanted) {
  const events = sandbox.google.events(host.email).filter((event) => event.summary === title && event.status !== 'cancelled');
  const mails = sandbox.mail.list().filter((mail) => mail.to.includes(guest));
  return { events: events.length, mails: new Set(mails.map((mail) => headerOf(mail, 'message-id'))).size };
}

/** Whether all that follows from the booking was done; what is left when it was not in time. */
async function settled({ title }: Wanted): Promise<string> {
  let states = '';
  const isDone = await until(async () => {
    await work();
    const rows = await adminQuery<{ placement: string; mail: string }>(
      test,
      `SELECT p.state AS placement, d.state AS mail FROM meetings m JOIN placements p ON p.thing_id = m.id JOIN mails d ON d.meeting_id = m.id WHERE m.title = $1`,
      [title],
    );
    states = rows.map(({ placement, mail }) => `${placement} ${mail}`).join(', ');
    return states === 'written sent';
  }, SETTLED_WITHIN_MS).catch(() => false);
  return isDone ? 'settled' : states;
}

describe('a process that dies while it books', () => {
  it('F02 F31 leaves one meeting, one event and one mail behind, wherever it dies, once the call is repeated', async () => {
    points.forget();
    const first = nextWanted();
    expect((await book(first)).status).toBe(201);
    const ofRequest = points.calls('createMeeting');
    expect(ofRequest).toContain('createMeeting enqueue write-placement');
    expect(await settled(first)).toBe('settled');
    const wrong: object[] = [];
    for (const point of pointsOf([...ofRequest, ...CALLS_OF_JOBS])) {
      const effects = await dieAndRepeat(point);
      if (!isDeepStrictEqual(effects, { end: 'settled', meetings: 1, events: 1, mails: 1 })) wrong.push({ ...point, ...effects });
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  async function dieAndRepeat(point: CrashPoint) {
    const wanted = nextWanted();
    points.crashAt(point);
    await book(wanted);
    await until(async () => {
      if (points.isDead) return true;
      await work();
      return points.isDead;
    });
    await until(async () => (await waitingJobs()) === 0);
    points.revive();
    if (!point.operation.startsWith('createMeeting ')) passTime(test, LEASES_MS);
    const again = await book(wanted);
    expect(again.status, `${JSON.stringify(point)} ${again.body.detail}`).toBe(201);
    const end = await settled(wanted);
    const [row] = await adminQuery<{ count: string }>(test, `SELECT count(*) FROM meetings WHERE title = $1`, [wanted.title]);
    return { end, meetings: Number(row!.count), ...effectsOf(wanted) };
  }
});
