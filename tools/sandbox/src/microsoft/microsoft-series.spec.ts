import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GraphBody, GraphWorld } from '../testing/graph-caller.ts';
import { meeting, repeating, startGraphWorld } from '../testing/graph-caller.ts';
import type { MicrosoftEvent } from './microsoft-types.ts';

let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld();
});
afterEach(() => world.sandbox.close());

const NOVEMBER = 'startDateTime=2026-11-20T00:00:00Z&endDateTime=2026-12-01T00:00:00Z';

async function createSeries(
  more: Readonly<Record<string, unknown>> = repeating('2026-11-23', { count: 5 }),
): Promise<GraphBody & { id: string }> {
  const answer = await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00', more) });
  expect(answer.status).toBe(201);
  return { ...answer.body, id: answer.body.id ?? '' };
}

async function view(query = NOVEMBER): Promise<readonly MicrosoftEvent[]> {
  return (await world.ada('GET', `me/calendarView?$top=50&${query}`)).body.value ?? [];
}

function starts(events: readonly MicrosoftEvent[]): unknown[] {
  return events.map(({ start }) => start?.dateTime.slice(0, 16));
}

describe('a series', () => {
  it('is listed as its master, and viewed as its occurrences', async () => {
    const master = await createSeries();
    expect(master).toMatchObject({ type: 'seriesMaster', seriesMasterId: null });
    expect(master.recurrence).toEqual({
      pattern: { type: 'daily', interval: 1, month: 0, dayOfMonth: 0, daysOfWeek: [], firstDayOfWeek: 'sunday', index: 'first' },
      range: {
        type: 'numbered',
        startDate: '2026-11-23',
        endDate: '0001-01-01',
        recurrenceTimeZone: 'W. Europe Standard Time',
        numberOfOccurrences: 5,
      },
    });
    const list = (await world.ada('GET', 'me/events')).body.value ?? [];
    expect(list.map(({ type }) => type)).toEqual(['seriesMaster']);
    const occurrences = await view();
    expect(starts(occurrences)).toEqual(
      ['2026-11-23', '2026-11-24', '2026-11-25', '2026-11-26', '2026-11-27'].map((day) => `${day}T09:00`),
    );
    expect(occurrences[1]).toMatchObject({
      type: 'occurrence',
      seriesMasterId: master.id,
      recurrence: null,
      originalStart: '2026-11-24T09:00:00.0000000Z',
    });
    expect(new Set([master.iCalUId, ...occurrences.map(({ iCalUId }) => iCalUId)]).size).toBe(6);
  });

  const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
  it.each([
    [
      'every second week on two days',
      { type: 'weekly', interval: 2, daysOfWeek: ['monday', 'Wednesday'] },
      '2026-11-23',
      ['2026-11-23', '2026-11-25', '2026-12-07', '2026-12-09'],
    ],
    [
      'a day of the month',
      { type: 'absoluteMonthly', interval: 1, dayOfMonth: 15 },
      '2026-11-15',
      ['2026-11-15', '2026-12-15', '2027-01-15', '2027-02-15'],
    ],
    [
      'day 31, or the last that a month has',
      { type: 'absoluteMonthly', interval: 1, dayOfMonth: 31 },
      '2026-12-31',
      ['2026-12-31', '2027-01-31', '2027-02-28', '2027-03-31'],
    ],
    [
      'the second Tuesday',
      { type: 'relativeMonthly', interval: 1, daysOfWeek: ['tuesday'], index: 'second' },
      '2026-12-08',
      ['2026-12-08', '2027-01-12', '2027-02-09', '2027-03-09'],
    ],
    [
      'the last working day',
      { type: 'relativeMonthly', interval: 1, daysOfWeek: weekdays, index: 'last' },
      '2026-11-30',
      ['2026-11-30', '2026-12-31', '2027-01-29', '2027-02-26'],
    ],
    [
      'a date in the year',
      { type: 'absoluteYearly', interval: 1, dayOfMonth: 24, month: 12 },
      '2026-12-24',
      ['2026-12-24', '2027-12-24', '2028-12-24', '2029-12-24'],
    ],
    [
      'the first Sunday of May',
      { type: 'relativeYearly', interval: 1, daysOfWeek: ['sunday'], index: 'first', month: 5 },
      '2027-05-02',
      ['2027-05-02', '2028-05-07', '2029-05-06', '2030-05-05'],
    ],
  ])('repeats on %s', async (_name, pattern, startDate, days) => {
    const body = meeting(startDate, '10:00', { recurrence: { pattern, range: { type: 'numbered', startDate, numberOfOccurrences: 4 } } });
    const { body: made } = await world.ada('POST', 'me/events', { body });
    const query = `startDateTime=${startDate}&endDateTime=2031-01-01`;
    const found = await world.ada('GET', `me/events/${made.id ?? ''}/instances?${query}`);
    expect(found.body.value?.map(({ start }) => start?.dateTime.slice(0, 10))).toEqual(days);
  });

  it('keeps its clock time over the change of the clocks, and ends on its last day', async () => {
    const range = { type: 'endDate', startDate: '2026-10-24', endDate: '2026-10-26' };
    const body = meeting('2026-10-24', '10:00', { recurrence: { pattern: { type: 'daily', interval: 1 }, range } });
    await world.ada('POST', 'me/events', { body });
    const found = await view('startDateTime=2026-10-01T00:00:00%2B02:00&endDateTime=2026-11-01');
    expect(starts(found)).toEqual(['2026-10-24T08:00', '2026-10-25T09:00', '2026-10-26T09:00']);
  });

  it('has occurrences that are changed by themselves', async () => {
    await createSeries();
    const [, second] = await view();
    const body = {
      start: { dateTime: '2026-11-24T15:00:00', timeZone: 'Europe/Berlin' },
      end: { dateTime: '2026-11-24T16:00:00', timeZone: 'Europe/Berlin' },
      subject: 'Moved',
    };
    const changed = await world.ada('PATCH', `me/events/${second?.id ?? ''}`, { body });
    expect(changed.body).toMatchObject({
      id: second?.id,
      type: 'exception',
      subject: 'Moved',
      originalStart: '2026-11-24T09:00:00.0000000Z',
    });
    expect(starts(await view())[1]).toBe('2026-11-24T14:00');
    const master = await world.ada('GET', `me/events/${second?.seriesMasterId ?? ''}?$expand=exceptionOccurrences`);
    expect(master.body.exceptionOccurrences).toMatchObject([{ subject: 'Moved' }]);
  });

  it('has occurrences that are taken out', async () => {
    const master = await createSeries();
    const [, second] = await view();
    expect((await world.ada('DELETE', `me/events/${second?.id ?? ''}`)).status).toBe(204);
    expect(starts(await view())).toEqual(['2026-11-23T09:00', '2026-11-25T09:00', '2026-11-26T09:00', '2026-11-27T09:00']);
    expect((await world.ada('GET', `me/events/${second?.id ?? ''}`)).status).toBe(404);
    const { body } = await world.ada('GET', `me/events/${master.id}?$select=cancelledOccurrences`);
    expect(body.cancelledOccurrences).toEqual([`OID.${master.id}.2026-11-24`]);
  });

  it.each([
    ['to the day before', '2026-11-23'],
    ['to the day after', '2026-11-25'],
    ['beyond its neighbours', '2026-11-27'],
  ])('refuses to move an occurrence %s', async (_name, day) => {
    await createSeries();
    const [, second] = await view();
    const { start, end } = meeting(day, '16:00');
    const answer = await world.ada('PATCH', `me/events/${second?.id ?? ''}`, { body: { start, end } });
    expect([answer.status, answer.code]).toEqual([400, 'ErrorOccurrenceCrossingBoundary']);
  });

  it('inherits what an exception does not set, also later', async () => {
    const master = await createSeries();
    const [, second] = await view();
    await world.ada('PATCH', `me/events/${second?.id ?? ''}`, { body: { subject: 'Special' } });
    await world.ada('PATCH', `me/events/${master.id}`, { body: { location: { displayName: 'Room 2' }, subject: 'Renamed' } });
    const after = await view();
    expect(after.map(({ subject, location }) => [subject, location?.displayName]).slice(0, 2)).toEqual([
      ['Renamed', 'Room 2'],
      ['Special', 'Room 2'],
    ]);
  });

  it('becomes a single event and a series again', async () => {
    const master = await createSeries();
    const single = await world.ada('PATCH', `me/events/${master.id}`, { body: { recurrence: null } });
    expect([single.body.type, (await view()).length]).toEqual(['singleInstance', 1]);
    const again = await world.ada('PATCH', `me/events/${master.id}`, { body: repeating('2026-11-23', { count: 3 }) });
    expect([again.body.type, (await view()).length]).toEqual(['seriesMaster', 3]);
  });

  it('all day repeats by dates', async () => {
    const midnight = (date: string) => ({ dateTime: `${date}T00:00:00`, timeZone: 'W. Europe Standard Time' });
    await createSeries({
      isAllDay: true,
      start: midnight('2026-11-23'),
      end: midnight('2026-11-24'),
      ...repeating('2026-11-23', { count: 2 }),
    });
    expect(starts(await view())).toEqual(['2026-11-23T00:00', '2026-11-24T00:00']);
  });
});

describe('views', () => {
  it.each([
    ['one bound only', 'startDateTime=2026-11-20T00:00:00Z', 'ErrorInvalidRequest'],
    ['more than 1825 days', 'startDateTime=2026-01-01&endDateTime=2031-01-01', 'ErrorInvalidRequest'],
    ['a plus sign that was not encoded', 'startDateTime=2026-11-20T00:00:00+01:00&endDateTime=2026-12-01', 'ErrorInvalidParameter'],
  ])('refuse %s', async (_name, query, code) => {
    const answer = await world.ada('GET', `me/calendarView?${query}`);
    expect([answer.status, answer.code]).toEqual([400, code]);
  });

  it('show what overlaps the window, wherever it began', async () => {
    await world.ada('POST', 'me/events', { body: meeting('2026-11-23', '10:00') });
    const around = async (start: string, end: string): Promise<number> =>
      (await view(`startDateTime=2026-11-23T${start}Z&endDateTime=2026-11-23T${end}Z`)).length;
    expect([await around('09:30:00', '09:45:00'), await around('10:00:00', '11:00:00'), await around('08:00:00', '09:00:00')]).toEqual([
      1, 0, 0,
    ]);
  });
});
