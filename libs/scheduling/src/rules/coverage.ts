import { allTime, noTime, timeOf } from '../open-time.ts';
import type { BlockingItem, Rule } from '../rule.ts';
import { finiteInstant } from '../rule.ts';
import type { CalendarKnowledge, Person } from '../slot-request.ts';

/**
 * Unknown is not free: blocks all time when a calendar's busy time is not known, and what lies
 * outside the time that a calendar's mirror covers, with the candidate's buffers, since an event
 * may lie right behind its edge.
 */
export const coverageRule: Rule = {
  name: 'coverage',
  blocks: ({ person }) => {
    if (person.calendars.length === 0) return noTime;
    if (person.calendars.some(({ known }) => known === null)) return allTime;
    return timeOf(person.calendars.flatMap((calendar) => unknownSpans(calendar, person)));
  },
  explain: ({ person }, candidate) => {
    const items: BlockingItem[] = [];
    for (const calendar of person.calendars) {
      for (const [start, end] of unknownSpans(calendar, person)) {
        if (start >= candidate.end || end <= candidate.start) continue;
        const kind = calendar.known === null ? 'unknown' : 'outside_window';
        items.push({
          rule: coverageRule.name,
          kind,
          start: finiteInstant(start),
          end: finiteInstant(end),
          calendarId: calendar.calendarId,
        });
      }
    }
    return items;
  },
};

function unknownSpans({ known }: CalendarKnowledge, { buffers }: Person): [start: number, end: number][] {
  if (known === null) return [[-Infinity, Infinity]];
  return [
    [-Infinity, known.start + buffers.beforeMs],
    [known.end - buffers.afterMs, Infinity],
  ];
}
