import type { Instant, Interval } from '@daymark/domain';

/** A busy occurrence of the mirror. */
export interface KnownBusy extends Interval {
  /** Of the meeting that is to be moved. */
  readonly isOwn: boolean;
}

/**
 * Busy time of one calendar as its provider told it now, without the event of the meeting that is to be
 * moved. Providers join what touches and name no events, so it is taken out of a span only where the mirror
 * explains the whole of the span: what the mirror holds there, joined, begins and ends exactly as it does,
 * and no other event overlaps the meeting's own. The others stay busy. Any span that is longer, shorter or
 * elsewhere holds something that we do not know, and stays busy as it is.
 *
 * What cannot be seen: an event that was added since the last read and lies wholly within the meeting's own
 * time. It becomes a conflict when the calendar is read next.
 */
export function withoutOwn(live: readonly Interval[], mirrored: readonly KnownBusy[]): Interval[] {
  return live.flatMap((span) => {
    const known = mirrored.filter((one) => overlaps(one, span));
    const own = known.filter(({ isOwn }) => isOwn);
    const others = known.filter(({ isOwn }) => !isOwn);
    const isExplained = isExactly(span, known) && !own.some((one) => others.some((other) => overlaps(one, other)));
    return own.length > 0 && isExplained ? others.map(({ start, end }) => ({ start, end })) : [span];
  });
}

/** Whether intervals, joined where they touch or overlap, are this one span. */
function isExactly(span: Interval, parts: readonly Interval[]): boolean {
  let reached: Instant = span.start;
  for (const { start, end } of parts.toSorted((one, other) => one.start - other.start)) {
    if (start < span.start || start > reached) return false;
    if (end > reached) reached = end;
  }
  return reached === span.end;
}

function overlaps(one: Interval, other: Interval): boolean {
  return one.start < other.end && other.start < one.end;
}
