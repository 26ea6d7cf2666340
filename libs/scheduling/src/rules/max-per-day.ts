import type { Interval } from '@daymark/domain';
import { DAY_MS } from '@daymark/domain';
import { noTime, timeOf } from '../open-time.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { finiteInstant } from '../rule.ts';
import { visitLocalDays } from '../zone-clock.ts';

/**
 * Blocks each date of the person's zone on which the limit of meetings is reached. A meeting counts
 * on every date that it touches, and so does the candidate.
 */
export const maxPerDayRule: Rule = {
  name: 'max-per-day',
  blocks: (context) => (context.person.maxPerDay === null ? noTime : timeOf(fullDays(context, context.span))),
  explain: (context, candidate) =>
    fullDays(context, candidate).map(([start, end]) => ({
      rule: maxPerDayRule.name,
      kind: 'limit',
      start: finiteInstant(start),
      end: finiteInstant(end),
    })),
};

/** The full dates that touch the span, whole; one that a clock change tears apart comes in its pieces. */
function fullDays({ person, clock }: RuleContext, span: Interval): [start: number, end: number][] {
  const { maxPerDay, claims } = person;
  if (maxPerDay === null) return [];
  const from = span.start - 2 * DAY_MS;
  const to = span.end + 2 * DAY_MS;
  const meetings = new Map<number, number>();
  for (let i = 0; i < claims.starts.length; i += 1) {
    const touched = new Set<number>();
    visitLocalDays(clock, Math.max(from, claims.starts[i] as number), Math.min(to, claims.ends[i] as number), (day) => touched.add(day));
    for (const day of touched) meetings.set(day, (meetings.get(day) ?? 0) + 1);
  }
  const full: { day: number; start: number; end: number }[] = [];
  visitLocalDays(clock, from, to, (day, start, end) => {
    if ((meetings.get(day) ?? 0) < maxPerDay) return;
    const last = full.at(-1);
    if (last?.day === day && last.end === start) last.end = end;
    else full.push({ day, start, end });
  });
  return full.filter(({ start, end }) => start < span.end && end > span.start).map(({ start, end }) => [start, end]);
}
