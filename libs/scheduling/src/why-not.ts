import type { Instant, Interval } from '@daymark/domain';
import { checkInterval, checkRequest } from './check-request.ts';
import { coversSpan } from './open-time.ts';
import { openTimeOf, ruleContext } from './person-time.ts';
import type { BlockingItem, Rule } from './rule.ts';
import type { Person, SlotRequest } from './slot-request.ts';
import { standardRules } from './standard-rules.ts';

/** What stands in the way of one person. */
export interface PersonReasons {
  readonly id: string;
  /** Names of the rules that block, `hours` for the opening hours; empty when the person is free. */
  readonly rules: readonly string[];
  readonly items: readonly BlockingItem[];
}

export interface GroupState {
  readonly group: string;
  readonly required: number;
  readonly free: number;
}

export interface WhyNot {
  /** True when every group has enough free members. */
  readonly isBookable: boolean;
  /** Only the people who are not free, in the order of the request. */
  readonly people: readonly PersonReasons[];
  readonly groups: readonly GroupState[];
}

/** What a blocking item is and whom it blocks. */
export interface TimeConflict extends BlockingItem {
  readonly personId: string;
}

/**
 * Why a time cannot be booked, by the same rules and sets as `findSlots`. Any interval may be asked
 * about, on the grid and in the window or not; its own length counts, not the duration of the request.
 * @throws RangeError for a request or an interval that cannot be answered.
 */
export function whyNot(request: SlotRequest, candidate: Interval, rules: readonly Rule[] = standardRules): WhyNot {
  checkInterval('candidate', candidate);
  return whyNotChecked(checkRequest(request), candidate, rules);
}

/** Each thing that blocks a proposed interval, for anybody who is named, however many the groups require. */
export function findConflicts(request: SlotRequest, proposed: Interval, rules: readonly Rule[] = standardRules): readonly TimeConflict[] {
  return whyNot(request, proposed, rules).people.flatMap(({ id, items }) => items.map((item) => ({ ...item, personId: id })));
}

/** As {@link whyNot}, for a request that was checked. */
export function whyNotChecked(request: SlotRequest, candidate: Interval, rules: readonly Rule[]): WhyNot {
  const people = request.people
    .map((person) => reasonsOf(person, { now: request.now, candidate, rules }))
    .filter(({ items }) => items.length > 0);
  const blocked = new Set(people.map(({ id }) => id));
  const groups = request.groups.map(({ group, required, members }) => ({
    group,
    required: required === 'all' ? members.length : required,
    free: members.filter((id) => !blocked.has(id)).length,
  }));
  return { isBookable: groups.every(({ required, free }) => free >= required), people, groups };
}

function reasonsOf(person: Person, asked: { now: Instant; candidate: Interval; rules: readonly Rule[] }): PersonReasons {
  const context = ruleContext(person, { now: asked.now, span: asked.candidate });
  const items = [...closedItems(person, asked.candidate), ...asked.rules.flatMap((rule) => rule.explain(context, asked.candidate))];
  return { id: person.id, rules: [...new Set(items.map(({ rule }) => rule))], items };
}

function closedItems(person: Person, candidate: Interval): readonly BlockingItem[] {
  if (coversSpan(openTimeOf(person, candidate), candidate.start, candidate.end)) return [];
  return [{ rule: 'hours', kind: 'outside_hours', start: candidate.start, end: candidate.end }];
}
