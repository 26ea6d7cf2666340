import type { Instant, Interval } from '@daymark/domain';
import type { OpenTime } from '../open-time.ts';
import { noTime, timeOf, union } from '../open-time.ts';
import type { BlockingItem, BlockingKind, Rule, RuleContext } from '../rule.ts';
import type { Person } from '../slot-request.ts';

/**
 * Mirrored occurrences with the candidate's own buffers, and blocking claims with the larger of
 * the candidate's and their own on each side: exactly the time that the two ranges of a claim exclude.
 */
export const busyRule: Rule = {
  name: 'busy',
  blocks: (context) => union(mirroredTime(context), claimedTime(context.person)),
  explain: ({ person }, candidate) => [...mirroredItems(person, candidate), ...claimItems(person, candidate)],
};

/** What something on the calendar takes, and what must stay free beside it. */
interface Taken {
  readonly start: number;
  readonly end: number;
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** One pass without an object per entry: this is where a busy person's request spends its time. */
function mirroredTime({ person, span }: RuleContext): OpenTime {
  const { starts, ends } = person.busy;
  const { beforeMs, afterMs } = person.buffers;
  const count = starts.length;
  if (count === 0) return noTime;
  const blockedStarts = new Float64Array(count);
  const blockedEnds = new Float64Array(count);
  let last = -1;
  let lastEnd = -Infinity;
  let previous = -Infinity;
  for (let i = 0; i < count; i += 1) {
    const start = starts[i] as number;
    const end = ends[i] as number;
    if (!(start <= end)) throw new RangeError(`busy time ${i} of ${person.id} does not end after it starts`);
    if (start < previous) return unorderedTime(person);
    previous = start;
    const blockedStart = start - afterMs;
    const blockedEnd = end + beforeMs;
    if (start === end || blockedEnd <= span.start || blockedStart >= span.end) continue;
    if (blockedStart > lastEnd) {
      last += 1;
      blockedStarts[last] = blockedStart;
    } else if (blockedEnd <= lastEnd) {
      continue;
    }
    blockedEnds[last] = blockedEnd;
    lastEnd = blockedEnd;
  }
  return { starts: blockedStarts.subarray(0, last + 1), ends: blockedEnds.subarray(0, last + 1) };
}

function unorderedTime(person: Person): OpenTime {
  const spans: [number, number][] = [];
  for (let i = 0; i < person.busy.starts.length; i += 1) {
    const { start, end } = mirrored(person, i);
    if (!(start <= end)) throw new RangeError(`busy time ${i} of ${person.id} does not end after it starts`);
    if (start < end) spans.push([start - person.buffers.afterMs, end + person.buffers.beforeMs]);
  }
  return timeOf(spans);
}

/** Claims keep buffers of their own: the order of their starts is not the order of what they block. */
function claimedTime(person: Person): OpenTime {
  if (person.claims.starts.length === 0) return noTime;
  const spans: [number, number][] = [];
  for (let i = 0; i < person.claims.starts.length; i += 1) {
    const taken = claimed(person, i);
    if (!(taken.start <= taken.end && taken.beforeMs >= 0 && taken.afterMs >= 0)) {
      throw new RangeError(`claim ${i} of ${person.id} does not end after it starts, or has negative buffers`);
    }
    if (taken.start < taken.end) spans.push(blockedBy(taken, person));
  }
  return timeOf(spans);
}

function blockedBy(taken: Taken, { buffers }: Person): [start: number, end: number] {
  return [taken.start - Math.max(taken.beforeMs, buffers.afterMs), taken.end + Math.max(taken.afterMs, buffers.beforeMs)];
}

function mirrored({ busy }: Person, index: number): Taken {
  return { start: busy.starts[index] as number, end: busy.ends[index] as number, beforeMs: 0, afterMs: 0 };
}

function claimed({ claims }: Person, index: number): Taken {
  return {
    start: claims.starts[index] as number,
    end: claims.ends[index] as number,
    beforeMs: claims.beforeMs[index] as number,
    afterMs: claims.afterMs[index] as number,
  };
}

function mirroredItems(person: Person, candidate: Interval): BlockingItem[] {
  const { starts, ends, calendars, calendarIds, eventIds } = person.busy;
  const { beforeMs, afterMs } = person.buffers;
  const items: BlockingItem[] = [];
  for (let i = 0; i < starts.length; i += 1) {
    if ((ends[i] as number) + beforeMs <= candidate.start || (starts[i] as number) - afterMs >= candidate.end) continue;
    const item = itemOf(mirrored(person, i), { person, candidate });
    if (item !== null) items.push({ ...item, calendarId: calendarIds[calendars[i] as number], eventId: eventIds[i] });
  }
  return items;
}

function claimItems(person: Person, candidate: Interval): BlockingItem[] {
  const items: BlockingItem[] = [];
  for (let i = 0; i < person.claims.starts.length; i += 1) {
    const item = itemOf(claimed(person, i), { person, candidate });
    if (item !== null) items.push({ ...item, meetingId: person.claims.meetingIds[i] });
  }
  return items;
}

function itemOf(taken: Taken, { person, candidate }: { person: Person; candidate: Interval }): BlockingItem | null {
  const [start, end] = blockedBy(taken, person);
  if (taken.start === taken.end || end <= candidate.start || start >= candidate.end) return null;
  return { rule: busyRule.name, kind: kindOf(taken, { person, candidate }), start: start as Instant, end: end as Instant };
}

/** Names the buffer that is too short; where both are, the candidate's own. */
function kindOf(taken: Taken, { person, candidate }: { person: Person; candidate: Interval }): BlockingKind {
  if (taken.end <= candidate.start) return candidate.start - taken.end < person.buffers.beforeMs ? 'buffer_before' : 'buffer_after';
  if (taken.start >= candidate.end) return taken.start - candidate.end < person.buffers.afterMs ? 'buffer_after' : 'buffer_before';
  return 'overlap';
}
