import { instantOf, parseDate, parseInstant, parseWallTime, parseZone, type Interval } from '@daymark/domain';
import { describe, expect, it } from 'vitest';
import {
  deriveSeries,
  occurrenceOf,
  originalKey,
  type DerivedOccurrence,
  type MirroredEvent,
  type MirroredSeries,
  type OccurrenceTime,
} from './derive-occurrences.ts';

const berlin = parseZone('Europe/Berlin');
const coverage: Interval = { start: parseInstant('2026-03-01T00:00:00Z'), end: parseInstant('2026-05-01T00:00:00Z') };
const at = (wall: string) => instantOf(parseWallTime(wall), berlin);
const timed = (start: string, end: string): OccurrenceTime & { kind: 'timed' } => ({ kind: 'timed', start: at(start), end: at(end) });
const dates = (startDate: string, endDate: string): OccurrenceTime => ({
  kind: 'all-day',
  startDate: parseDate(startDate),
  endDate: parseDate(endDate),
});

/** Sundays at nine in Berlin, over the change of clocks on 29 March 2026. */
const series: MirroredSeries = {
  id: 'series',
  isCancelled: false,
  isBusy: true,
  time: timed('2026-03-08T09:00:00', '2026-03-08T10:00:00'),
  original: null,
  rules: ['RRULE:FREQ=WEEKLY;COUNT=6'],
  seriesTime: { ...timed('2026-03-08T09:00:00', '2026-03-08T10:00:00'), startWall: parseWallTime('2026-03-08T09:00:00'), zone: berlin },
};

function exception(original: string, changes: Partial<MirroredEvent> = {}): MirroredEvent {
  return {
    id: `exception of ${original}`,
    isCancelled: false,
    isBusy: true,
    time: timed(original, original.replace('T09', 'T10')),
    original: originalKey(at(original)),
    ...changes,
  };
}

function derived(of: MirroredSeries, exceptions: readonly MirroredEvent[] = [], window = coverage): readonly DerivedOccurrence[] {
  const result = deriveSeries(of, { exceptions, coverage: window, zone: berlin });
  if (result.kind !== 'derived') throw new Error(result.reason);
  return result.occurrences;
}

const starts = (occurrences: readonly DerivedOccurrence[]): (string | number)[] =>
  occurrences.map(({ time }) => (time.kind === 'timed' ? time.start : time.startDate));

describe('a series', () => {
  it('F15 takes place at its wall time before and after the change of clocks', () => {
    expect(starts(derived(series))).toEqual(
      ['2026-03-08', '2026-03-15', '2026-03-22', '2026-03-29', '2026-04-05', '2026-04-12'].map((date) => at(`${date}T09:00:00`)),
    );
  });

  it('F12 leaves out a cancelled occurrence and nothing else', () => {
    const cancelled = exception('2026-03-15T09:00:00', { isCancelled: true, time: null });
    expect(starts(derived(series, [cancelled]))).toEqual(
      ['2026-03-08', '2026-03-22', '2026-03-29', '2026-04-05', '2026-04-12'].map((date) => at(`${date}T09:00:00`)),
    );
  });

  it('F12 shows a moved occurrence where it is now, once, under its original start', () => {
    const moved = exception('2026-03-15T09:00:00', { time: timed('2026-03-17T18:00:00', '2026-03-17T19:00:00') });
    const occurrences = derived(series, [moved]);
    expect(occurrences).toHaveLength(6);
    expect(occurrences.find(({ eventId }) => eventId === moved.id)).toMatchObject({
      originalKey: originalKey(at('2026-03-15T09:00:00')),
      time: moved.time,
    });
    expect(starts(occurrences)).not.toContain(at('2026-03-15T09:00:00'));
  });

  it('F12 does not put back an occurrence that was moved out of the coverage', () => {
    const moved = exception('2026-03-15T09:00:00', { time: timed('2027-03-17T18:00:00', '2027-03-17T19:00:00') });
    expect(derived(series, [moved])).toHaveLength(5);
  });

  it('that is cancelled takes all of its exceptions along', () => {
    expect(derived({ ...series, isCancelled: true }, [exception('2026-03-15T09:00:00')])).toEqual([]);
  });

  it('that is not busy blocks nothing, but a busy exception of it does', () => {
    const occurrences = derived({ ...series, isBusy: false }, [exception('2026-03-15T09:00:00', { isBusy: true })]);
    expect(occurrences.filter(({ isBusy }) => isBusy).map(({ eventId }) => eventId)).toEqual(['exception of 2026-03-15T09:00:00']);
  });

  it('without an end fills the coverage and no more, whatever its length', () => {
    const endless = { ...series, rules: ['RRULE:FREQ=DAILY'] };
    const long: Interval = { start: parseInstant('2026-03-08T00:00:00Z'), end: parseInstant('2030-03-08T00:00:00Z') };
    const occurrences = derived(endless, [], long);
    expect(occurrences).toHaveLength(1461);
    expect(new Set(occurrences.map((one) => one.originalKey)).size).toBe(1461);
  });

  it.each(['RRULE:FREQ=SECONDLY', 'RRULE:FREQ=SOMETIMES', 'nonsense'])('F30 that cannot be expanded within bounds says why: %s', (rule) => {
    expect(deriveSeries({ ...series, rules: [rule] }, { exceptions: [], coverage, zone: berlin })).toMatchObject({
      kind: 'unreadable',
      reason: expect.stringMatching(/.{5}/),
    });
  });

  it('F16 of whole days stays dates', () => {
    const time = dates('2026-03-28', '2026-03-30');
    const allDay = { ...series, time, seriesTime: time, rules: ['RRULE:FREQ=WEEKLY;COUNT=2'] } as MirroredSeries;
    const cancelled: MirroredEvent = {
      id: 'x',
      isCancelled: true,
      isBusy: false,
      time: null,
      original: originalKey(parseDate('2026-03-28')),
    };
    expect(starts(derived(allDay))).toEqual(['2026-03-28', '2026-04-04']);
    expect(starts(derived(allDay, [cancelled]))).toEqual(['2026-04-04']);
  });
});

describe('a single event', () => {
  const single: MirroredEvent = {
    id: 'single',
    isCancelled: false,
    isBusy: true,
    time: timed('2026-03-15T09:00:00', '2026-03-15T10:00:00'),
    original: null,
  };

  it('takes place once', () => {
    expect(occurrenceOf(single)).toEqual({
      eventId: 'single',
      originalKey: originalKey(at('2026-03-15T09:00:00')),
      isBusy: true,
      time: single.time,
    });
  });

  it.each([{ isCancelled: true }, { time: null }])('does not when it is cancelled or tells no time', (changes) => {
    expect(occurrenceOf({ ...single, ...changes })).toBeNull();
  });
});
