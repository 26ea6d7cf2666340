import type { Slot } from '@daymark/api-contract';
import type { ZoneId } from '@daymark/domain';
import { addDays, instantOf, parseDate, parseWallTime, startOfDate } from '@daymark/domain';
import { clockOf, dayOf } from '../../lib/format-time.ts';
import type { Span } from './person-time.ts';

const HOUR = 60 * 60_000;
const CELL = HOUR / 2;

/** Whole hours of the wall clock, 0 to 24. */
export interface Hours {
  readonly from: number;
  readonly until: number;
}

const usualHours: Hours = { from: 8, until: 18 };

/** The hours that lanes show: the usual ones, and all in which a slot lies; the same for every day, so that lanes do not jump. */
export function hoursOf(slots: readonly Slot[], zone: string): Hours {
  return slots.reduce<Hours>((hours, { start, end }) => {
    const isOver = dayOf(Date.parse(end) - 1, zone) !== dayOf(Date.parse(start), zone);
    return {
      from: Math.min(hours.from, Math.floor(hourAt(start, zone))),
      until: isOver ? 24 : Math.max(hours.until, Math.ceil(hourAt(end, zone)) || 24),
    };
  }, usualHours);
}

/** From the first hour to the last of a day in a zone; a day on which clocks change has an hour less or more. */
export function axisOf(day: string, hours: Hours, zone: string): Span {
  return { start: hourOf(day, hours.from, zone), end: hourOf(day, hours.until, zone) };
}

/** The starts of the half hours of an axis. */
export function cellsOf({ start, end }: Span): readonly Span[] {
  return Array.from({ length: Math.ceil((end - start) / CELL) }, (_, nth) => ({
    start: start + nth * CELL,
    end: Math.min(start + (nth + 1) * CELL, end),
  }));
}

/** The parts of spans that lie on an axis. */
export function within(spans: readonly Span[], axis: Span): readonly Span[] {
  return spans
    .map(({ start, end }) => ({ start: Math.max(start, axis.start), end: Math.min(end, axis.end) }))
    .filter(({ start, end }) => start < end);
}

/** Where a span lies on an axis, as style. */
export function placeOn(axis: Span, { start, end }: Span): { readonly left: string; readonly width: string } {
  const length = axis.end - axis.start;
  return { left: `${((start - axis.start) / length) * 100}%`, width: `${((end - start) / length) * 100}%` };
}

function hourOf(day: string, hour: number, zone: string): number {
  if (hour === 24) return startOfDate(addDays(parseDate(day), 1), zone as ZoneId);
  return instantOf(parseWallTime(`${day}T${String(hour).padStart(2, '0')}:00:00`), zone as ZoneId);
}

function hourAt(time: string, zone: string): number {
  const [hour = 0, minute = 0] = clockOf(Date.parse(time), zone).split(':').map(Number);
  return hour + minute / 60;
}
