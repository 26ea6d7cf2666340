import { describe, expect, it } from 'vitest';
import { repeatWords } from './repeat-words.ts';

describe('how an event repeats', () => {
  it.each([
    [['RRULE:FREQ=WEEKLY;BYDAY=WE'], 'every week on Wed'],
    [['RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;UNTIL=20270101T000000Z'], 'every 2 weeks on Mon, Fri, until 2027-01-01'],
    [['RRULE:FREQ=DAILY;COUNT=10'], 'every day, 10 times'],
    [[], 'one of a series'],
  ])('%j is said as "%s"', (rules, words) => expect(repeatWords(rules)).toBe(words));

  it.each([['RRULE:FREQ=MONTHLY;BYDAY=-1FR'], ['RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU']])(
    '%s, which the words could not say, stays as it is',
    (rule) => expect(repeatWords([rule])).toBe(rule),
  );

  it('stays as it is when dates are left out or added', () => {
    expect(repeatWords(['RRULE:FREQ=DAILY', 'EXDATE:20261201'])).toBe('RRULE:FREQ=DAILY EXDATE:20261201');
  });
});
