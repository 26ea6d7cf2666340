import type { Instant, Interval } from '@daymark/domain';
import { DAY_MS, formatInstant } from '@daymark/domain';
import { touchesSpan } from '../open-time.ts';
import { ruleContext } from '../person-time.ts';
import type { Rule } from '../rule.ts';
import type { Person } from '../slot-request.ts';
import { at } from './sample-request.ts';

/** What a rule blocks in a span, as `start end`; an open end is `…`. */
export function blocked(rule: Rule, person: Person, { now, span }: { now: string; span: Interval }): string[] {
  const time = rule.blocks(ruleContext(person, { now: at(now), span }));
  const text = (moment: number): string => (Number.isFinite(moment) ? formatInstant(moment as Instant).slice(0, 16) : '…');
  return Array.from(time.starts, (start, index) => `${text(start)} ${text(time.ends[index] as number)}`);
}

/** The kinds a rule gives for a candidate. @throws Error when that is not what its set of blocked time says. */
export function kinds(rule: Rule, person: Person, { now, candidate }: { now: string; candidate: Interval }): string[] {
  const items = rule.explain(ruleContext(person, { now: at(now), span: candidate }), candidate);
  const wide = { start: (candidate.start - DAY_MS) as Instant, end: (candidate.end + DAY_MS) as Instant };
  for (const span of [candidate, wide]) {
    const isBlocked = touchesSpan(rule.blocks(ruleContext(person, { now: at(now), span })), candidate.start, candidate.end);
    if (isBlocked !== items.length > 0)
      throw new Error(`${rule.name} explains ${items.length} items of a candidate that is ${isBlocked ? '' : 'not '}blocked`);
  }
  return items.map(({ kind }) => kind);
}
