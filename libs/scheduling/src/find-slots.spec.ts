import { DAY_MS, officeHours, parseZone } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { findSlots, nextSlot, standardEngine } from './find-slots.ts';
import { spanOf } from './open-time.ts';
import type { Rule } from './rule.ts';
import { at, busyAt, claimsAt, minutes, person, request, span, times } from './testing/sample-request.ts';

const tenToEleven = busyAt(['2027-03-08T10:00Z', '2027-03-08T11:00Z', 'evt_ten']);
const nineToTen = busyAt(['2027-03-08T09:00Z', '2027-03-08T10:00Z', 'evt_nine']);

/** The same data in other objects and arrays. */
function copyOf<T>(value: T): T {
  if (value instanceof Float64Array || value instanceof Int32Array) return value.slice() as T;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)])) as T;
}

describe('slots', () => {
  it('AVL-03 are the times without an overlap, touching ones included', () => {
    const answer = findSlots(request([person('ada', { busy: tenToEleven })]), { limit: 10 });
    expect(times(answer.starts)).toEqual(['09:00', '09:30', '11:00', '11:30']);
    expect(answer.next).toBeNull();
    expect(answer.slots[0]).toMatchObject({ start: at('2027-03-08T09:00Z'), end: at('2027-03-08T09:30Z') });
  });

  it('AVL-03 need everybody of a group that requires all, and so many of one that requires a number', () => {
    const people = [person('ada', { busy: nineToTen }), person('bob', { busy: tenToEleven }), person('cyd')];
    const starts = (required: number | 'all') =>
      times(findSlots(request(people, { groups: [{ group: 'hosts', required, members: ['ada', 'bob', 'cyd'] }] }), { limit: 10 }).starts);
    expect(starts('all')).toEqual(['11:00', '11:30']);
    expect(starts(3)).toEqual(['11:00', '11:30']);
    expect(starts(2)).toEqual(['09:00', '09:30', '10:00', '10:30', '11:00', '11:30']);
  });

  it('say who takes part: the first who are free, in the order of the group', () => {
    const people = [person('ada', { busy: nineToTen }), person('bob'), person('cyd'), person('room')];
    const groups = [
      { group: 'hosts', required: 1, members: ['ada', 'bob', 'cyd'] },
      { group: 'rooms', required: 'all' as const, members: ['room'] },
    ];
    const { slots } = findSlots(request(people, { groups }), { limit: 10 });
    expect(slots[0]?.groups).toEqual([
      { group: 'hosts', members: ['bob'], alsoFree: ['cyd'] },
      { group: 'rooms', members: ['room'], alsoFree: [] },
    ]);
    expect(slots[2]?.groups[0]).toEqual({ group: 'hosts', members: ['ada'], alsoFree: ['bob', 'cyd'] });
  });

  it('AVL-04 are gone when any calendar of a person is busy', () => {
    const both = person('ada', {
      busy: {
        ...busyAt(['2027-03-08T09:00Z', '2027-03-08T10:00Z'], ['2027-03-08T10:30Z', '2027-03-08T11:30Z']),
        calendars: Int32Array.of(0, 1),
        calendarIds: ['cal_1', 'cal_2'],
      },
    });
    expect(times(findSlots(request([both]), { limit: 10 }).starts)).toEqual(['10:00', '11:30']);
  });

  it('AVL-15 of people in three zones lie in the hours of each', () => {
    const people = ['Europe/Berlin', 'America/New_York', 'Africa/Casablanca'].map((zone) =>
      person(zone, { hours: officeHours(parseZone(zone)) }),
    );
    const answer = findSlots(request(people, { window: span('2027-03-15T00:00Z', '2027-03-16T00:00Z') }), { limit: 10 });
    expect(times(answer.starts)).toEqual(['13:00', '13:30', '14:00', '14:30', '15:00', '15:30']);
  });

  it('F42 are none for a person of whom a calendar is not known, and others of the group are offered', () => {
    const dark = person('ada', { calendars: [{ calendarId: 'cal_dark', known: null }] });
    expect(findSlots(request([dark]), { limit: 10 }).starts.length).toBe(0);
    const groups = [{ group: 'hosts', required: 1, members: ['ada', 'bob'] }];
    const { slots } = findSlots(request([dark, person('bob')], { groups }), { limit: 10 });
    expect(slots.map((slot) => slot.groups[0]?.members)).toEqual(Array.from({ length: 6 }, () => ['bob']));
  });

  it('come page by page without a gap or a repeat', () => {
    const asked = request([person('ada', { busy: tenToEleven })]);
    const first = findSlots(asked, { limit: 3 });
    const second = findSlots(asked, { limit: 3, after: first.next ?? undefined });
    expect(times(first.slots.map(({ start }) => start))).toEqual(['09:00', '09:30', '11:00']);
    expect(times(second.slots.map(({ start }) => start))).toEqual(['11:30']);
    expect(first.next).toBe(at('2027-03-08T11:00Z'));
    expect(second.next).toBeNull();
  });

  it('AVL-08 the next one is the first of all', () => {
    const asked = request([person('ada', { busy: nineToTen })]);
    expect(nextSlot(asked)).toEqual(findSlots(asked, { limit: 10 }).slots[0]);
    expect(nextSlot(request([person('ada', { busy: busyAt(['2027-03-08T00:00Z', '2027-03-09T00:00Z']) })]))).toBeNull();
  });

  it('AVL-11 are the same byte for byte when asked again, also from a copy', () => {
    const asked = request([
      person('ada', {
        busy: tenToEleven,
        hours: officeHours(parseZone('Europe/Berlin')),
        pastStarts: Float64Array.of(at('2027-03-01T10:00Z')),
      }),
      person('bob', { claims: claimsAt(['2027-03-08T09:00Z', '2027-03-08T09:30Z', 5, 10]), maxPerDay: 3 }),
    ]);
    const page = { limit: 20, explain: { limit: 20 } };
    const once = JSON.stringify(findSlots(asked, page));
    expect(JSON.stringify(findSlots(copyOf(asked), page))).toBe(once);
    expect(once).toContain('close_to_usual_hour');
  });

  it('hold a rule that was added, whatever the order of rules', () => {
    const lunch: Rule = {
      name: 'lunch',
      blocks: () => spanOf(at('2027-03-08T10:00Z'), at('2027-03-08T11:30Z')),
      explain: () => [],
    };
    const asked = request([person('ada', { busy: nineToTen })]);
    for (const rules of [
      [...standardEngine.rules, lunch],
      [lunch, ...standardEngine.rules.toReversed()],
    ]) {
      expect(times(findSlots(asked, { limit: 10 }, { ...standardEngine, rules }).starts)).toEqual(['11:30']);
    }
  });

  it('are explained where they are left out, neighbours with the same reasons as one', () => {
    const answer = findSlots(request([person('ada', { busy: tenToEleven, buffers: { beforeMs: 0, afterMs: minutes(5) } })]), {
      limit: 10,
      explain: { limit: 10 },
    });
    expect(
      answer.excluded.map(({ start, end, starts, reasons }) => [
        ...times([start, end]),
        starts,
        reasons.map(({ kind, eventId, calendarId, personId }) => [kind, eventId, calendarId, personId]),
      ]),
    ).toEqual([
      ['09:30', '10:00', 1, [['buffer_after', 'evt_ten', 'cal_1', 'ada']]],
      ['10:00', '11:00', 2, [['overlap', 'evt_ten', 'cal_1', 'ada']]],
    ]);
  });

  it('are explained night by night when only the days are offered', () => {
    const asked = request([person('ada', { hours: officeHours(parseZone('UTC')) })], {
      window: span('2027-03-08T00:00Z', '2027-03-10T00:00Z'),
    });
    const { excluded } = findSlots(asked, { limit: 100, explain: { limit: 10 } });
    expect(excluded.map(({ start, end }) => times([start, end]))).toEqual([
      ['00:00', '09:00'],
      ['17:00', '09:00'],
      ['17:00', '00:00'],
    ]);
  });

  it('are offered where one person is free for longer while another has a moment too short', () => {
    const people = [
      person('ada'),
      person('bob', { busy: busyAt(['2027-03-08T09:00Z', '2027-03-08T10:25Z'], ['2027-03-08T10:35Z', '2027-03-08T12:00Z']) }),
    ];
    const asked = request(people, { groups: [{ group: 'hosts', required: 1, members: ['ada', 'bob'] }] });
    expect(findSlots(asked, { limit: 10 }).starts).toHaveLength(6);
    expect(findSlots({ ...asked, durationMs: minutes(60) }, { limit: 10 }).starts).toHaveLength(5);
  });

  it('are explained for the time of the page only', () => {
    const asked = request([person('ada', { busy: tenToEleven })]);
    expect(findSlots(asked, { limit: 2, explain: { limit: 10 } }).excluded).toEqual([]);
    expect(findSlots(asked, { limit: 2, after: at('2027-03-08T09:30Z'), explain: { limit: 10 } }).excluded).toHaveLength(1);
    expect(findSlots(asked, { limit: 10 }).excluded).toEqual([]);
  });

  it('are explained within bounds, however much was left out', () => {
    const window = span('2027-01-01T00:00Z', '2028-01-01T00:00Z');
    const closed = person('ada', { hours: { ...officeHours(parseZone('UTC')), weekly: [[], [], [], [], [], [], []] } });
    const asked = request([closed], { window, grid: { zone: parseZone('UTC'), stepMinutes: 5, roundToMinutes: 5 } });
    expect(findSlots(asked, { limit: 1, explain: { limit: 200 } }).excluded.map(({ starts }) => starts)).toEqual([1000]);
    expect(() => findSlots(asked, { limit: 1, explain: { limit: 201 } })).toThrow(/explain limit/);
  });

  it('do not change what they were given', () => {
    const asked = request([
      person('ada', { busy: busyAt(['2027-03-08T11:00Z', '2027-03-08T12:00Z'], ['2027-03-08T09:00Z', '2027-03-08T10:00Z']) }),
    ]);
    const copy = copyOf(asked);
    findSlots(asked, { limit: 10, explain: { limit: 10 } });
    expect(asked).toEqual(copy);
  });

  it('take a year with a thousand events of each of twenty people in bounded memory', () => {
    const window = span('2027-01-01T00:00Z', '2028-01-01T00:00Z');
    const starts = Float64Array.from({ length: 1000 }, (_, index) => window.start + index * 8 * 3_600_000);
    const people = Array.from({ length: 20 }, (_, index) =>
      person(`p${index}`, {
        busy: {
          starts,
          ends: starts.map((start) => start + minutes(60)),
          calendars: new Int32Array(1000),
          calendarIds: ['cal'],
          eventIds: Array.from(starts, String),
        },
      }),
    );
    const answer = findSlots(request(people, { window, grid: { zone: parseZone('Europe/Berlin'), stepMinutes: 5, roundToMinutes: 5 } }), {
      limit: 1000,
    });
    expect(answer.slots).toHaveLength(1000);
    expect(answer.starts.length).toBeLessThanOrEqual((365 * DAY_MS) / minutes(5));
  });
});
