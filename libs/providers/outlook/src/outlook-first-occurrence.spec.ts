import { instantOf, parseDate, parseWallTime, parseZone, wallTimeOf } from '@daymark/domain';
import type { EventTime } from '@daymark/provider-contract';
import { describe, expect, it } from 'vitest';
import { firstOccurrence } from './outlook-first-occurrence.ts';

const zone = parseZone('Europe/Berlin');

function at(startWall: string, endWall: string): EventTime {
  const [start, end] = [instantOf(parseWallTime(startWall), zone), instantOf(parseWallTime(endWall), zone)];
  return { kind: 'timed', start, end, startWall: wallTimeOf(start, zone), endWall: wallTimeOf(end, zone), zone };
}

describe('when a series takes place first', () => {
  it.each([
    ['on its start, where the pattern says so', 'RRULE:FREQ=WEEKLY;BYDAY=WE;WKST=SU', '2027-03-10'],
    ['daily', 'RRULE:FREQ=DAILY;INTERVAL=3', '2027-03-10'],
    ['later in the week', 'RRULE:FREQ=WEEKLY;BYDAY=FR;WKST=SU', '2027-03-12'],
    ['later in the week, of which every third counts', 'RRULE:FREQ=WEEKLY;INTERVAL=3;BYDAY=FR;WKST=SU', '2027-03-12'],
    ['in the third week, when the days of the first are over', 'RRULE:FREQ=WEEKLY;INTERVAL=3;BYDAY=MO;WKST=SU', '2027-03-29'],
    ['on the Sunday that ends a week', 'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=MO', '2027-03-14'],
    ['after the Sunday that begins one', 'RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU', '2027-03-21'],
    ['on the last Friday of the month', 'RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3', '2027-03-26'],
    ['in the month after the next', 'RRULE:FREQ=MONTHLY;INTERVAL=2;BYDAY=1MO', '2027-05-03'],
    ['on the last day of the month', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20270320T000000Z', '2027-03-31'],
    ['in the next year', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=20', '2028-02-20'],
  ])('%s', (_when, rule, date) => {
    expect(firstOccurrence(at('2027-03-10T11:00:00', '2027-03-10T12:30:00'), [rule])).toEqual(at(`${date}T11:00:00`, `${date}T12:30:00`));
  });

  it('F16 counts days as dates', () => {
    const days = { kind: 'all-day', startDate: parseDate('2027-03-01'), endDate: parseDate('2027-03-03') } as const;
    const first = firstOccurrence(days, ['RRULE:FREQ=MONTHLY;BYDAY=-1FR']);
    expect(first).toEqual({ kind: 'all-day', startDate: '2027-03-26', endDate: '2027-03-28' });
  });
});
