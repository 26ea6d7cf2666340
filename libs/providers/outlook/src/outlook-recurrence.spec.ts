import {
  DAY_MS,
  UTC,
  addDays,
  addMilliseconds,
  expandSeries,
  instantOf,
  interval,
  parseDate,
  parseWallTime,
  parseZone,
} from '@daymark/domain';
import type { ZoneId } from '@daymark/domain';
import type { EventTime } from '@daymark/provider-contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphDays, ruleDays, rulesOf } from './outlook-recurrence.ts';
import type { GraphRecurrence } from './outlook-recurrence.ts';
import { recurrenceOf } from './outlook-recurrence-writing.ts';

const BERLIN = parseZone('Europe/Berlin');
const NEW_YORK = parseZone('America/New_York');

function timed(wall: string, zone: ZoneId = BERLIN): EventTime {
  const startWall = parseWallTime(wall);
  const start = instantOf(startWall, zone);
  const end = addMilliseconds(start, 3_600_000);
  return { kind: 'timed', start, end, startWall, endWall: startWall, zone };
}

function allDay(date: string): EventTime {
  return { kind: 'all-day', startDate: parseDate(date), endDate: addDays(parseDate(date), 1) };
}

function recurrence(pattern: Record<string, unknown>, range: Record<string, unknown> = { type: 'noEnd' }): GraphRecurrence {
  // As Graph answers: with every member, meaningful or not.
  const nothing = { month: 0, dayOfMonth: 0, daysOfWeek: [], firstDayOfWeek: 'sunday', index: 'first' };
  const none = { startDate: '2027-03-01', endDate: '0001-01-01', recurrenceTimeZone: 'W. Europe Standard Time', numberOfOccurrences: 0 };
  return { pattern: { interval: 1, ...nothing, ...pattern }, range: { ...none, ...range } } as unknown as GraphRecurrence;
}

describe('a recurrence of Graph', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ type: 'daily' }, 'FREQ=DAILY'],
    [{ type: 'daily', interval: 3 }, 'FREQ=DAILY;INTERVAL=3'],
    [
      { type: 'weekly', interval: 2, daysOfWeek: ['friday', 'monday'], firstDayOfWeek: 'monday' },
      'FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=MO',
    ],
    [{ type: 'weekly', daysOfWeek: ['Tuesday'], firstDayOfWeek: null }, 'FREQ=WEEKLY;BYDAY=TU;WKST=SU'],
    [{ type: 'absoluteMonthly', dayOfMonth: 15 }, 'FREQ=MONTHLY;BYMONTHDAY=15'],
    [{ type: 'absoluteMonthly', dayOfMonth: 30 }, 'FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1'],
    [{ type: 'absoluteMonthly', dayOfMonth: 31 }, 'FREQ=MONTHLY;BYMONTHDAY=-1'],
    [{ type: 'relativeMonthly', daysOfWeek: ['tuesday'], index: 'second' }, 'FREQ=MONTHLY;BYDAY=2TU'],
    [{ type: 'relativeMonthly', daysOfWeek: ['friday'], index: 'last', interval: 2 }, 'FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR'],
    [
      { type: 'relativeMonthly', daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], index: 'last' },
      'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    ],
    [{ type: 'relativeMonthly', daysOfWeek: [...graphDays], index: 'last' }, 'FREQ=MONTHLY;BYMONTHDAY=-1'],
    [{ type: 'absoluteYearly', dayOfMonth: 24, month: 12 }, 'FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24'],
    [{ type: 'absoluteYearly', dayOfMonth: 29, month: 2 }, 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1'],
    [{ type: 'relativeYearly', daysOfWeek: ['thursday'], index: 'fourth', month: 11 }, 'FREQ=YEARLY;BYMONTH=11;BYDAY=4TH'],
    [
      { type: 'relativeYearly', daysOfWeek: ['saturday', 'sunday'], index: 'first', month: 5 },
      'FREQ=YEARLY;BYMONTH=5;BYDAY=SA,SU;BYSETPOS=1',
    ],
  ])('%j repeats by %s', (pattern, rule) => {
    expect(rulesOf(recurrence(pattern), { start: timed('2027-03-01T09:00') })).toEqual([`RRULE:${rule}`]);
  });

  it.each<[string, Record<string, unknown>, EventTime, string]>([
    ['after a number', { type: 'numbered', numberOfOccurrences: 12 }, timed('2027-03-01T09:00'), 'COUNT=12'],
    ['with its last date', { type: 'endDate', endDate: '2027-06-30' }, timed('2027-03-01T09:00'), 'UNTIL=20270630T215959Z'],
    [
      'by the clock of the series',
      { type: 'endDate', endDate: '2027-06-30' },
      timed('2027-03-01T03:00', NEW_YORK),
      'UNTIL=20270630T215959Z',
    ],
    [
      'by the clock of its start, where the series names a zone of its own making',
      { type: 'endDate', endDate: '2027-06-30', recurrenceTimeZone: 'tzone://Microsoft/Custom' },
      timed('2027-03-01T09:00', NEW_YORK),
      'UNTIL=20270701T035959Z',
    ],
    ['with its last date, all-day', { type: 'endDate', endDate: '2027-06-30' }, allDay('2027-03-01'), 'UNTIL=20270630'],
  ])('ends %s', (_name, range, start, end) => {
    expect(rulesOf(recurrence({ type: 'daily' }, range), { start })).toEqual([`RRULE:FREQ=DAILY;${end}`]);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>?]>([
    ['a type that is new', { type: 'lunar' }],
    ['no day', { type: 'weekly' }],
    ['a day that is none', { type: 'weekly', daysOfWeek: ['someday'] }],
    ['a week that begins nowhere', { type: 'weekly', daysOfWeek: ['monday'], firstDayOfWeek: 'never' }],
    ['no day of the month', { type: 'absoluteMonthly' }],
    ['day 32', { type: 'absoluteMonthly', dayOfMonth: 32 }],
    ['a position that is none', { type: 'relativeMonthly', daysOfWeek: ['monday'], index: 'fifth' }],
    ['no month', { type: 'absoluteYearly', dayOfMonth: 1 }],
    ['month 13', { type: 'relativeYearly', daysOfWeek: ['monday'], month: 13 }],
    ['an end without a date', { type: 'daily' }, { type: 'endDate', endDate: null }],
    ['an end that is none', { type: 'daily' }, { type: 'endDate', endDate: '2027-02-30' }],
    ['no number', { type: 'daily' }, { type: 'numbered' }],
    ['a range that is new', { type: 'daily' }, { type: 'whenDone' }],
  ])('is not guessed with %s', (_name, pattern, range) => {
    expect(rulesOf(recurrence(pattern, range), { start: timed('2027-03-01T09:00') })).toBeNull();
  });
});

/** The 1st of March 2027 is a Monday. */
const monday = timed('2027-03-01T09:00');

describe('a rule for Graph', () => {
  it.each<[string, EventTime, Record<string, unknown>]>([
    ['FREQ=DAILY', monday, { type: 'daily', interval: 1 }],
    ['freq=daily;interval=2;', monday, { type: 'daily', interval: 2 }],
    [
      'FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR',
      monday,
      { type: 'weekly', interval: 1, daysOfWeek: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'], firstDayOfWeek: 'monday' },
    ],
    ['FREQ=WEEKLY', monday, { type: 'weekly', interval: 1, daysOfWeek: ['monday'], firstDayOfWeek: 'monday' }],
    [
      'FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=FR,MO',
      monday,
      { type: 'weekly', interval: 2, daysOfWeek: ['monday', 'friday'], firstDayOfWeek: 'sunday' },
    ],
    ['FREQ=MONTHLY', monday, { type: 'absoluteMonthly', interval: 1, dayOfMonth: 1 }],
    ['FREQ=MONTHLY;BYMONTHDAY=1;INTERVAL=3', monday, { type: 'absoluteMonthly', interval: 3, dayOfMonth: 1 }],
    [
      'FREQ=MONTHLY;BYMONTHDAY=-1',
      timed('2027-03-31T09:00'),
      { type: 'relativeMonthly', interval: 1, daysOfWeek: [...graphDays], index: 'last' },
    ],
    ['FREQ=MONTHLY;BYMONTHDAY=30,28,29;BYSETPOS=-1', timed('2027-02-28T09:00'), { type: 'absoluteMonthly', interval: 1, dayOfMonth: 30 }],
    ['FREQ=MONTHLY;BYDAY=+1MO', monday, { type: 'relativeMonthly', interval: 1, daysOfWeek: ['monday'], index: 'first' }],
    [
      'FREQ=MONTHLY;BYDAY=-1WE',
      timed('2027-03-31T09:00'),
      { type: 'relativeMonthly', interval: 1, daysOfWeek: ['wednesday'], index: 'last' },
    ],
    ['FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1', monday, { type: 'relativeMonthly', interval: 1, daysOfWeek: ['monday'], index: 'first' }],
    [
      'FREQ=MONTHLY;BYDAY=MO,WE;BYSETPOS=2',
      timed('2027-03-03T09:00'),
      { type: 'relativeMonthly', interval: 1, daysOfWeek: ['monday', 'wednesday'], index: 'second' },
    ],
    ['FREQ=YEARLY', monday, { type: 'absoluteYearly', interval: 1, dayOfMonth: 1, month: 3 }],
    ['FREQ=YEARLY;BYMONTH=03', monday, { type: 'absoluteYearly', interval: 1, dayOfMonth: 1, month: 3 }],
    ['FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31', allDay('2027-01-31'), { type: 'absoluteYearly', interval: 1, dayOfMonth: 31, month: 1 }],
    [
      'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1',
      allDay('2027-02-28'),
      { type: 'relativeYearly', interval: 1, daysOfWeek: [...graphDays], index: 'last', month: 2 },
    ],
    ['FREQ=YEARLY;BYMONTH=3;BYDAY=1MO', monday, { type: 'relativeYearly', interval: 1, daysOfWeek: ['monday'], index: 'first', month: 3 }],
  ])('%s', (rule, time, pattern) => {
    expect(recurrenceOf([`RRULE:${rule}`], { time })?.pattern).toStrictEqual(pattern);
  });

  it.each<[string, EventTime, Record<string, unknown>]>([
    ['', monday, { type: 'noEnd' }],
    [';COUNT=9', monday, { type: 'numbered', numberOfOccurrences: 9 }],
    [';UNTIL=20270630T070000Z', monday, { type: 'endDate', endDate: '2027-06-30' }],
    [';UNTIL=20270630T065959Z', monday, { type: 'endDate', endDate: '2027-06-29' }],
    [';UNTIL=20270630', monday, { type: 'endDate', endDate: '2027-06-30' }],
    [';UNTIL=20270630T085959', monday, { type: 'endDate', endDate: '2027-06-29' }],
    [';UNTIL=20270701T010000Z', timed('2027-03-01T20:00', NEW_YORK), { type: 'endDate', endDate: '2027-06-30' }],
    [';UNTIL=20270630T233000Z', timed('2027-03-01T00:30'), { type: 'endDate', endDate: '2027-07-01' }],
  ])('ends as it says: %j', (end, time, range) => {
    const zone = time.kind === 'timed' && time.zone === NEW_YORK ? 'Eastern Standard Time' : 'W. Europe Standard Time';
    expect(recurrenceOf([`RRULE:FREQ=DAILY${end}`], { time })?.range).toStrictEqual({
      ...range,
      startDate: '2027-03-01',
      recurrenceTimeZone: zone,
    });
  });

  it('ends all-day with its last date, in no zone', () => {
    const found = recurrenceOf(['RRULE:FREQ=WEEKLY;UNTIL=20270601'], { time: allDay('2027-03-13') });
    expect(found?.range).toStrictEqual({ type: 'endDate', startDate: '2027-03-13', endDate: '2027-06-01' });
  });

  it('is none for a single event', () => {
    expect(recurrenceOf([], { time: monday })).toBeNull();
  });

  it.each<[reason: string, lines: string | readonly string[], time?: EventTime]>([
    ['dates', ['RRULE:FREQ=DAILY;COUNT=3', 'EXDATE:20270302T080000Z']],
    ['dates', ['RRULE:FREQ=DAILY;COUNT=3', 'RDATE:20270410T080000Z']],
    ['dates', 'RDATE:20270410T080000Z'],
    ['several-rules', ['RRULE:FREQ=DAILY;COUNT=3', 'RRULE:FREQ=MONTHLY;COUNT=3']],
    ['frequency', 'RRULE:FREQ=HOURLY;COUNT=3'],
    ['malformed', 'RRULE:FREQ=DAILY;BYEASTER=1'],
    ['malformed', 'RRULE:FREQ=DAILY;COUNT=3;UNTIL=20270601'],
    ['part-byyearday', 'RRULE:FREQ=YEARLY;BYYEARDAY=60'],
    ['part-byweekno', 'RRULE:FREQ=YEARLY;BYWEEKNO=9'],
    ['part-byhour', 'RRULE:FREQ=DAILY;BYHOUR=9,15'],
    ['part-bymonth', 'RRULE:FREQ=DAILY;BYMONTH=3'],
    ['part-bymonth', 'RRULE:FREQ=MONTHLY;BYMONTH=3,6'],
    ['part-bysetpos', 'RRULE:FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1'],
    ['part-byday', 'RRULE:FREQ=DAILY;INTERVAL=2;BYDAY=MO,TU'],
    ['month', 'RRULE:FREQ=YEARLY;BYMONTH=3,6;BYMONTHDAY=1'],
    ['month', 'RRULE:FREQ=YEARLY;BYMONTHDAY=1'],
    ['month', 'RRULE:FREQ=YEARLY;BYDAY=9MO'],
    ['day', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=1,15'],
    ['day', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=-2'],
    ['day', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=1'],
    ['day', 'RRULE:FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=1'],
    ['day-missing-in-some-months', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=31', timed('2027-03-31T09:00')],
    ['day-missing-in-some-months', 'RRULE:FREQ=MONTHLY', timed('2027-03-29T09:00')],
    ['day-missing-in-some-months', 'RRULE:FREQ=YEARLY', allDay('2028-02-29')],
    ['position', 'RRULE:FREQ=MONTHLY;BYDAY=MO'],
    ['position', 'RRULE:FREQ=MONTHLY;BYDAY=5MO'],
    ['position', 'RRULE:FREQ=MONTHLY;BYDAY=-2MO'],
    ['position', 'RRULE:FREQ=MONTHLY;BYDAY=1MO,3MO'],
    ['position', 'RRULE:FREQ=MONTHLY;BYDAY=MO,1TU;BYSETPOS=1'],
    ['malformed', 'RRULE:FREQ=MONTHLY;BYSETPOS=1'],
    ['start-outside-rule', 'RRULE:FREQ=WEEKLY;BYDAY=TU'],
    ['start-outside-rule', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=2'],
    ['start-outside-rule', 'RRULE:FREQ=MONTHLY;BYDAY=2MO'],
    ['start-outside-rule', 'RRULE:FREQ=YEARLY;BYMONTH=4'],
    ['ends-before-start', 'RRULE:FREQ=DAILY;UNTIL=20270228T235959Z'],
  ])('is refused rather than changed: recurrence-%s, %s', (reason, lines, time = monday) => {
    const write = () => recurrenceOf([lines].flat(), { time });
    expect(write).toThrow(expect.objectContaining({ code: 'invalid-request', subject: 'event', reason: `recurrence-${reason}` }));
  });

  it('comes back with the same dates', () => {
    const lines = fc
      .record({
        day: fc.integer({ min: 0, max: 3000 }),
        hour: fc.integer({ min: 0, max: 23 }),
        zone: fc.constantFrom<(ZoneId | null)[]>(BERLIN, NEW_YORK, UTC, parseZone('Australia/Lord_Howe'), null),
        frequency: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
        interval: fc.integer({ min: 1, max: 4 }),
        days: fc.subarray([...ruleDays], { minLength: 1 }),
        position: fc.constantFrom('1', '2', '3', '4', '-1'),
        form: fc.constantFrom('plain', 'date', 'last', 'ordinal', 'set', 'or-last'),
        weekStart: fc.constantFrom('', ';WKST=SU', ';WKST=WE'),
        end: fc.oneof(
          fc.constant(''),
          fc.integer({ min: 1, max: 30 }).map((count) => `;COUNT=${count}`),
          fc.integer({ min: 0, max: 900 }).map((days) => `;UNTIL=${days}`),
        ),
      })
      .map((draft) => {
        const date = addDays(parseDate('2024-01-01'), draft.day);
        const time = draft.zone === null ? allDay(date) : timed(`${date}T${String(draft.hour).padStart(2, '0')}:30`, draft.zone);
        return { time, rule: ruleFrom({ ...draft, date, isAllDay: draft.zone === null }) };
      });
    let written = 0;
    fc.assert(
      fc.property(lines, ({ time, rule }) => {
        const found = writable(rule, time);
        fc.pre(found !== null);
        written += 1;
        const back = rulesOf(found, { start: time });
        expect(datesOf(back ?? [], time)).toEqual(datesOf([rule], time));
      }),
      { numRuns: 400, seed: 20270301 },
    );
    expect(written).toBe(400);
  }, 60_000);
});

interface RuleDraft {
  readonly date: string;
  readonly frequency: string;
  readonly interval: number;
  readonly days: readonly string[];
  readonly position: string;
  readonly form: string;
  readonly weekStart: string;
  readonly end: string;
  readonly isAllDay: boolean;
}

function ruleFrom({ date, frequency, interval, days, position, form, weekStart, end, isAllDay }: RuleDraft): string {
  const month = frequency === 'YEARLY' ? `;BYMONTH=${Number(date.slice(5, 7))}` : '';
  const inMonth: Readonly<Record<string, string>> = {
    plain: '',
    date: `;BYMONTHDAY=${Number(date.slice(8))}`,
    last: ';BYMONTHDAY=-1',
    ordinal: `;BYDAY=${position}${days[0]}`,
    set: `;BYDAY=${days.join(',')};BYSETPOS=${position}`,
    'or-last': ';BYMONTHDAY=28,29,30;BYSETPOS=-1',
  };
  const parts =
    frequency === 'MONTHLY' || frequency === 'YEARLY' ? `${month}${inMonth[form]}` : form === 'plain' ? '' : `;BYDAY=${days.join(',')}`;
  const ended = end.replace(/UNTIL=(\d+)/, (_match, later: string) => {
    const last = addDays(parseDate(date), Number(later)).replaceAll('-', '');
    return `UNTIL=${isAllDay ? last : `${last}T120000Z`}`;
  });
  return `RRULE:FREQ=${frequency};INTERVAL=${interval}${parts}${weekStart}${ended}`;
}

function writable(rule: string, time: EventTime): GraphRecurrence | null {
  try {
    return recurrenceOf([rule], { time });
  } catch {
    return null;
  }
}

function datesOf(rules: readonly string[], time: EventTime): unknown {
  const start = time.kind === 'timed' ? time.start : instantOf(parseWallTime(`${time.startDate}T00:00`), UTC);
  const window = interval(addMilliseconds(start, -DAY_MS), addMilliseconds(start, 790 * DAY_MS));
  return expandSeries({ rules, time }, { window, zone: UTC, limit: 5000 });
}
