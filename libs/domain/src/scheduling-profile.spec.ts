import { describe, expect, it } from 'vitest';
import {
  checkOpeningHours,
  checkSchedulingSettings,
  defaultSchedulingSettings,
  formatMinuteOfDay,
  officeHours,
  parseMinuteOfDay,
} from './scheduling-profile.ts';
import type { OpeningHours, SchedulingSettings } from './scheduling-profile.ts';
import { parseDate, parseZone } from './time.ts';
import type { ZoneId } from './time.ts';

const berlin = parseZone('Europe/Berlin');

describe('scheduling settings', () => {
  it('start with values that are within their own limits', () => {
    expect(checkSchedulingSettings(defaultSchedulingSettings(berlin))).toEqual(defaultSchedulingSettings(berlin));
  });

  it.each<[Partial<SchedulingSettings>, string]>([
    [{ durationMinutes: 4 }, 'durationMinutes'],
    [{ durationMinutes: 1441 }, 'durationMinutes'],
    [{ durationMinutes: 30.5 }, 'durationMinutes'],
    [{ stepMinutes: 0 }, 'stepMinutes'],
    [{ roundToMinutes: 0 }, 'roundToMinutes'],
    [{ bufferBeforeMinutes: -1 }, 'bufferBeforeMinutes'],
    [{ bufferAfterMinutes: Number.NaN }, 'bufferAfterMinutes'],
    [{ preparationMinutes: 721 }, 'preparationMinutes'],
    [{ noticeMinutes: Number.POSITIVE_INFINITY }, 'noticeMinutes'],
    [{ horizonDays: 731 }, 'horizonDays'],
    [{ maxPerDay: 0 }, 'maxPerDay'],
  ])('are refused by name when out of range: %o', (change, name) => {
    expect(() => checkSchedulingSettings({ ...defaultSchedulingSettings(berlin), ...change })).toThrow(new RegExp(`^${name} `));
  });
});

describe('opening hours', () => {
  it('come in order, with overlapping and touching ranges joined', () => {
    const monday = [
      { fromMinute: 780, toMinute: 1020 },
      { fromMinute: 540, toMinute: 660 },
      { fromMinute: 660, toMinute: 720 },
      { fromMinute: 800, toMinute: 900 },
    ];
    const checked = checkOpeningHours({ ...officeHours(berlin), weekly: [monday, [], [], [], [], [], []] });
    expect(checked.weekly[0]).toEqual([
      { fromMinute: 540, toMinute: 720 },
      { fromMinute: 780, toMinute: 1020 },
    ]);
    expect(monday[0]).toEqual({ fromMinute: 780, toMinute: 1020 });
  });

  it.each<[string, Partial<OpeningHours>]>([
    ['a week of six days', { weekly: [[], [], [], [], [], []] }],
    ['an empty range', { weekly: [[{ fromMinute: 540, toMinute: 540 }], [], [], [], [], [], []] }],
    ['a range past midnight', { weekly: [[{ fromMinute: 1320, toMinute: 1500 }], [], [], [], [], [], []] }],
    ['an unknown zone', { zone: 'Mars/Olympus' as ZoneId }],
    [
      'a date given twice',
      {
        overrides: [
          { date: parseDate('2027-03-08'), ranges: [] },
          { date: parseDate('2027-03-08'), ranges: [] },
        ],
      },
    ],
  ])('are refused with %s', (_, change) => {
    expect(() => checkOpeningHours({ ...officeHours(berlin), ...change })).toThrow(RangeError);
  });
});

describe('times of day', () => {
  it.each([
    ['00:00', 0],
    ['09:05', 545],
    ['24:00', 1440],
  ])('%s is minute %i', (text, minute) => {
    expect(parseMinuteOfDay(text)).toBe(minute);
    expect(formatMinuteOfDay(minute)).toBe(text);
  });

  it.each(['9:00', '24:01', '12:60', '12:00:00', '-1:00', ''])('refuses %o', (text) => {
    expect(() => parseMinuteOfDay(text)).toThrow(RangeError);
  });
});
