import type { Interval } from '@daymark/domain';
import { DAY_MS } from '@daymark/domain';
import { openHoursByClock } from './open-hours.ts';
import type { OpenTime } from './open-time.ts';
import { spanOf, subtract } from './open-time.ts';
import type { Rule, RuleContext } from './rule.ts';
import type { Person, SlotRequest } from './slot-request.ts';
import { zoneClock } from './zone-clock.ts';

/** Where a person is open, before any rule. */
export function openTimeOf(person: Person, span: Interval): OpenTime {
  const { hours } = person;
  if (hours === null) return spanOf(span.start, span.end);
  return openHoursByClock(hours, { window: span, clock: zoneClock(hours.zone, span.start, span.end) });
}

/** What a person can be booked in: open time less what each rule blocks. */
export function bookableTimeOf(context: RuleContext, rules: readonly Rule[]): OpenTime {
  let time = openTimeOf(context.person, context.span);
  for (const rule of rules) time = subtract(time, rule.blocks(context));
  return time;
}

export function ruleContext(person: Person, { now, span }: { now: SlotRequest['now']; span: Interval }): RuleContext {
  return { person, now, span, clock: zoneClock(person.zone, span.start - 3 * DAY_MS, span.end + 3 * DAY_MS) };
}
