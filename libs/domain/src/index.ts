export type { IdKind, Uuid } from './ids.ts';
export { IdSource, formatId, idPrefixes, parseId } from './ids.ts';
export type { Interval } from './interval.ts';
export { intersection, interval, overlaps } from './interval.ts';
export { Secret } from './secret.ts';
export type { Instant, PlainDate, WallTime, ZoneId } from './time.ts';
export {
  Clock,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  UTC,
  addDays,
  addMilliseconds,
  addMinutes,
  dateOf,
  daysBetween,
  findZone,
  formatInstant,
  instant,
  instantOf,
  parseDate,
  parseInstant,
  parseWallTime,
  parseZone,
  startOfDate,
  wallTimeOf,
  weekdayOf,
} from './time.ts';
export type { AccessProfileName, ConnectionCondition, ConnectionStatus, ConnectionTrigger } from './connection.ts';
export {
  accessProfiles,
  connectionConditions,
  connectionStatuses,
  isSyncable,
  needsReauthorization,
  nextConnectionStatus,
} from './connection.ts';
export type { MeetingStatus, MeetingStepKind, MeetingStepState } from './meeting.ts';
export { canBecome, claimsTime, isEnded, meetingStatuses, meetingStepKinds, meetingStepStates } from './meeting.ts';
export type { CaseWords, ProblemCode } from './problem.ts';
export type { ProblemDefinition, ProblemOwner } from './problem-definition.ts';
export { DomainError, isProblemCode, problemCodes, problemDefinition, problems } from './problem.ts';
export type { BufferSettings, ClaimBuffers, ClaimRanges } from './claim.ts';
export { claimBuffers, claimRanges, claimsClash } from './claim.ts';
export type { DateOverride, DayRange, OpeningHours, SchedulingSettings } from './scheduling-profile.ts';
export {
  MINUTES_PER_DAY,
  checkOpeningHours,
  checkSchedulingSettings,
  defaultSchedulingSettings,
  formatMinuteOfDay,
  officeHours,
  parseMinuteOfDay,
  schedulingLimits,
} from './scheduling-profile.ts';
export type { Series, SeriesExpansion, SeriesOccurrence, SeriesTime, SeriesWindow } from './recurrence.ts';
export {
  MAX_DURATION_DAYS,
  MAX_WINDOW_DAYS,
  expandSeries,
  lastOccurrenceBound,
  whySeriesRefused,
  whySeriesUnreadable,
} from './recurrence.ts';
export { endSeriesBefore, takesPlaceAt } from './recurrence-end.ts';
export type { UnreadableCode, UnreadableSeries } from './recurrence-rules.ts';
