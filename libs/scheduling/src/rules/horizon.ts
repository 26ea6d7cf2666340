import { DAY_MS } from '@daymark/domain';
import { noTime, spanOf } from '../open-time.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { finiteInstant } from '../rule.ts';
import { localDayOf, startOfLocalDay, zoneClock } from '../zone-clock.ts';

/**
 * Nothing reaches beyond the last bookable date in the person's zone; today is day 0. It is over where the next date
 * begins for the first time, also when clocks go back over that midnight.
 */
export const horizonRule: Rule = {
  name: 'horizon',
  blocks: (context) => (context.person.horizonDays === null ? noTime : spanOf(horizonOf(context), Infinity)),
  explain: (context, candidate) => {
    const start = horizonOf(context);
    return candidate.end > start ? [{ rule: horizonRule.name, kind: 'horizon', start: finiteInstant(start), end: null }] : [];
  },
};

function horizonOf({ person, now }: RuleContext): number {
  if (person.horizonDays === null) return Infinity;
  const today = localDayOf(zoneClock(person.zone, now - DAY_MS, now + DAY_MS), now);
  const firstClosedDay = today + person.horizonDays + 1;
  return startOfLocalDay(zoneClock(person.zone, (firstClosedDay - 2) * DAY_MS, (firstClosedDay + 2) * DAY_MS), firstClosedDay);
}
