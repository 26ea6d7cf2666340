import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBookingWorld, type BookingWorld } from './support/booking-world.ts';
import type { Json } from './support/request.ts';

const DAY_MS = 86_400_000;
const THURSDAY = 4;

let world: BookingWorld;
let day = '';

beforeAll(async () => {
  world = await startBookingWorld();
});

afterAll(async () => {
  await world?.close();
});

beforeEach(() => {
  day = world.nextDay();
});

/** A working time so many days ahead, on a Wednesday. */
function wednesdayAhead(days: number): string {
  const at = new Date(world.test.clock.now() + days * DAY_MS);
  return new Date(at.getTime() + ((10 - at.getUTCDay()) % 7) * DAY_MS).toISOString().slice(0, 10);
}

describe('a time that has passed', () => {
  it('is refused by its field, whatever it is called', async () => {
    for (const [field, more] of [
      ['start', {}],
      ['start', { on_conflict: 'suggest' }],
      ['preferred_start', { on_conflict: 'auto_move' }],
    ] as const) {
      const { status, body } = await world.book({ [field]: '2020-01-01T10:00:00Z', ...more });
      expect([status, body.code]).toEqual([422, 'validation-failed']);
      expect(body.errors).toEqual([{ pointer: `/${field}`, message: 'lies in the past' }]);
    }
  });

  it('is refused as well in a dry run, as a window, and as the new time of a meeting', async () => {
    const dry = await world.test.request('POST', '/v1/meetings?dry_run=true', {
      key: world.tenant.key,
      body: { title: 'Past', duration_minutes: 30, hosts: [world.ada.id], start: '2020-01-01T10:00:00Z' },
    });
    expect(dry.body.errors).toEqual([{ pointer: '/start', message: 'lies in the past' }]);
    const window = { start: '2020-01-01T00:00:00Z', end: '2020-01-08T00:00:00Z' };
    const next = await world.book({ mode: 'next', window });
    expect(next.body.errors).toEqual([{ pointer: '/window/end', message: 'lies in the past' }]);
    const { id } = await world.booked({ start: `${day}T10:00:00Z` });
    const moved = await world.change(id, { start: '2020-01-01T10:00:00Z' });
    expect(moved).toMatchObject({ status: 422, body: { errors: [{ pointer: '/start', message: 'lies in the past' }] } });
    expect((await world.change(id, { start: `${day}T10:00:00Z`, title: 'As before' })).status).toBe(200);
  });

  it('is called so when somebody asks what is in its way', async () => {
    const { body } = await world.test.request('POST', '/v1/conflicts/check', {
      key: world.tenant.key,
      body: {
        start: '2020-01-01T10:00:00Z',
        end: '2020-01-01T10:30:00Z',
        participants: [{ members: [{ user_id: world.ada.id }] }],
        time_zone: 'UTC',
      },
    });
    const messages: string[] = body.conflicts.map(({ message }: Json) => message);
    expect(messages).toContain('This time lies in the past.');
    expect(messages).toContainEqual(expect.stringMatching(/is not known before \d{4}-\d\d-\d\d at \d\d:\d\d \(UTC\)\.$/));
  });
});

describe('a time beyond what can be booked', () => {
  it('says until when the calendars are known, and offers no alternatives that are not there', async () => {
    const { status, body } = await world.book({ start: `${wednesdayAhead(500)}T10:00:00Z`, time_zone: 'UTC' });
    expect([status, body.code, body.alternatives]).toEqual([409, 'slot-taken', []]);
    const [{ covered_until: until }] = body.calendar_statuses;
    const words = `${until.slice(0, 10)} at ${until.slice(11, 16)} (UTC)`;
    expect(body.detail).toMatch(/^The calendar of .* is known only until /);
    expect(body.detail).toContain(words);
    expect(body.fix).toBe(`Ask for a time that ends by ${words}.`);
    expect(body.cause).toContain('beyond what can be booked');
  });

  it('says the last day that the rules allow, and still names alternatives where there are some', async () => {
    const berlinDay = (ahead: number) =>
      new Date(world.test.clock.now() + ahead * DAY_MS).toLocaleDateString('sv', { timeZone: 'Europe/Berlin' });
    const horizon = [30, 31, 32, 33, 34, 35, 36].find((ahead) => new Date(berlinDay(ahead)).getUTCDay() === THURSDAY)!;
    const last = berlinDay(horizon);
    const profile = await world.test.request('POST', '/v1/scheduling-profiles', {
      key: world.tenant.key,
      body: { user_id: world.ada.id, name: 'Soon', duration_minutes: 30, horizon_days: horizon, notice_minutes: 0 },
    });
    expect(profile.status).toBe(201);
    const ask = async (start: string): Promise<Json> =>
      (await world.book({ hosts: undefined, scheduling_profile_id: profile.body.id, start, time_zone: 'UTC' })).body;
    const far = await ask(`${wednesdayAhead(90)}T10:00:00Z`);
    expect(far.detail).toMatch(new RegExp(`cannot be booked so far ahead, only up to ${last} \\(Europe/Berlin\\)\\.$`));
    expect([far.alternatives, far.fix]).toEqual([[], expect.stringMatching(/^Ask for a time that ends by/)]);
    const near = await ask(new Date(Date.parse(`${last}T10:00:00Z`) + DAY_MS).toISOString());
    expect(near.alternatives.length).toBeGreaterThan(0);
    expect(near.fix).toMatch(/^Choose one of the alternatives, or ask for a time that ends by/);
  });

  it('is told to a search whose window begins behind it', async () => {
    const from = wednesdayAhead(500);
    const { body } = await world.book({ mode: 'next', window: { start: `${from}T00:00:00Z`, end: `${from}T23:00:00Z` } });
    expect([body.code, body.detail]).toEqual(['no-slot-found', expect.stringMatching(/begins after \d{4}-\d\d-\d\d at/)]);
    expect(body.fix).not.toContain('Widen');
  });
});

describe('a refusal', () => {
  it('names no alternatives when there are none', async () => {
    const window = { start: `${day}T10:00:00Z`, end: `${day}T10:30:00Z` };
    expect((await world.book({ start: window.start })).status).toBe(201);
    const { body } = await world.book({ start: window.start, window });
    expect([body.code, body.alternatives]).toEqual(['slot-taken', []]);
    expect(body.fix).toBe('Ask for another time; around this one there is none that suits everyone.');
    const wide = await world.book({ start: window.start });
    expect(wide.body.fix).toMatch(/^Choose one of the alternatives/);
  });

  it('says on which day somebody is busy', async () => {
    expect((await world.book({ start: `${day}T10:00:00Z` })).status).toBe(201);
    const { body } = await world.book({ start: `${day}T10:00:00Z`, time_zone: 'Asia/Tokyo' });
    expect(body.detail).toMatch(new RegExp(`is busy on ${day} from 19:00 to 19:30 \\(Asia/Tokyo\\)\\.$`));
  });
});
