import { DAY_MS, HOUR_MS, officeHours, parseZone } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import type { Person } from './slot-request.ts';
import { at, busyAt, claimsAt, minutes, person, request, span } from './testing/sample-request.ts';
import { findConflicts, whyNot } from './why-not.ts';

const monday = span('2027-03-08T10:00Z', '2027-03-08T10:30Z');

describe('why not', () => {
  it.each<[string, Partial<Person>, string, string]>([
    ['an event', { busy: busyAt(['2027-03-08T10:15Z', '2027-03-08T11:00Z']) }, 'busy', 'overlap'],
    [
      'too little time before',
      { busy: busyAt(['2027-03-08T09:00Z', '2027-03-08T09:55Z']), buffers: { beforeMs: minutes(10), afterMs: 0 } },
      'busy',
      'buffer_before',
    ],
    [
      'too little time behind',
      { claims: claimsAt(['2027-03-08T10:35Z', '2027-03-08T11:00Z']), buffers: { beforeMs: 0, afterMs: minutes(10) } },
      'busy',
      'buffer_after',
    ],
    ['closed hours', { hours: officeHours(parseZone('America/New_York')) }, 'hours', 'outside_hours'],
    ['short notice', { noticeMs: 2 * DAY_MS }, 'notice', 'notice'],
    ['too far ahead', { horizonDays: 0 }, 'horizon', 'horizon'],
    ['a full day', { maxPerDay: 1, claims: claimsAt(['2027-03-08T18:00Z', '2027-03-08T19:00Z']) }, 'max-per-day', 'limit'],
    [
      'the end of what is known',
      { calendars: [{ calendarId: 'cal_9', known: span('2027-03-01T00:00Z', '2027-03-08T10:15Z') }] },
      'coverage',
      'outside_window',
    ],
    ['a calendar that is not known', { calendars: [{ calendarId: 'cal_9', known: null }] }, 'coverage', 'unknown'],
  ])('CNF-01 names %s, and the rule', (_, changes, rule, kind) => {
    const answer = whyNot(request([person('ada', changes), person('bob')]), monday);
    expect(answer.isBookable).toBe(false);
    expect(answer.people.map(({ id, rules, items }) => [id, rules, items.map((item) => item.kind)])).toEqual([['ada', [rule], [kind]]]);
    expect(answer.groups).toEqual([{ group: 'all', required: 2, free: 1 }]);
  });

  it('is empty for a time that can be booked, on the grid or not', () => {
    const asked = request([person('ada', { busy: busyAt(['2027-03-08T09:00Z', '2027-03-08T10:07Z']) })]);
    expect(whyNot(asked, span('2027-03-08T10:07Z', '2027-03-08T10:37Z'))).toEqual({
      isBookable: true,
      people: [],
      groups: [{ group: 'all', required: 1, free: 1 }],
    });
  });

  it('names those who are not free also when enough others are', () => {
    const people = [person('ada', { busy: busyAt(['2027-03-08T10:00Z', '2027-03-08T11:00Z']) }), person('bob')];
    const answer = whyNot(request(people, { groups: [{ group: 'hosts', required: 1, members: ['ada', 'bob'] }] }), monday);
    expect(answer.isBookable).toBe(true);
    expect(answer.people.map(({ id }) => id)).toEqual(['ada']);
  });

  it('counts the length of the candidate, not of the request', () => {
    const asked = request([person('ada', { busy: busyAt(['2027-03-08T11:00Z', '2027-03-08T12:00Z']) })]);
    expect(whyNot(asked, span('2027-03-08T10:00Z', '2027-03-08T11:05Z')).isBookable).toBe(false);
  });

  it.each([
    ['an empty interval', at('2027-03-08T10:00Z'), at('2027-03-08T10:00Z')],
    ['a turned interval', at('2027-03-08T11:00Z'), at('2027-03-08T10:00Z')],
    ['an interval in no year of ours', at('2500-01-01T00:00Z'), at('2500-01-01T01:00Z')],
  ])('refuses %s', (_, start, end) => {
    expect(() => whyNot(request([person('ada')]), { start, end })).toThrow(RangeError);
  });
});

describe('conflicts of a proposed interval', () => {
  it('CNF-01 lists each blocking item with its calendar, event or meeting, time and kind', () => {
    const ada = person('ada', {
      busy: {
        ...busyAt(['2027-03-08T09:00Z', '2027-03-08T10:15Z', 'evt_a'], ['2027-03-08T10:20Z', '2027-03-08T11:00Z', 'evt_b']),
        calendars: Int32Array.of(0, 1),
        calendarIds: ['cal_1', 'cal_2'],
      },
      claims: claimsAt(['2027-03-08T10:35Z', '2027-03-08T11:00Z', 10, 0]),
      noticeMs: 26 * HOUR_MS,
    });
    expect(findConflicts(request([ada]), monday)).toEqual([
      {
        personId: 'ada',
        rule: 'busy',
        kind: 'overlap',
        start: at('2027-03-08T09:00Z'),
        end: at('2027-03-08T10:15Z'),
        calendarId: 'cal_1',
        eventId: 'evt_a',
      },
      {
        personId: 'ada',
        rule: 'busy',
        kind: 'overlap',
        start: at('2027-03-08T10:20Z'),
        end: at('2027-03-08T11:00Z'),
        calendarId: 'cal_2',
        eventId: 'evt_b',
      },
      {
        personId: 'ada',
        rule: 'busy',
        kind: 'buffer_before',
        start: at('2027-03-08T10:25Z'),
        end: at('2027-03-08T11:00Z'),
        meetingId: 'mtg_0',
      },
      { personId: 'ada', rule: 'notice', kind: 'notice', start: null, end: at('2027-03-08T11:00Z') },
    ]);
  });
});
