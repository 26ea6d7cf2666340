import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBookingWorld, type BookingWorld } from './support/booking-world.ts';
import { query } from './support/google-world.ts';
import type { Json } from './support/request.ts';
import { signIn } from './support/tenants.ts';

let world: BookingWorld;
let calendar: Json;
let day = '';

beforeAll(async () => {
  world = await startBookingWorld();
  const { body } = await world.test.request('GET', `/v1/calendars?user_id=${world.ada.id}`, { key: world.tenant.key });
  calendar = body.data.find((one: Json) => one.primary);
});

afterAll(async () => {
  await world?.close();
});

beforeEach(() => {
  day = world.nextDay();
  world.sandbox.faults.clear();
});

const stale = { policy: 'use_last_known', max_age_seconds: 0 };

describe('a booking at a time that is not known', () => {
  it('says which calendar is to blame and why, and not that somebody was faster', async () => {
    const { status, body } = await world.book({ start: `${day}T10:00:00Z`, freshness: stale });
    expect([status, body.code, body.retryable]).toEqual([409, 'time-unknown', true]);
    expect(body.detail).toContain(`the calendar “${calendar.name}” was last read on`);
    expect(body.conflicts).toMatchObject([{ code: 'unknown', member: world.ada.id, calendar_id: calendar.id, message: body.detail }]);
    expect(body.calendar_statuses).toMatchObject([{ calendar_id: calendar.id, applied: 'treated_as_busy', reason: 'older_than_asked' }]);
    expect(`${body.cause} ${body.fix}`).toMatch(/1 calendar is not known and counts as busy.*max_age_seconds/);
  });

  it('keeps its reason when the calendar could be read a moment later', async () => {
    world.sandbox.faults.add({ operation: 'freebusy.query', answer: { kind: 'status', status: 400, reason: 'badRequest' }, times: 1 });
    const { status, body } = await world.book({ start: `${day}T10:00:00Z`, freshness: { policy: 'live_first', max_age_seconds: 0 } });
    expect([status, body.code]).toEqual([409, 'time-unknown']);
    expect(body.conflicts).toMatchObject([{ code: 'unknown', calendar_id: calendar.id }]);
    expect(body.alternatives.length).toBeGreaterThan(0);
  });

  it('names no calendar to a colleague', async () => {
    const { body } = await world.test.request('POST', '/v1/meetings', {
      session: await signIn(world.test, world.leo),
      body: { title: 'Demo', duration_minutes: 30, hosts: [world.ada.id], start: `${day}T10:00:00Z`, freshness: stale },
    });
    expect([body.code, body.conflicts[0].calendar_id]).toEqual(['time-unknown', calendar.id]);
    expect(body.detail).toContain('a calendar of theirs was last read on');
  });

  it('is a taken time all the same where something else is in the way too', async () => {
    await world.booked({ start: `${day}T10:00:00Z` });
    const { body } = await world.book({ start: `${day}T10:00:00Z`, freshness: stale });
    expect(body).toMatchObject({ code: 'slot-taken', detail: expect.stringContaining('is busy') });
  });
});

describe('a search for the next free time', () => {
  const window = () => ({ start: `${day}T08:00:00Z`, end: `${day}T12:00:00Z` });
  const quickBook = async (body: Json): Promise<Json> =>
    (
      await world.test.request('POST', '/v1/meetings/quick-book', {
        key: world.tenant.key,
        body: { title: 'Quick', hosts: [world.ada.id], window: window(), ...body },
      })
    ).body;

  /** While connections have a status that keeps them from being read. */
  async function whileBroken<T>(statuses: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
    const set = (userId: string, status: string) =>
      query(world.test, world.tenant, `UPDATE connections SET status = $2 WHERE user_id = $1`, [userId, status]);
    for (const [userId, status] of Object.entries(statuses)) await set(userId, status);
    try {
      return await work();
    } finally {
      for (const userId of Object.keys(statuses)) await set(userId, 'active');
    }
  }

  it('does not say that the window is too short when only knowledge is lacking', async () => {
    const { body } = await world.book({ mode: 'next', window: window(), freshness: stale });
    expect([body.code, body.who, body.retryable]).toEqual(['time-unknown', 'caller', true]);
    expect(body.detail).toContain('1 calendar is not known and counts as busy: it was last read longer ago than is allowed');
    expect(body.calendar_statuses).toMatchObject([{ calendar_id: calendar.id, applied: 'treated_as_busy' }]);
  });

  it.each([
    ['error', 'its connection fails again and again', /^Look at the connection for its error/],
    ['paused', 'is not read while its connection is paused', /^Resume the connection\.$/],
    ['expired', 'cannot be read until its account is connected again', /^Reconnect the account\.$/],
  ])('says so where the connection is %s, and who can mend it', async (status, why, fix) => {
    const body = await whileBroken({ [world.ada.userId]: status }, () => quickBook({ freshness: stale }));
    expect(body).toMatchObject({ code: 'time-unknown', who: 'person', fix: expect.stringMatching(fix) });
    expect(body.detail).toContain(why);
    expect(body.cause).toContain(why);
  });

  it('names unknown calendars beside the rest where nobody had time anyway', async () => {
    for (const hour of ['08', '09', '10', '11'])
      expect((await world.book({ start: `${day}T${hour}:00:00Z`, duration_minutes: 60 })).status).toBe(201);
    const broken = { [world.ada.userId]: 'error', [world.leo.userId]: 'paused' };
    const body = await whileBroken(broken, () => quickBook({ hosts: [world.ada.id, world.leo.id], freshness: stale }));
    expect([body.code, body.who]).toEqual(['no-slot-found', 'person']);
    expect(body.cause).toMatch(/2 calendars are not known and count as busy: 1 is not read: its connection fails.*1 is not read while/);
    expect(body.fix).toMatch(/Widen the window.*Look at the connection.*Resume the connection/);
    const known = await quickBook({});
    expect([known.code, known.who, known.fix]).toEqual(['no-slot-found', 'caller', expect.not.stringContaining('connection')]);
  });
});

it('a move to a time that is not known says so too', async () => {
  const { id } = await world.booked({ start: `${day}T10:00:00Z` });
  const { status, body } = await world.change(id, { start: `${day}T12:00:00Z`, freshness: stale });
  expect([status, body.code]).toEqual([409, 'time-unknown']);
});

it('a person of whom nothing is connected is not known either', async () => {
  const participants = [{ members: [{ email: 'stranger@elsewhere.example' }] }];
  const { body } = await world.test.request('POST', '/v1/conflicts/check', {
    key: world.tenant.key,
    body: { start: `${day}T10:00:00Z`, end: `${day}T10:30:00Z`, participants },
  });
  expect(body.conflicts[0].message).toBe(
    'It is not known whether stranger@elsewhere.example is free: the address is not known to the calendar services that were asked.',
  );
});
