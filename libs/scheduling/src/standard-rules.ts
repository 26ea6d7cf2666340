import type { Rule } from './rule.ts';
import { busyRule } from './rules/busy.ts';
import { coverageRule } from './rules/coverage.ts';
import { horizonRule } from './rules/horizon.ts';
import { maxPerDayRule } from './rules/max-per-day.ts';
import { noticeRule } from './rules/notice.ts';

/** What holds for every meeting, in no order that matters. */
export const standardRules: readonly Rule[] = [busyRule, noticeRule, horizonRule, maxPerDayRule, coverageRule];
