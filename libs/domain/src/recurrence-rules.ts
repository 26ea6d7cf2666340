import { Temporal } from 'temporal-polyfill';
import { addMilliseconds, DAY_MS, findZone, instantOf, parseDate, parseInstant, parseWallTime } from './time.ts';
import type { Instant, PlainDate, WallTime, ZoneId } from './time.ts';

/** Why a series cannot be expanded. */
export type UnreadableCode =
  /** A line or value is not RFC 5545. */
  | 'malformed'
  /** Valid, but not offered here: RSCALE, more rules than one event needs. */
  | 'unsupported'
  /** More than 24 occurrences on a day. */
  | 'too-frequent'
  /** More occurrences or dates than the limit. */
  | 'too-many'
  /** The answer would take more steps than one event may. */
  | 'too-complex'
  /** No occurrence but the first event. */
  | 'never'
  /** A TZID that is not an IANA zone. */
  | 'unknown-zone'
  /** Ends before it starts, or lasts longer than a year. */
  | 'odd-time';

/** The event is to be set aside; `reason` can be shown to its owner. */
export interface UnreadableSeries {
  readonly kind: 'unreadable';
  readonly code: UnreadableCode;
  readonly reason: string;
}

/** Thrown while reading rules, caught in `recurrence.ts`; never leaves the library. */
export class UnreadableRule extends Error {
  readonly code: UnreadableCode;

  constructor(code: UnreadableCode, reason: string) {
    super(reason);
    this.code = code;
  }
}

/** A moment as a rule line writes it: a date, or a date and time in UTC, in a named zone or in the series' own. */
export type RuleMoment =
  { readonly kind: 'date'; readonly date: PlainDate } | { readonly kind: 'instant'; readonly at: Instant; readonly date: PlainDate };

export interface RuleDate {
  readonly start: RuleMoment;
  /** Only a PERIOD has a duration of its own. */
  readonly durationMs: number | null;
}

/** One RRULE: what the recurrence library is asked, and what is decided outside it. */
export interface Rule {
  /** Without COUNT and UNTIL. */
  readonly text: string;
  readonly count: number | null;
  readonly until: RuleMoment | null;
  /** The most occurrences that one day can have. */
  readonly perDay: number;
  /** The most occurrences that one period of FREQ can have, zero when BYSETPOS asks for more than there are. */
  readonly perPeriod: number;
  /** Days from one period to the next, at least. */
  readonly periodDays: number;
  /** How many periods may be walked where COUNT forces a walk from the first occurrence. */
  readonly maxPeriods: number;
}

export interface RuleSet {
  readonly rules: readonly Rule[];
  /** EXRULE: what these make is taken out. Old, but some calendars still have them. */
  readonly excludingRules: readonly Rule[];
  readonly added: readonly RuleDate[];
  readonly removed: readonly RuleMoment[];
}

const MAX_RULES = 2;
const MAX_DATES = 10_000;
const MAX_PERIOD_MS = 366 * DAY_MS;
const MAX_PER_DAY = 24;
const MAX_INTERVAL = 100_000;

/** Rules without months or positions are walked in numbers, several times as fast. */
const MAX_WALKED_PLAIN = 25_000;

/** Shortest length, and how many periods with one time of day are walked in some 50 ms (measured). */
const periods: Readonly<Record<string, { readonly days: number; readonly maxWalked: number }>> = {
  HOURLY: { days: 1 / 24, maxWalked: 10_000 },
  DAILY: { days: 1, maxWalked: 6_000 },
  WEEKLY: { days: 7, maxWalked: 2_000 },
  MONTHLY: { days: 28, maxWalked: 2_500 },
  YEARLY: { days: 365, maxWalked: 500 },
};

/** Reads `RRULE`, `EXRULE`, `RDATE` and `EXDATE` lines. @throws UnreadableRule */
export function readRules(lines: readonly string[], zone: ZoneId): RuleSet {
  const rules: Rule[] = [];
  const excludingRules: Rule[] = [];
  const added: RuleDate[] = [];
  const removed: RuleMoment[] = [];
  for (const raw of lines) {
    const line = raw.replace(/\r?\n[ \t]/g, '').trim();
    if (line === '') continue;
    const { name, parameters, value } = splitLine(line);
    if (name === 'RRULE') {
      rules.push(readRule(value, zone));
    } else if (name === 'EXRULE') {
      excludingRules.push(readRule(value, zone));
    } else if (name === 'RDATE') {
      for (const text of splitDates(value)) added.push(readRuleDate(text, parameters, zone));
    } else if (name === 'EXDATE') {
      for (const text of splitDates(value)) removed.push(readMoment(text, parameters, zone));
    } else {
      throw new UnreadableRule('malformed', `not a recurrence line: ${shown(name)}`);
    }
    if (rules.length + excludingRules.length > MAX_RULES) throw new UnreadableRule('unsupported', `more than ${MAX_RULES} rules`);
    if ([...rules, ...excludingRules].reduce((sum, rule) => sum + rule.perDay, 0) > MAX_PER_DAY)
      throw new UnreadableRule('too-frequent', `more than ${MAX_PER_DAY} times a day`);
    if (added.length + removed.length > MAX_DATES) throw new UnreadableRule('too-many', `more than ${MAX_DATES} dates`);
  }
  return { rules, excludingRules, added, removed };
}

interface Line {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
}

function splitLine(line: string): Line {
  const match = /^([A-Za-z-]+)((?:;[A-Za-z-]+=(?:"[^"]*"|[^";:]*))*):(.*)$/.exec(line);
  if (match === null) throw new UnreadableRule('malformed', `not a recurrence line: ${shown(line)}`);
  const parameters = new Map<string, string>();
  for (const part of (match[2] ?? '').split(';').slice(1)) {
    const equals = part.indexOf('=');
    parameters.set(part.slice(0, equals).toUpperCase(), part.slice(equals + 1).replaceAll('"', ''));
  }
  return { name: (match[1] ?? '').toUpperCase(), parameters, value: match[3] ?? '' };
}

function splitDates(value: string): string[] {
  return value
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

const weekday = '(?:MO|TU|WE|TH|FR|SA|SU)';

/** What each part may hold; the library drops values that it does not like, which would change the rule. */
const partPatterns: Readonly<Record<string, RegExp>> = {
  FREQ: /^(?:HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)$/,
  INTERVAL: /^\d{1,6}$/,
  COUNT: /^\d{1,15}$/,
  UNTIL: /^\d{8}(?:T\d{6}Z?)?$/,
  WKST: new RegExp(`^${weekday}$`),
  BYDAY: listOf(`[+-]?(?:5[0-3]|[1-4]\\d|[1-9])?${weekday}`),
  BYMONTH: listOf('(?:1[0-2]|0?[1-9])'),
  BYMONTHDAY: listOf('[+-]?(?:3[01]|[12]\\d|0?[1-9])'),
  BYYEARDAY: listOf('[+-]?(?:36[0-6]|3[0-5]\\d|[12]\\d\\d|[1-9]\\d?)'),
  BYWEEKNO: listOf('[+-]?(?:5[0-3]|[1-4]\\d|[1-9])'),
  BYSETPOS: listOf('[+-]?(?:36[0-6]|3[0-5]\\d|[12]\\d\\d|[1-9]\\d?)'),
  BYHOUR: listOf('(?:2[0-3]|1\\d|0?\\d)'),
  BYMINUTE: listOf('[0-5]?\\d'),
  BYSECOND: listOf('[0-5]?\\d'),
};

function listOf(item: string): RegExp {
  return new RegExp(`^${item}(?:,${item}){0,399}$`);
}

function readRule(value: string, zone: ZoneId): Rule {
  const parts = readParts(value);
  const frequency = parts.get('FREQ');
  if (frequency === undefined) throw new UnreadableRule('malformed', 'a rule without FREQ');
  const interval = Number(parts.get('INTERVAL') ?? '1');
  if (interval < 1 || interval > MAX_INTERVAL) throw new UnreadableRule('malformed', `INTERVAL=${interval}`);
  const hours = parts.has('BYHOUR') ? listLength(parts.get('BYHOUR')) : frequency === 'HOURLY' ? 24 : 1;
  const perDay = hours * listLength(parts.get('BYMINUTE')) * listLength(parts.get('BYSECOND'));
  const count = parts.has('COUNT') ? Number(parts.get('COUNT')) : null;
  if (count === 0) throw new UnreadableRule('malformed', 'COUNT=0');
  const until = parts.get('UNTIL');
  const kept = [...parts].filter(([key]) => key !== 'COUNT' && key !== 'UNTIL').map(([key, text]) => `${key}=${text}`);
  const { days, maxWalked } = periods[frequency] ?? { days: 1, maxWalked: 1 };
  const isPlain =
    (frequency === 'DAILY' || frequency === 'WEEKLY') &&
    !['BYMONTH', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO', 'BYSETPOS'].some((part) => parts.has(part));
  const times = frequency === 'HOURLY' ? perDay / hours : perDay;
  return {
    text: `RRULE:${kept.join(';')}`,
    count,
    until: until === undefined ? null : readMoment(until, new Map(), zone),
    perDay,
    perPeriod: afterSetPosition(times * datesPerPeriod(frequency, parts), parts.get('BYSETPOS')),
    periodDays: days * interval,
    maxPeriods: Math.ceil((isPlain ? MAX_WALKED_PLAIN : maxWalked) / perDay),
  };
}

function datesPerPeriod(frequency: string, parts: ReadonlyMap<string, string>): number {
  if (frequency === 'WEEKLY') return listLength(parts.get('BYDAY'));
  if (frequency === 'MONTHLY') return parts.has('BYDAY') || parts.has('BYMONTHDAY') ? 31 : 1;
  if (frequency === 'YEARLY') return ['BYDAY', 'BYMONTH', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO'].some((part) => parts.has(part)) ? 366 : 1;
  return 1;
}

function afterSetPosition(most: number, positions: string | undefined): number {
  if (positions === undefined) return most;
  const reachable = new Set(
    positions
      .split(',')
      .map(Number)
      .filter((position) => Math.abs(position) <= most),
  );
  return Math.min(most, reachable.size);
}

function readParts(value: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of value.toUpperCase().replaceAll(' ', '').split(';')) {
    // A trailing semicolon and vendors' own parts change nothing for us.
    if (part === '' || part.startsWith('X-')) continue;
    const [key = '', text = ''] = part.split('=', 2);
    if (key === 'RSCALE' || key === 'SKIP') throw new UnreadableRule('unsupported', `${key} in a rule`);
    if (key === 'FREQ' && (text === 'SECONDLY' || text === 'MINUTELY')) throw new UnreadableRule('too-frequent', part);
    const pattern = partPatterns[key];
    if (pattern === undefined || !pattern.test(text) || parts.has(key)) throw new UnreadableRule('malformed', `rule part ${shown(part)}`);
    parts.set(key, text);
  }
  return parts;
}

function listLength(list: string | undefined): number {
  return list === undefined ? 1 : new Set(list.split(',')).size;
}

function readRuleDate(text: string, parameters: ReadonlyMap<string, string>, zone: ZoneId): RuleDate {
  const [from = '', to] = text.split('/', 2);
  const start = readMoment(from, parameters, zone);
  if (to === undefined) return { start, durationMs: null };
  if (start.kind === 'date') throw new UnreadableRule('malformed', `period ${shown(text)}`);
  const durationMs = to.startsWith('P') ? readDurationMs(to, start.at) : lengthUntil(readMoment(to, parameters, zone), start.at);
  if (durationMs < 0 || durationMs > MAX_PERIOD_MS) throw new UnreadableRule('odd-time', `period ${shown(text)}`);
  return { start, durationMs };
}

function lengthUntil(end: RuleMoment, start: Instant): number {
  return end.kind === 'instant' ? end.at - start : -1;
}

function readDurationMs(text: string, from: Instant): number {
  try {
    const duration = Temporal.Duration.from(text);
    return duration.total({ unit: 'milliseconds', relativeTo: Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO('UTC') });
  } catch {
    throw new UnreadableRule('malformed', `duration ${shown(text)}`);
  }
}

function readMoment(text: string, parameters: ReadonlyMap<string, string>, zone: ZoneId): RuleMoment {
  const match = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$/.exec(text);
  if (match === null) throw new UnreadableRule('malformed', `date ${shown(text)}`);
  const [, year, month, day, hour, minute, second, utc] = match;
  try {
    const date = parseDate(`${year}-${month}-${day}`);
    if (hour === undefined) return { kind: 'date', date };
    const wall = parseWallTime(`${date}T${hour}:${minute}:${second}`);
    return { kind: 'instant', at: utc === 'Z' ? parseInstant(`${wall}Z`) : resolve(wall, parameters.get('TZID'), zone), date };
  } catch (error) {
    if (error instanceof UnreadableRule) throw error;
    throw new UnreadableRule('malformed', `date ${shown(text)}`);
  }
}

function resolve(wall: WallTime, name: string | undefined, seriesZone: ZoneId): Instant {
  if (name === undefined) return instantOf(wall, seriesZone);
  const zone = findZone(name);
  if (zone === null) throw new UnreadableRule('unknown-zone', `time zone ${shown(name)}`);
  return instantOf(wall, zone);
}

/** The last instant at which an occurrence may start: the whole day when UNTIL is a date. */
export function lastStartOf(until: RuleMoment, zone: ZoneId): Instant {
  if (until.kind === 'instant') return until.at;
  const next = Temporal.PlainDate.from(until.date).add({ days: 1 }).toString();
  return addMilliseconds(instantOf(parseWallTime(`${next}T00:00:00`), zone), -1);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}
