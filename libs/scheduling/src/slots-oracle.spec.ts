import type { Instant, ZoneId } from '@daymark/domain';
import { DAY_MS, HOUR_MS, officeHours, parseDate, parseZone } from '@daymark/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSlots } from './find-slots.ts';
import type { Person, SlotRequest } from './slot-request.ts';
import { SlotStarts } from './slot-starts.ts';
import { Oracle, TICK_MS } from './testing/oracle.ts';
import { at, minutes } from './testing/sample-request.ts';
import { whyNot } from './why-not.ts';

/** A zone and a day around which its clock does something, or does not. */
const clockChanges: readonly (readonly [zone: string, day: string, what: string])[] = [
  ['Europe/Berlin', '2027-03-28', 'spring'],
  ['Europe/Berlin', '2027-10-31', 'autumn'],
  ['America/New_York', '2027-03-14', 'spring'],
  ['America/New_York', '2027-11-07', 'autumn'],
  ['Australia/Lord_Howe', '2027-04-04', 'half an hour back'],
  ['Australia/Lord_Howe', '2027-10-03', 'half an hour on'],
  ['Asia/Kolkata', '2027-03-28', 'half-hour zone, no change'],
  ['Asia/Kathmandu', '2027-03-28', 'quarter-hour zone, no change'],
  ['America/St_Johns', '2027-03-14', 'half-hour zone, spring'],
  ['America/St_Johns', '2010-11-07', 'back at one minute past midnight'],
  ['Pacific/Chatham', '2027-04-04', 'quarter-hour zone, autumn'],
  ['Pacific/Apia', '2011-12-30', 'a date left out'],
  ['Pacific/Kiritimati', '2027-03-28', 'fourteen hours ahead'],
  ['Africa/Casablanca', '2027-02-07', 'Ramadan begins'],
  ['Africa/Casablanca', '2027-03-14', 'Ramadan is over'],
  ['Asia/Tehran', '2022-03-22', 'midnight left out'],
  ['Asia/Tehran', '2022-09-22', 'midnight twice'],
  ['America/Sao_Paulo', '2018-11-04', 'midnight left out'],
  ['America/Sao_Paulo', '2019-02-17', 'the hour before midnight twice'],
  ['Antarctica/Troll', '2027-03-28', 'two hours on'],
];

const otherZones = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati', 'Australia/Lord_Howe', 'Europe/London'].map(parseZone);

/** Mostly absent, so that most people have time left. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const ticks = (max: number) => fc.integer({ min: 0, max }).map((count) => count * TICK_MS);
const dayRanges = fc.constantFrom<readonly (readonly [number, number])[]>(
  [[0, 1440]],
  [[540, 1020]],
  [
    [0, 150],
    [1320, 1440],
  ],
  [
    [90, 210],
    [600, 720],
  ],
  [],
);

function timeline(days: number) {
  return fc.array(fc.tuple(ticks(days * 288), ticks(40)), { maxLength: 8 });
}

function anyPerson(
  id: string,
  { zone, origin, days, day }: { zone: fc.Arbitrary<ZoneId>; origin: number; days: number; day: string },
): fc.Arbitrary<Person> {
  return fc
    .record({
      zone,
      weekly: fc.array(fc.oneof(fc.constant([[0, 1440]] as const), dayRanges), { minLength: 7, maxLength: 7 }),
      isAlwaysOpen: fc.boolean(),
      override: seldom(dayRanges),
      busy: timeline(days),
      claims: fc.array(fc.tuple(ticks(days * 288), ticks(40), ticks(6), ticks(6)), { maxLength: 6 }),
      before: ticks(6),
      after: ticks(6),
      notice: fc.constantFrom(0, 0, HOUR_MS, 30 * HOUR_MS),
      horizonDays: seldom(fc.integer({ min: 0, max: 4 })),
      maxPerDay: seldom(fc.integer({ min: 1, max: 3 })),
      known: seldom(fc.tuple(ticks(100), ticks(100))),
    })
    .map((made) => {
      const ranges = (pairs: readonly (readonly [number, number])[]) => pairs.map(([fromMinute, toMinute]) => ({ fromMinute, toMinute }));
      const claims = made.claims.filter(([, length]) => length > 0);
      return {
        id,
        zone: made.zone,
        hours: made.isAlwaysOpen
          ? null
          : {
              zone: made.zone,
              weekly: made.weekly.map(ranges),
              overrides: made.override === null ? [] : [{ date: parseDate(day), ranges: ranges(made.override) }],
            },
        busy: {
          starts: Float64Array.from(made.busy, ([start]) => origin + start),
          ends: Float64Array.from(made.busy, ([start, length]) => origin + start + length),
          calendars: new Int32Array(made.busy.length),
          calendarIds: ['calendar'],
          eventIds: made.busy.map((_, index) => `event ${index}`),
        },
        claims: {
          starts: Float64Array.from(claims, ([start]) => origin + start),
          ends: Float64Array.from(claims, ([start, length]) => origin + start + length),
          beforeMs: Float64Array.from(claims, ([, , before]) => before),
          afterMs: Float64Array.from(claims, ([, , , after]) => after),
          meetingIds: claims.map((_, index) => `meeting ${index}`),
        },
        calendars:
          made.known === null
            ? []
            : [
                {
                  calendarId: 'calendar',
                  known: { start: (origin + made.known[0]) as Instant, end: (origin + days * DAY_MS - made.known[1]) as Instant },
                },
              ],
        buffers: { beforeMs: made.before, afterMs: made.after },
        noticeMs: made.notice,
        horizonDays: made.horizonDays,
        maxPerDay: made.maxPerDay,
      };
    });
}

/** Three and a half days around the change: one person in the zone, two anywhere. */
function anyRequest(zone: ZoneId, day: string): fc.Arbitrary<SlotRequest> {
  const days = 4;
  const origin = at(`${day}T00:00Z`) - 2 * DAY_MS;
  const elsewhere = fc.constantFrom(zone, ...otherZones);
  const inWorld = { origin, days, day };
  return fc
    .record({
      host: anyPerson('host', { zone: fc.constant(zone), ...inWorld }),
      second: anyPerson('second', { zone: elsewhere, ...inWorld }),
      third: anyPerson('third', { zone: elsewhere, ...inWorld }),
      gridZone: elsewhere,
      step: fc.constantFrom(5, 15, 30, 40, 50, 60),
      roundTo: fc.constantFrom(5, 15, 30),
      anchorMinute: fc.constantFrom(0, 545),
      duration: fc.constantFrom(5, 30, 45, 60, 150),
      nowAfter: ticks(288),
      from: ticks(100),
      required: fc.constantFrom<1 | 'all'>(1, 'all'),
    })
    .map((made) => ({
      now: (origin - 12 * HOUR_MS + made.nowAfter) as Instant,
      window: { start: (origin + made.from) as Instant, end: (origin + days * DAY_MS - 100 * TICK_MS) as Instant },
      durationMs: minutes(made.duration),
      grid: { zone: made.gridZone, stepMinutes: made.step, roundToMinutes: made.roundTo, anchorMinute: made.anchorMinute },
      groups: [
        { group: 'host', required: 'all' as const, members: ['host'] },
        { group: 'others', required: made.required, members: ['second', 'third'] },
      ],
      people: [made.host, made.second, made.third],
    }));
}

describe.each(clockChanges)('around a clock change: %s %s, %s', (zone, day) => {
  it('F18 shows each slot that can be booked and no other', () => {
    let offered = 0;
    fc.assert(
      fc.property(anyRequest(parseZone(zone), day), (request) => {
        const oracle = new Oracle(request);
        const candidates = oracle.candidates();
        const slotOf = (start: number) => ({ start: start as Instant, end: (start + request.durationMs) as Instant });
        const bookable = candidates.filter((start) => oracle.isBookable(slotOf(start)));
        const answer = findSlots(request, { limit: 1000 });
        offered += bookable.length;
        expect([...new SlotStarts(request).all()]).toEqual(candidates);
        expect([...answer.starts]).toEqual(bookable);
        for (const slot of answer.slots) {
          for (const { members } of slot.groups) {
            for (const id of members) expect(oracle.isFree(request.people.find((person) => person.id === id) as Person, slot)).toBe(true);
          }
        }
        const asked = candidates.filter((_, index) => index % 7 === 0);
        for (const start of asked) {
          const answered = whyNot(request, slotOf(start));
          expect(answered.isBookable).toBe(bookable.includes(start));
          const blocked = request.people.filter((person) => !oracle.isFree(person, slotOf(start))).map(({ id }) => id);
          expect(answered.people.map(({ id }) => id)).toEqual(blocked);
        }
      }),
      { numRuns: 10 },
    );
    expect(offered).toBeGreaterThan(100);
  });

  it.each(otherZones)('F18 offers office hours of the day to a guest in %s without a gap', (guestZone) => {
    const window = { start: (at(`${day}T00:00Z`) - 4 * DAY_MS) as Instant, end: (at(`${day}T00:00Z`) + 4 * DAY_MS) as Instant };
    const host: Person = {
      id: 'host',
      zone: parseZone(zone),
      hours: officeHours(parseZone(zone)),
      busy: { starts: new Float64Array(0), ends: new Float64Array(0), calendars: new Int32Array(0), calendarIds: [], eventIds: [] },
      claims: {
        starts: new Float64Array(0),
        ends: new Float64Array(0),
        beforeMs: new Float64Array(0),
        afterMs: new Float64Array(0),
        meetingIds: [],
      },
      calendars: [],
      buffers: { beforeMs: 0, afterMs: 0 },
      noticeMs: 3 * DAY_MS,
      horizonDays: null,
      maxPerDay: null,
    };
    const request: SlotRequest = {
      now: window.start,
      window,
      durationMs: minutes(30),
      grid: { zone: guestZone, stepMinutes: 15, roundToMinutes: 15 },
      groups: [{ group: 'host', required: 1, members: ['host'] }],
      people: [host],
    };
    const oracle = new Oracle(request);
    const expected = oracle
      .candidates()
      .filter((start) => oracle.isBookable({ start: start as Instant, end: (start + request.durationMs) as Instant }));
    expect([...findSlots(request, { limit: 1 }).starts]).toEqual(expected);
    expect(expected.length).toBeGreaterThan(60);
  });
});
