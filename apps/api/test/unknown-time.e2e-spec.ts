import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBookingWorld, type BookingWorld } from './support/booking-world.ts';
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
    expect(`${body.cause} ${body.fix}`).toMatch(/never read, or not recently enough.*max_age_seconds/);
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

  it('tells a search for the next free time how many calendars are not known', async () => {
    const window = { start: `${day}T08:00:00Z`, end: `${day}T12:00:00Z` };
    const { body } = await world.book({ mode: 'next', window, freshness: stale });
    expect([body.code, body.detail]).toEqual(['no-slot-found', expect.stringContaining('1 calendar(s) are not known well enough')]);
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
  expect(body.conflicts[0].message).toBe('It is not known whether stranger@elsewhere.example is free: no calendar of theirs is connected.');
});
