import { calendarCases } from './cases-calendars.ts';
import { authCases, consentCases } from './cases-connecting.ts';
import { channelCases } from './cases-channels.ts';
import { errorCases, throttlingCases } from './cases-failures.ts';
import { freeBusyCases } from './cases-free-busy.ts';
import { conferenceCases, notifyCases } from './cases-guests.ts';
import { kindCases } from './cases-kinds.ts';
import { noticeCases } from './cases-notices.ts';
import { cursorCases, pagingCases } from './cases-paging.ts';
import { changesCases } from './cases-reading.ts';
import { recurrenceCases } from './cases-recurrence.ts';
import { conditionCases, createCases } from './cases-safe-writing.ts';
import { timeCases } from './cases-times.ts';
import { writeCases } from './cases-writing.ts';
import type { CaseGroup } from './case-group.ts';

/** Everything that a provider has to do, by subject. */
export const conformanceGroups: readonly CaseGroup[] = [
  authCases,
  consentCases,
  calendarCases,
  changesCases,
  cursorCases,
  pagingCases,
  recurrenceCases,
  timeCases,
  kindCases,
  writeCases,
  createCases,
  conditionCases,
  notifyCases,
  conferenceCases,
  freeBusyCases,
  noticeCases,
  channelCases,
  throttlingCases,
  errorCases,
];
