import type { Instant, ZoneId } from '@daymark/domain';
import { DAY_MS, officeHours, parseZone } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { findSlots } from './find-slots.ts';
import type { Person, SlotRequest } from './slot-request.ts';
import { at, busyAt, minutes, person, request, span } from './testing/sample-request.ts';

const utc = parseZone('UTC');
const start = at('2027-03-08T09:00Z');
const everybody = (group: Partial<SlotRequest['groups'][number]>): Partial<SlotRequest> => ({
  groups: [{ group: 'g', required: 'all', members: ['ada'], ...group }],
});

describe('a request that cannot be answered', () => {
  it.each<[string, Partial<SlotRequest>, RegExp]>([
    ['a duration of four minutes', { durationMs: minutes(4) }, /durationMs/],
    ['a duration of more than a day', { durationMs: minutes(1441) }, /durationMs/],
    ['a duration that is no number', { durationMs: Number.NaN }, /durationMs/],
    ['an empty window', { window: { start, end: start } }, /window is empty/],
    ['a turned window', { window: { start, end: (start - 1) as Instant } }, /window is empty/],
    ['a window of two years', { window: { start, end: (start + 730 * DAY_MS) as Instant } }, /at most 366 days/],
    ['a window without an end', { window: { start, end: Infinity as Instant } }, /end of the window/],
    ['a window in the year 9999', { window: span('9998-01-01T00:00Z', '9998-02-01T00:00Z') }, /1970 to 2199/],
    ['a step of one minute', { grid: { zone: utc, stepMinutes: 1, roundToMinutes: 1 } }, /stepMinutes/],
    ['a step of nothing', { grid: { zone: utc, stepMinutes: 0, roundToMinutes: 1 } }, /stepMinutes/],
    ['rounding to nothing', { grid: { zone: utc, stepMinutes: 15, roundToMinutes: 0 } }, /roundToMinutes/],
    ['an anchor past midnight', { grid: { zone: utc, stepMinutes: 15, roundToMinutes: 15, anchorMinute: 1440 } }, /anchorMinute/],
    ['an unknown zone', { grid: { zone: 'Mars/Olympus' as ZoneId, stepMinutes: 15, roundToMinutes: 15 } }, /zone/],
    ['no groups', { groups: [] }, /groups/],
    ['a group of nobody, which would always be free', everybody({ members: [] }), /no members/],
    ['a group that needs nobody, which would always be free', everybody({ required: 0 }), /required/],
    ['more required than there are', everybody({ required: 2 }), /required/],
    ['somebody named twice', everybody({ members: ['ada', 'ada'] }), /twice/],
    ['somebody of whom nothing is known', everybody({ members: ['eve'] }), /eve/],
    ['somebody given twice', { people: [person('ada'), person('ada')] }, /once/],
    ['a crowd', { people: Array.from({ length: 501 }, (_, index) => person(`p${index}`)) }, /500 people/],
  ])('is refused: %s', (_, changes, words) => {
    expect(() => findSlots(request([person('ada')], changes), { limit: 10 })).toThrow(RangeError);
    expect(() => findSlots(request([person('ada')], changes), { limit: 10 })).toThrow(words);
  });

  it.each<[string, Partial<Person>, RegExp]>([
    ['negative buffers', { buffers: { beforeMs: -1, afterMs: 0 } }, /bufferBefore of ada/],
    ['notice that is no number', { noticeMs: Number.NaN }, /noticeMs of ada/],
    ['an endless horizon', { horizonDays: 1e9 }, /horizonDays of ada/],
    ['a limit of none a day', { maxPerDay: 0 }, /maxPerDay of ada/],
    ['coverage turned round', { calendars: [{ calendarId: 'cal_1', known: { start, end: start } }] }, /cal_1/],
    ['coverage that is no number', { calendars: [{ calendarId: 'cal_1', known: { start, end: Number.NaN as Instant } }] }, /cal_1/],
    ['columns of different length', { busy: { ...busyAt(), starts: Float64Array.of(start) } }, /busy time of ada/],
    ['a week of six days', { hours: { ...officeHours(utc), weekly: [[], [], [], [], [], []] } }, /seven days/],
    ['an unknown zone', { zone: 'Mars/Olympus' as ZoneId }, /zone/],
  ])('is refused for a person with %s', (_, changes, words) => {
    expect(() => findSlots(request([person('ada', changes)]), { limit: 10 })).toThrow(RangeError);
    expect(() => findSlots(request([person('ada', changes)]), { limit: 10 })).toThrow(words);
  });

  it.each([0, -1, 1.5, 1001, Number.NaN])('is refused with a limit of %d', (limit) => {
    expect(() => findSlots(request([person('ada')]), { limit })).toThrow(/limit/);
  });

  it('is none of these: a window shorter than the meeting has no slots', () => {
    expect(findSlots(request([person('ada')], { durationMs: minutes(240) }), { limit: 10 }).slots).toEqual([]);
  });
});
