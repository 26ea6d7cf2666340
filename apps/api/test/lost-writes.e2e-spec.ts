import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBookingWorld, type BookingWorld } from './support/booking-world.ts';
import { CrashPoints, type CrashPoint } from './support/crash-points.ts';
import { until } from './support/google-world.ts';
import type { Json } from './support/request.ts';

/** Longer than a worker has a placement for itself, and than the first waits after a failure. */
const AFTER_LEASE_MS = 61_000;
const LOST = { when: 'after', answer: { kind: 'reset' } } as const;

let world: BookingWorld;
let crashes: CrashPoints;
let day = '';
let title = '';

beforeAll(async () => {
  world = await startBookingWorld();
  crashes = new CrashPoints(world.test);
});

afterAll(async () => {
  await world?.close();
});

beforeEach(({ task }) => {
  day = world.nextDay();
  title = task.name;
  world.sandbox.faults.clear();
  world.sandbox.journal.clear();
  crashes.revive();
});

const events = (): Json[] =>
  world.sandbox.google.events(world.ada.email).filter((event) => event.summary === title && event.status !== 'cancelled');
const eventAt = (): string => new Date(events()[0]!.start!.dateTime!).toISOString();
const patches = () => world.sandbox.journal.list({ operation: 'events.patch' });
const waiting = (id: string): Promise<Json> => world.once(id, (found) => found.placements[0].state === 'waiting');

async function booking(body: Json = {}): Promise<string> {
  const answer = await world.book({ title, start: `${day}T10:00:00Z`, ...body });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

async function change(id: string, body: Json): Promise<void> {
  expect((await world.change(id, body)).status).toBe(200);
}

/** Lets the waits and leases of the lost end; the meeting once all of it is written. */
async function settled(id: string): Promise<Json> {
  world.test.clock.advance(AFTER_LEASE_MS);
  return world.once(id, (found) => found.placements[0].state === 'written');
}

async function death(point: CrashPoint, work: () => Promise<unknown>): Promise<void> {
  crashes.crashAt(point);
  await work();
  await until(async () => crashes.isDead);
  crashes.revive();
}

describe('a meeting that is changed before the outcome of its first write is known', () => {
  it('F02 is moved on the calendar though a worker died after making its event', async () => {
    let id = '';
    await death({ operation: 'write-placement http POST', nth: 1, when: 'after' }, async () => (id = await booking()));
    expect(eventAt()).toBe(`${day}T10:00:00.000Z`);
    await change(id, { start: `${day}T12:00:00Z` });
    await settled(id);
    expect(events()).toHaveLength(1);
    expect(eventAt()).toBe(`${day}T12:00:00.000Z`);
  });

  it('F02 has its last time, guests and link where the reply was lost', async () => {
    world.sandbox.faults.add({ operation: 'events.insert', ...LOST });
    const id = await booking();
    await waiting(id);
    await change(id, { start: `${day}T13:00:00Z`, attendees: [{ email: 'late@client.example' }], conference: { required: true } });
    const meeting = await settled(id);
    expect(events()).toMatchObject([{ attendees: [{ email: 'late@client.example' }], hangoutLink: meeting.conference.join_url }]);
    expect(eventAt()).toBe(`${day}T13:00:00.000Z`);
  });

  it('F02 is where it was booked when it was moved there and back, one write after the other lost', async () => {
    world.sandbox.faults.add({ operation: 'events.insert', ...LOST });
    const id = await booking();
    await waiting(id);
    world.sandbox.faults.add({ operation: 'events.patch', ...LOST });
    await change(id, { start: `${day}T12:00:00Z` });
    world.test.clock.advance(AFTER_LEASE_MS);
    await until(async () => patches().length === 1);
    await waiting(id);
    expect(eventAt()).toBe(`${day}T12:00:00.000Z`);
    await change(id, { start: `${day}T10:00:00Z` });
    await settled(id);
    expect(eventAt()).toBe(`${day}T10:00:00.000Z`);
  });

  it('F06 keeps what a person did to the event meanwhile', async () => {
    world.sandbox.faults.add({ operation: 'events.insert', ...LOST });
    const id = await booking();
    await waiting(id);
    world.sandbox.google.patchEvent({ as: world.ada.email }, events()[0]!.id, { location: 'Room 4' });
    await change(id, { start: `${day}T12:00:00Z` });
    await settled(id);
    expect(events()).toMatchObject([{ location: 'Room 4' }]);
    expect(eventAt()).toBe(`${day}T12:00:00.000Z`);
  });

  it('is not written twice where nothing was changed', async () => {
    world.sandbox.faults.add({ operation: 'events.insert', ...LOST });
    const id = await booking();
    await waiting(id);
    await settled(id);
    expect(events()).toHaveLength(1);
    expect(patches()).toEqual([]);
  });
});

describe('a meeting that is changed before the outcome of a change is known', () => {
  it('F02 is where it was when a lost move is taken back', async () => {
    const { id } = await world.booked({ title, start: `${day}T10:00:00Z` });
    world.sandbox.faults.add({ operation: 'events.patch', ...LOST });
    await change(id, { start: `${day}T12:00:00Z` });
    await waiting(id);
    expect(eventAt()).toBe(`${day}T12:00:00.000Z`);
    await change(id, { start: `${day}T10:00:00Z` });
    await settled(id);
    expect(eventAt()).toBe(`${day}T10:00:00.000Z`);
  });

  it('F02 is where it was when the worker that moved it died and the move is taken back', async () => {
    const { id } = await world.booked({ title, start: `${day}T10:00:00Z` });
    await death({ operation: 'write-placement http PATCH', nth: 1, when: 'after' }, () => change(id, { start: `${day}T12:00:00Z` }));
    expect(eventAt()).toBe(`${day}T12:00:00.000Z`);
    await change(id, { start: `${day}T10:00:00Z` });
    await settled(id);
    expect(eventAt()).toBe(`${day}T10:00:00.000Z`);
  });

  it('keeps its link when taking it away never arrived and is taken back', async () => {
    const { id } = await world.booked({ title, start: `${day}T10:00:00Z`, conference: { required: true } });
    const { conference } = await world.once(id, (found) => found.conference.status === 'ready');
    world.sandbox.faults.add({ operation: 'events.patch', answer: { kind: 'reset' } });
    await change(id, { conference: null });
    await waiting(id);
    await change(id, { conference: { required: true } });
    await settled(id);
    const after = await world.once(id, (found) => found.conference?.status === 'ready');
    expect(after.conference.join_url).toBe(conference.join_url);
    expect(events()).toMatchObject([{ hangoutLink: conference.join_url }]);
  });
});

it('F31 a worker that stood still past its lease does not put its older time over the newer one', async () => {
  const { id } = await world.booked({ title, start: `${day}T10:00:00Z` });
  world.sandbox.google.patchEvent({ as: world.ada.email }, events()[0]!.id, { location: 'Room 4' });
  world.sandbox.faults.add({ operation: 'events.get', answer: { kind: 'slow', delayMs: 2500 } });
  await change(id, { start: `${day}T12:00:00Z` });
  await until(async () => patches().length === 1);
  world.test.clock.advance(AFTER_LEASE_MS);
  await change(id, { start: `${day}T14:00:00Z` });
  await until(async () => eventAt() === `${day}T14:00:00.000Z`);
  await until(async () => world.test.logs.some((line) => line.includes('another worker took the placement over')));
  expect(eventAt()).toBe(`${day}T14:00:00.000Z`);
  expect(events()).toMatchObject([{ location: 'Room 4' }]);
});
