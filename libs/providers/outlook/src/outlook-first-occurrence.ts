import {
  DAY_MS,
  UTC,
  addDays,
  addMilliseconds,
  dateOf,
  daysBetween,
  expandSeries,
  instantOf,
  interval,
  parseWallTime,
  startOfDate,
  wallTimeOf,
  weekdayOf,
} from '@daymark/domain';
import type { PlainDate, SeriesOccurrence } from '@daymark/domain';
import type { EventTime } from '@daymark/provider-contract';

/**
 * When a series takes place first. A master of Graph may begin before: its start is where the pattern is applied from, and takes
 * place itself only where the pattern says so; in RFC 5545 it always does.
 * https://learn.microsoft.com/en-us/graph/api/resources/recurrencerange
 */
export function firstOccurrence(time: EventTime, rules: readonly string[]): EventTime {
  const startDate = dateOfStart(time);
  const series = {
    rules: rules.map((rule) => rule.replaceAll(/;(UNTIL|COUNT)=[^;]+/g, '')),
    time: startingOn(earlierAnchor(startDate, rules), time),
  };
  const start = time.kind === 'timed' ? time.start : startOfDate(startDate, UTC);
  for (const days of [40, 790]) {
    const window = interval(start, addMilliseconds(start, days * DAY_MS));
    const expansion = expandSeries(series, { window, zone: UTC, limit: 1000 });
    if (expansion.kind === 'unreadable') return time;
    const date = expansion.occurrences.map((occurrence) => dateOfOccurrence(occurrence, time)).find((found) => found >= startDate);
    if (date !== undefined) return date === startDate ? time : startingOn(date, time);
  }
  return time;
}

function dateOfStart(time: EventTime): PlainDate {
  return time.kind === 'timed' ? dateOf(time.start, time.zone) : time.startDate;
}

function dateOfOccurrence(occurrence: SeriesOccurrence, time: EventTime): PlainDate {
  if (occurrence.kind === 'all-day') return occurrence.startDate;
  return dateOf(occurrence.start, time.kind === 'timed' ? time.zone : UTC);
}

/** The beginning of a period (week, month, year) so that the pattern goes through the same ones, and before the start in any case. */
function earlierAnchor(date: PlainDate, rules: readonly string[]): PlainDate {
  const rule = rules.join('\n');
  const step = Number(/;INTERVAL=(\d+)/.exec(rule)?.[1] ?? 1);
  const [year, month] = date.split('-').map(Number) as [number, number];
  const monthBefore = (months: number) => new Date(Date.UTC(year, month - 1 - months, 1)).toISOString().slice(0, 10) as PlainDate;
  switch (/FREQ=(\w+)/.exec(rule)?.[1]) {
    case 'WEEKLY': {
      const first = days.indexOf(/;WKST=(\w+)/.exec(rule)?.[1] ?? 'MO');
      return addDays(date, -((weekdayOf(date) - 1 - first + 7) % 7) - 7 * step);
    }
    case 'MONTHLY':
      return monthBefore(step);
    case 'YEARLY':
      return monthBefore(month - 1 + 12 * step);
    default:
      return addDays(date, -step);
  }
}

const days = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** The same on another day, by the same clock and as long. */
function startingOn(date: PlainDate, time: EventTime): EventTime {
  if (time.kind === 'all-day') {
    return { kind: 'all-day', startDate: date, endDate: addDays(date, daysBetween(time.startDate, time.endDate)) };
  }
  const { zone } = time;
  const start = instantOf(parseWallTime(`${date}T${time.startWall.slice(11)}`), zone);
  const end = addMilliseconds(start, time.end - time.start);
  return { kind: 'timed', start, end, startWall: wallTimeOf(start, zone), endWall: wallTimeOf(end, zone), zone };
}
