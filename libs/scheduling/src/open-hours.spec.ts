import type { DayRange, OpeningHours } from '@daymark/domain';
import { DAY_MS, HOUR_MS, formatInstant, instant, officeHours, parseDate, parseZone } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import { openHours } from './open-hours.ts';
import type { OpenTime } from './open-time.ts';
import { at, span } from './testing/sample-request.ts';

const shown = (time: OpenTime): string[] => Array.from(time.starts, (start, i) => `${text(start)} ${text(time.ends[i] as number)}`);
const text = (moment: number): string => formatInstant(instant(moment)).slice(0, 16);
const daily = (zone: string, ...ranges: DayRange[]): OpeningHours => ({
  zone: parseZone(zone),
  weekly: Array.from({ length: 7 }, () => ranges),
  overrides: [],
});
const night: DayRange = { fromMinute: 90, toMinute: 210 };

describe('opening hours', () => {
  it('AVL-05 are nine to five by the wall clock before and after a clock change, and never at weekends', () => {
    expect(shown(openHours(officeHours(parseZone('Europe/Berlin')), span('2027-03-26T00:00Z', '2027-03-30T00:00Z')))).toEqual([
      '2027-03-26T08:00 2027-03-26T16:00',
      '2027-03-29T07:00 2027-03-29T15:00',
    ]);
  });

  it.each([
    ['the gap is not there', 'Europe/Berlin', '2027-03-28', night, ['2027-03-28T00:30 2027-03-28T01:30']],
    [
      'from inside the gap they open at its end',
      'Europe/Berlin',
      '2027-03-28',
      { fromMinute: 150, toMinute: 240 },
      ['2027-03-28T01:00 2027-03-28T02:00'],
    ],
    ['wholly inside the gap they are closed', 'Europe/Berlin', '2027-03-28', { fromMinute: 120, toMinute: 180 }, []],
    ['the hour that comes twice is open twice', 'Europe/Berlin', '2027-10-31', night, ['2027-10-30T23:30 2027-10-31T02:30']],
    [
      'to inside the hour that comes twice they close and open again',
      'Europe/Berlin',
      '2027-10-31',
      { fromMinute: 60, toMinute: 150 },
      ['2027-10-30T23:00 2027-10-31T00:30', '2027-10-31T01:00 2027-10-31T01:30'],
    ],
    ['half an hour back', 'Australia/Lord_Howe', '2027-04-04', night, ['2027-04-03T14:30 2027-04-03T17:00']],
    ['a half-hour zone', 'Asia/Kolkata', '2027-03-28', night, ['2027-03-27T20:00 2027-03-27T22:00']],
    ['midnight left out', 'America/Sao_Paulo', '2018-11-04', { fromMinute: 0, toMinute: 120 }, ['2018-11-04T03:00 2018-11-04T04:00']],
  ])('F18 on the day of a clock change: %s', (_, zone, date, range, expected) => {
    const onlyThatDay: OpeningHours = { ...daily(zone), overrides: [{ date: parseDate(date), ranges: [range] }] };
    expect(
      shown(openHours(onlyThatDay, { start: instant(at(`${date}T00:00Z`) - DAY_MS), end: instant(at(`${date}T00:00Z`) + 2 * DAY_MS) })),
    ).toEqual(expected);
  });

  it('are one stretch when every day is open all day', () => {
    expect(
      shown(openHours(daily('Asia/Tehran', { fromMinute: 0, toMinute: 1440 }), span('2022-03-19T00:00Z', '2022-03-25T00:00Z'))),
    ).toEqual(['2022-03-19T00:00 2022-03-25T00:00']);
  });

  it('follow an override in place of the week on its date, in the zone of the hours', () => {
    const hours = {
      ...officeHours(parseZone('Pacific/Kiritimati')),
      overrides: [
        { date: parseDate('2027-03-09'), ranges: [] },
        { date: parseDate('2027-03-13'), ranges: [{ fromMinute: 600, toMinute: 660 }] },
      ],
    };
    expect(shown(openHours(hours, span('2027-03-07T00:00Z', '2027-03-14T00:00Z')))).toEqual([
      '2027-03-07T19:00 2027-03-08T03:00',
      '2027-03-09T19:00 2027-03-10T03:00',
      '2027-03-10T19:00 2027-03-11T03:00',
      '2027-03-11T19:00 2027-03-12T03:00',
      '2027-03-12T20:00 2027-03-12T21:00',
    ]);
  });

  it('end where the window ends', () => {
    const open = openHours(officeHours(parseZone('UTC')), span('2027-03-08T10:00Z', '2027-03-08T11:00Z'));
    expect((open.ends[0] as number) - (open.starts[0] as number)).toBe(HOUR_MS);
  });
});
