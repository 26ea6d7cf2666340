import { spanOf } from '../open-time.ts';
import type { Rule } from '../rule.ts';
import { finiteInstant } from '../rule.ts';

/** Nothing starts before now plus the notice; without notice, nothing starts in the past. */
export const noticeRule: Rule = {
  name: 'notice',
  blocks: ({ person, now }) => spanOf(-Infinity, now + person.noticeMs),
  explain: ({ person, now }, candidate) => {
    const end = now + person.noticeMs;
    return candidate.start < end ? [{ rule: noticeRule.name, kind: 'notice', start: null, end: finiteInstant(end) }] : [];
  },
};
