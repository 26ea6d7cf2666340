import type { Instant, Interval } from '@daymark/domain';
import { checkRequest } from './check-request.ts';
import type { OpenTime } from './open-time.ts';
import { coversSpan } from './open-time.ts';
import { bookableTimeOf, ruleContext } from './person-time.ts';
import type { Rule } from './rule.ts';
import type { SlotGroup, SlotRequest } from './slot-request.ts';
import type { Stretch } from './slot-starts.ts';
import { SlotStarts } from './slot-starts.ts';

/** Who takes part in one slot, group by group. */
export interface SlotMembers {
  readonly group: string;
  /** As many as the group requires, in the order in which it lists them. */
  readonly members: readonly string[];
  /** Others of the group who would be free. */
  readonly alsoFree: readonly string[];
}

/** What a request comes to, before anything is picked from it or put into words. */
export interface BookableStarts {
  readonly request: SlotRequest;
  /** All starts of the grid. */
  readonly candidates: SlotStarts;
  /** Those of them that every group can take, in order. */
  readonly starts: Float64Array;
  /** What each person can be booked in, by id. */
  readonly timeOf: ReadonlyMap<string, OpenTime>;
}

/** Open time less blocked time, counted per group over the grid. @throws RangeError by `checkRequest`. */
export function bookableStarts(unchecked: SlotRequest, rules: readonly Rule[]): BookableStarts {
  const request = checkRequest(unchecked);
  const candidates = new SlotStarts(request);
  const timeOf = new Map<string, OpenTime>();
  for (const person of request.people) {
    timeOf.set(person.id, bookableTimeOf(ruleContext(person, { now: request.now, span: request.window }), rules));
  }
  const perGroup = request.groups.map((group) => {
    const changes = new Int32Array(candidates.size + 1);
    for (const id of group.members) countPerson(changes, { time: timeOf.get(id) as OpenTime, candidates, durationMs: request.durationMs });
    return enoughFree(changes, wantedOf(group));
  });
  return { request, candidates, starts: candidates.momentsOf(perGroup.reduce(inBoth)), timeOf };
}

/** The members who would take part in a slot; null when a group has too few. */
export function membersAt({ request, timeOf }: BookableStarts, slot: Interval): readonly SlotMembers[] | null {
  const answer: SlotMembers[] = [];
  for (const group of request.groups) {
    const wanted = wantedOf(group);
    const members: string[] = [];
    const alsoFree: string[] = [];
    for (const id of group.members) {
      if (coversSpan(timeOf.get(id) as OpenTime, slot.start, slot.end)) (members.length < wanted ? members : alsoFree).push(id);
    }
    if (members.length < wanted) return null;
    answer.push({ group: group.group, members, alsoFree });
  }
  return answer;
}

export function slotAt(start: number, durationMs: number): Interval {
  return { start: start as Instant, end: (start + durationMs) as Instant };
}

/** Adds one at the first start of each stretch that a person can take, and takes it off behind the last. */
function countPerson(changes: Int32Array, asked: { time: OpenTime; candidates: SlotStarts; durationMs: number }): void {
  const { time, candidates, durationMs } = asked;
  for (let i = 0; i < time.starts.length; i += 1) {
    const start = time.starts[i] as number;
    const lastStart = (time.ends[i] as number) - durationMs;
    if (lastStart < start) continue;
    const from = candidates.countBefore(start);
    const to = candidates.countBefore(lastStart + 1);
    changes[from] = (changes[from] as number) + 1;
    changes[to] = (changes[to] as number) - 1;
  }
}

/** The stretches of starts at which as many are free as are wanted. */
function enoughFree(changes: Int32Array, wanted: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  const size = changes.length - 1;
  let free = 0;
  let from = 0;
  for (let i = 0; i <= size; i += 1) {
    const change = changes[i] as number;
    if (change === 0 && i < size) continue;
    const next = i < size ? free + change : 0;
    if (free >= wanted && next < wanted && from < i) stretches.push({ from, to: i });
    else if (free < wanted && next >= wanted) from = i;
    free = next;
  }
  return stretches;
}

function inBoth(one: readonly Stretch[], other: readonly Stretch[]): readonly Stretch[] {
  const both: Stretch[] = [];
  let i = 0;
  let j = 0;
  while (i < one.length && j < other.length) {
    const first = one[i] as Stretch;
    const second = other[j] as Stretch;
    const from = Math.max(first.from, second.from);
    const to = Math.min(first.to, second.to);
    if (from < to) both.push({ from, to });
    if (first.to <= second.to) i += 1;
    else j += 1;
  }
  return both;
}

function wantedOf({ required, members }: SlotGroup): number {
  return required === 'all' ? members.length : required;
}
