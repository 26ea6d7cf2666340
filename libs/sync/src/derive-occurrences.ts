import {
  DAY_MS,
  expandSeries,
  MAX_WINDOW_DAYS,
  overlaps,
  startOfDate,
  type Instant,
  type Interval,
  type PlainDate,
  type SeriesTime,
  type ZoneId,
} from '@daymark/domain';

/** When an occurrence takes place. `endDate` is exclusive. */
export type OccurrenceTime =
  | { readonly kind: 'timed'; readonly start: Instant; readonly end: Instant }
  | { readonly kind: 'all-day'; readonly startDate: PlainDate; readonly endDate: PlainDate };

/** One row of the mirror, as far as its occurrences depend on it. */
export interface MirroredEvent {
  readonly id: string;
  readonly isCancelled: boolean;
  readonly isBusy: boolean;
  /** Null for a cancelled exception whose times are not told. */
  readonly time: OccurrenceTime | null;
  /** Of an exception: where it stood by the rule; see {@link originalKey}. */
  readonly original: string | null;
}

export interface MirroredSeries extends MirroredEvent {
  readonly rules: readonly string[];
  readonly seriesTime: SeriesTime;
}

export interface DerivedOccurrence {
  readonly eventId: string;
  /** Unique within the event. */
  readonly originalKey: string;
  readonly isBusy: boolean;
  readonly time: OccurrenceTime;
}

export type Derived =
  | { readonly kind: 'derived'; readonly occurrences: readonly DerivedOccurrence[] }
  | { readonly kind: 'unreadable'; readonly reason: string };

const MOST_OCCURRENCES = 20_000;

/** Names the original start of an occurrence: epoch milliseconds, or the date of an all-day one. */
export function originalKey(at: Instant | PlainDate): string {
  return String(at);
}

/** A single event, or an exception by itself, takes place once, unless it was cancelled. */
export function occurrenceOf(event: MirroredEvent): DerivedOccurrence | null {
  if (event.isCancelled || event.time === null) return null;
  const at = event.time.kind === 'timed' ? event.time.start : event.time.startDate;
  return { eventId: event.id, originalKey: event.original ?? originalKey(at), isBusy: event.isBusy, time: event.time };
}

/** The occurrences of a series inside the coverage: by its rules, less those that exceptions stand for, plus the exceptions. */
export function deriveSeries(
  series: MirroredSeries,
  { exceptions, coverage, zone }: { exceptions: readonly MirroredEvent[]; coverage: Interval; zone: ZoneId },
): Derived {
  const replaced = new Set(exceptions.map((exception) => exception.original));
  const found = new Map<string, DerivedOccurrence>();
  for (const window of slicesOf(coverage)) {
    if (series.isCancelled) break;
    const expansion = expandSeries({ rules: series.rules, time: series.seriesTime }, { window, zone, limit: MOST_OCCURRENCES });
    if (expansion.kind === 'unreadable') return { kind: 'unreadable', reason: expansion.reason };
    for (const one of expansion.occurrences) {
      const key = originalKey(one.originalStart);
      if (replaced.has(key)) continue;
      const time: OccurrenceTime =
        one.kind === 'timed'
          ? { kind: 'timed', start: one.start, end: one.end }
          : { kind: 'all-day', startDate: one.startDate, endDate: one.endDate };
      found.set(key, { eventId: series.id, originalKey: key, isBusy: series.isBusy, time });
    }
  }
  const own = exceptions
    .map(occurrenceOf)
    .filter((one): one is DerivedOccurrence => one !== null && !series.isCancelled && touches(one.time, { coverage, zone }));
  return { kind: 'derived', occurrences: [...found.values(), ...own] };
}

function touches(time: OccurrenceTime, { coverage, zone }: { coverage: Interval; zone: ZoneId }): boolean {
  const span = time.kind === 'timed' ? time : { start: startOfDate(time.startDate, zone), end: startOfDate(time.endDate, zone) };
  return overlaps(span, coverage);
}

function slicesOf({ start, end }: Interval): Interval[] {
  const slices: Interval[] = [];
  const length = (MAX_WINDOW_DAYS - 10) * DAY_MS;
  for (let from: number = start; from < end; from += length)
    slices.push({ start: from as Instant, end: Math.min(from + length, end) as Instant });
  return slices;
}
