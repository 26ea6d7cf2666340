import { dateOf, fromWall, isoOf, runWallRule, toWall } from '../wall-time.ts';
import { badRequest } from './google-error.ts';
import type { GoogleDateTime } from './google-types.ts';

/** One occurrence of a series. `stamp` is what its id ends with: `20260901T080000Z`, all-day `20260901`. */
export interface Occurrence {
  readonly stamp: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly start: GoogleDateTime;
  readonly end: GoogleDateTime;
}

export interface Series {
  readonly start: GoogleDateTime;
  readonly end: GoogleDateTime;
  readonly recurrence: readonly string[];
  /** Zone in which an all-day event is placed on the time line. */
  readonly calendarZone: string;
}

export interface ExpansionWindow {
  /** Exclusive bound on the end. */
  readonly fromMs: number;
  /** Exclusive bound on the start. */
  readonly untilMs: number;
  readonly limit: number;
}

const UTC = 'UTC';
/** An unbounded rule is followed this far beyond the present; Google's own horizon is not documented. */
export const EXPANSION_HORIZON_MS = 2 * 366 * 86_400_000;
export const MAX_OCCURRENCES = 3000;

/**
 * The occurrences that touch the window, in order. Rules run on wall times and are placed in the
 * series' zone afterwards, so the clock time stays over DST and a time in a gap moves forward.
 */
export function expandSeries(series: Series, window: ExpansionWindow): Occurrence[] {
  const shape = shapeOf(series);
  const margin = 2 * 86_400_000;
  const fromWall = window.fromMs - shape.durationMs - margin;
  const untilWall = window.untilMs + margin;
  const walls = new Set<number>();
  const excluded = new Set<number>();
  let hasRule = false;
  for (const line of series.recurrence) {
    const { name, parameters, value } = parseLine(line);
    if (name === 'RRULE' || name === 'EXRULE') {
      const target = name === 'RRULE' ? walls : excluded;
      hasRule ||= name === 'RRULE';
      for (const wall of runRule(value, shape, { fromWall, untilWall })) target.add(wall);
    } else {
      const target = name === 'RDATE' ? walls : excluded;
      for (const date of value.split(',')) target.add(wallOf(date, { zone: parameters.get('TZID') ?? shape.zone, seriesZone: shape.zone }));
    }
  }
  if (!hasRule || walls.size === 0) walls.add(shape.startWall);
  if (shape.startWall >= fromWall && shape.startWall < untilWall) walls.add(shape.startWall);
  const found: Occurrence[] = [];
  for (const wall of [...walls].filter((wall) => !excluded.has(wall)).sort((a, b) => a - b)) {
    const occurrence = occurrenceAt(wall, shape);
    if (occurrence.endMs > window.fromMs && occurrence.startMs < window.untilMs) found.push(occurrence);
    if (found.length >= window.limit) break;
  }
  return found;
}

/** The occurrence with this stamp, or null when the rule does not make it. */
export function findOccurrence(series: Series, stamp: string): Occurrence | null {
  const at = /^\d{8}$/.test(stamp) ? stamp : /^\d{8}T\d{6}Z$/.test(stamp) ? stamp : null;
  if (at === null) return null;
  const aroundMs = stampMs(at, series.calendarZone);
  if (Number.isNaN(aroundMs)) return null;
  const window = { fromMs: aroundMs - 60_000, untilMs: aroundMs + 60_000, limit: 50 };
  return expandSeries(series, window).find((occurrence) => occurrence.stamp === stamp) ?? null;
}

/** @throws GoogleApiError 400 for lines that Google refuses. */
export function checkRecurrence(recurrence: readonly string[], series: { start: GoogleDateTime; end: GoogleDateTime }): void {
  if (recurrence.length === 0) return;
  if (series.start.date === undefined && (series.start.timeZone === undefined || series.end.timeZone === undefined)) {
    throw badRequest('Missing time zone definition for start time.', { reason: 'required' });
  }
  let rules = 0;
  for (const line of recurrence) {
    const parsed = /^(RRULE|EXRULE|RDATE|EXDATE)[;:]/.test(line) ? parseLine(line) : null;
    if (parsed === null) throw badRequest('Invalid recurrence rule.');
    if (parsed.name === 'RRULE' || parsed.name === 'RDATE') rules += 1;
    if (parsed.name === 'RRULE' && /COUNT=/.test(parsed.value) && /UNTIL=/.test(parsed.value)) throw badRequest('Invalid recurrence rule.');
    const until = /UNTIL=([^;]+)/.exec(parsed.value)?.[1];
    if (parsed.name === 'RRULE' && until !== undefined && !(series.start.date !== undefined ? /^\d{8}$/ : /^\d{8}T\d{6}Z$/).test(until)) {
      throw badRequest('Invalid recurrence rule.');
    }
  }
  if (rules === 0) throw badRequest('Invalid recurrence rule.');
  try {
    expandSeries({ ...series, recurrence, calendarZone: UTC }, { fromMs: 0, untilMs: 1, limit: 1 });
  } catch {
    throw badRequest('Invalid recurrence rule.');
  }
}

/** Where the date or time falls, in epoch milliseconds; all-day in the zone given. */
export function momentOf(at: GoogleDateTime, zone: string): number {
  if (at.date !== undefined) return Temporal.PlainDate.from(at.date).toZonedDateTime(zone).epochMilliseconds;
  return Temporal.Instant.from(at.dateTime ?? '').epochMilliseconds;
}

interface Shape {
  readonly isAllDay: boolean;
  readonly zone: string;
  readonly endZone: string;
  readonly calendarZone: string;
  /** Wall times are kept as if they were UTC. */
  readonly startWall: number;
  readonly durationMs: number;
}

function shapeOf(series: Series): Shape {
  const { start, end } = series;
  const zone = start.timeZone ?? series.calendarZone;
  const common = { calendarZone: series.calendarZone, endZone: end.timeZone ?? zone };
  if (start.date !== undefined) {
    const startWall = momentOf(start, UTC);
    return { ...common, isAllDay: true, zone, startWall, durationMs: momentOf(end, UTC) - startWall };
  }
  const startMs = momentOf(start, zone);
  return { ...common, isAllDay: false, zone, startWall: toWall(startMs, zone), durationMs: momentOf(end, zone) - startMs };
}

function occurrenceAt(wall: number, shape: Shape): Occurrence {
  if (shape.isAllDay) {
    const start = { date: dateOf(wall) };
    const end = { date: dateOf(wall + shape.durationMs) };
    return {
      stamp: start.date.replaceAll('-', ''),
      startMs: momentOf(start, shape.calendarZone),
      endMs: momentOf(end, shape.calendarZone),
      start,
      end,
    };
  }
  const startMs = fromWall(wall, shape.zone);
  const endMs = startMs + shape.durationMs;
  return {
    stamp: Temporal.Instant.fromEpochMilliseconds(startMs).toString().replaceAll(/[-:]/g, ''),
    startMs,
    endMs,
    start: { dateTime: isoOf(startMs), timeZone: shape.zone },
    end: { dateTime: isoOf(endMs), timeZone: shape.endZone },
  };
}

function runRule(value: string, shape: Shape, window: { fromWall: number; untilWall: number }): number[] {
  const rule = value.replace(/UNTIL=([^;]+)/, (_part, until: string) => `UNTIL=${wallUntil(until, shape)}`);
  return runWallRule({ rule, startWall: shape.startWall, includesStart: true }, window);
}

function wallUntil(until: string, shape: Shape): string {
  if (!until.includes('T')) return `${until}T235959Z`;
  const at = stampMs(until.endsWith('Z') ? until : `${until}Z`, UTC);
  return isoOf(until.endsWith('Z') ? toWall(at, shape.zone) : at).replaceAll(/[-:]/g, '');
}

function wallOf(date: string, { zone, seriesZone }: { zone: string; seriesZone: string }): number {
  if (!date.includes('T')) return stampMs(date, UTC);
  if (date.endsWith('Z')) return toWall(stampMs(date, UTC), seriesZone);
  const wall = stampMs(`${date}Z`, UTC);
  return zone === seriesZone ? wall : toWall(fromWall(wall, zone), seriesZone);
}

function parseLine(line: string): { name: string; parameters: Map<string, string>; value: string } {
  const colon = line.indexOf(':');
  const [name = '', ...rest] = line.slice(0, colon).split(';');
  const parameters = new Map(rest.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]));
  return { name, parameters, value: line.slice(colon + 1) };
}

function stampMs(stamp: string, zone: string): number {
  const found = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?$/.exec(stamp);
  if (found === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = found;
  if (hour === undefined) return momentOf({ date: `${year}-${month}-${day}` }, zone);
  return Temporal.Instant.from(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`).epochMilliseconds;
}
