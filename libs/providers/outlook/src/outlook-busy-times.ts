import { DAY_MS, instant, intersection, interval, startOfDate } from '@daymark/domain';
import type { Instant, Interval, ZoneId } from '@daymark/domain';
import type { FreeBusyAnswer } from '@daymark/provider-contract';
import type { GraphEvent, GraphSchedule } from './outlook-api.ts';
import { FREE_BUSY_DAYS } from './outlook-manifest.ts';
import { readMoment, readTime, UnreadableEvent } from './outlook-time.ts';

/** How time is shown that may be taken; every other word, new ones too, takes it. */
const freeWords: ReadonlySet<string> = new Set(['free', 'workingelsewhere']);

/** What an event takes of somebody's time; null when it takes none. All-day ones take the days of `zone`. @throws UnreadableEvent */
export function busyTimeOf(event: GraphEvent, zone: ZoneId): Interval | null {
  if (event.isCancelled === true || event.responseStatus?.response?.toLowerCase() === 'declined') return null;
  if (freeWords.has(event.showAs?.toLowerCase() ?? '')) return null;
  const time = readTime(event, zone);
  return time.kind === 'timed' ? spanOf(time.start, time.end) : spanOf(startOfDate(time.startDate, zone), startOfDate(time.endDate, zone));
}

/** The busy times of a schedule; null when it does not tell them. */
export function busyTimesOf({ scheduleItems }: GraphSchedule): readonly Interval[] | null {
  if (scheduleItems == null) return null;
  try {
    return scheduleItems.flatMap(({ status, start, end }) =>
      freeWords.has(status?.toLowerCase() ?? '') ? [] : (spanOf(readMoment(start), readMoment(end)) ?? []),
    );
  } catch (error) {
    if (error instanceof UnreadableEvent) return null;
    throw error;
  }
}

/** Nobody is busy for no time. */
function spanOf(start: Instant, end: Instant): Interval | null {
  return start < end ? interval(start, end) : null;
}

/** The window in parts that Graph takes. Inner borders lie on a fixed grid, so that the next day cuts the same time alike. */
export function partsOf(window: Interval): readonly Interval[] {
  const step = FREE_BUSY_DAYS * DAY_MS;
  const parts: Interval[] = [];
  for (let start: Instant = window.start; start < window.end;) {
    const end = instant(Math.min(window.end, (Math.floor(start / step) + 1) * step));
    parts.push(interval(start, end));
    start = end;
  }
  return parts;
}

/** One answer: times in order, cut at the window, those that touch or overlap made one. */
export function busyAnswer(
  subject: string,
  { times, window }: { readonly times: readonly Interval[]; readonly window: Interval },
): FreeBusyAnswer {
  const busy: Interval[] = [];
  const inside = times.flatMap((time) => intersection(time, window) ?? []);
  for (const next of inside.toSorted((one, other) => one.start - other.start)) {
    const last = busy.at(-1);
    if (last !== undefined && next.start <= last.end) busy[busy.length - 1] = next.end > last.end ? interval(last.start, next.end) : last;
    else busy.push(next);
  }
  return { subject, busy };
}

type UnknownCode = Extract<FreeBusyAnswer, { error: unknown }>['error']['code'];

/** Somebody of whom nothing is known, which is not the same as free. */
export function unknownAnswer(
  subject: string,
  reason: string,
  code: UnknownCode = codes[reason.toLowerCase()] ?? 'unavailable',
): FreeBusyAnswer {
  return { subject, error: { code, reason } };
}

/** https://learn.microsoft.com/en-us/exchange/client-developer/web-service-reference/responsecode, as schedules have them */
const codes: Readonly<Record<string, UnknownCode>> = {
  errormailrecipientnotfound: 'not-found',
  erroritemnotfound: 'not-found',
  errornofreebusyaccess: 'forbidden',
  erroraccessdenied: 'forbidden',
  errorfreebusydllimitreached: 'too-many',
  '5006': 'too-many',
};
