import { describe, expect, it } from 'vitest';
import { parseDate, parseInstant, parseZone, type ZoneId } from '@daymark/domain';
import type { EventFields, EventTime } from '@daymark/provider-contract';
import { patchedFields, type PatchBody } from './event-fields.ts';
import { timedAt } from './event-view.ts';

const berlin = parseZone('Europe/Berlin');
const newYork = parseZone('America/New_York');
const timed = (start: string, end: string, zone: ZoneId = berlin): EventTime =>
  timedAt(parseInstant(`2027-03-08T${start}:00Z`), parseInstant(`2027-03-08T${end}:00Z`), zone);
const days = (start: string, end: string): EventTime => ({ kind: 'all-day', startDate: parseDate(start), endDate: parseDate(end) });
const standing = (time: EventTime): EventFields => ({
  title: 'Review',
  description: null,
  location: 'Room 1',
  time,
  recurrence: [],
  attendees: [],
  busy: true,
  visibility: 'default',
  reminders: null,
});
const instantAt = (time: string) => parseInstant(`2027-03-08T${time}:00Z`);

describe('the time that a patch asks for', () => {
  const nine = timed('09:00', '10:30');
  const trip = days('2027-03-08', '2027-03-11');
  const cases: readonly (readonly [string, EventTime, PatchBody, EventTime | undefined])[] = [
    ['nothing about time leaves it', nine, { title: 'x' }, undefined],
    ['a start alone moves it and keeps its length', nine, { start: instantAt('11:00') }, timed('11:00', '12:30')],
    ['an end alone makes it longer', nine, { end: instantAt('12:00') }, timed('09:00', '12:00')],
    ['a zone alone keeps the moments', nine, { time_zone: newYork }, timed('09:00', '10:30', newYork)],
    ['a date alone makes it a whole day', nine, { start_date: parseDate('2027-03-09') }, days('2027-03-09', '2027-03-10')],
    ['a first day alone moves all days', trip, { start_date: parseDate('2027-04-01') }, days('2027-04-01', '2027-04-04')],
    [
      'start and end make an all-day event a timed one, in the zone of the calendar',
      trip,
      { start: instantAt('09:00'), end: instantAt('10:00') },
      timed('09:00', '10:00', newYork),
    ],
  ];
  it.each(cases)('%s', (_, time, patch, expected) => {
    expect(patchedFields(patch, standing(time), newYork).time).toEqual(expected);
  });

  it.each([
    ['an end before the standing start', nine, { end: instantAt('08:00') }, '/end'],
    ['a start alone of an all-day event', trip, { start: instantAt('08:00') }, '/start'],
    ['a last day alone of a timed event', nine, { end_date: parseDate('2027-03-09') }, '/start_date'],
    ['an end more than a year after the standing start', nine, { end: parseInstant('2028-03-09T09:00:01Z') }, '/end'],
    ['a last day more than a year after the first', trip, { end_date: parseDate('2028-03-10') }, '/end_date'],
    ['a last day before the first', trip, { end_date: parseDate('2027-03-08') }, '/end_date'],
  ] as const)('%s is refused, with the field named', (_, time, patch, pointer) => {
    expect(() => patchedFields(patch, standing(time), newYork)).toThrow(
      expect.objectContaining({ code: 'validation-failed', data: { errors: [expect.objectContaining({ pointer })] } }),
    );
  });
});

it('touches only the fields that are named; null empties them', () => {
  expect(patchedFields({ location: null, busy: false }, standing(timed('09:00', '10:00')), berlin)).toEqual({
    location: null,
    busy: false,
  });
});
