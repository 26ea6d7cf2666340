import { badRequest } from './microsoft-error.ts';
import type { ResolvedEvent } from './microsoft-event-store.ts';
import { readMoment } from './microsoft-times.ts';
import type { MicrosoftEvent } from './microsoft-types.ts';

/** An event under a filter: as it looks with times in UTC, and what is stored behind it. */
export interface FilterRow {
  readonly shown: MicrosoftEvent;
  readonly event: ResolvedEvent;
}

export type EventFilter = (row: FilterRow) => boolean;

const MOMENTS = new Set(['start/dateTime', 'end/dateTime', 'createdDateTime', 'lastModifiedDateTime', 'originalStart']);
const VALUES = new Set([
  'subject',
  'iCalUId',
  'type',
  'seriesMasterId',
  'showAs',
  'sensitivity',
  'importance',
  'isAllDay',
  'isCancelled',
  'isOrganizer',
]);
const PROPERTY = /^singleValueExtendedProperties\/any\(\s*(\w+)\s*:\s*\1\/id eq '([^']+)' and \1\/value eq '([^']*)'\s*\)$/i;

/** The part of `$filter` that the sandbox knows: comparisons, `startswith`, `contains` and extended properties, joined by `and`. @throws GraphError 400 */
export function readEventFilter(text: string | null): EventFilter {
  if (text === null || text.trim() === '') return () => true;
  const clauses = splitByAnd(text).map(readClause);
  return (row) => clauses.every((clause) => clause(row));
}

function readClause(text: string): EventFilter {
  const property = PROPERTY.exec(text);
  if (property !== null) {
    const [, , id = '', value = ''] = property;
    return ({ event }) => event.stored.extendedProperties[id]?.toLowerCase() === value.toLowerCase();
  }
  const [, call, callPath = '', callText = ''] = /^(startswith|contains)\(\s*(\w+)\s*,\s*'((?:[^']|'')*)'\s*\)$/i.exec(text) ?? [];
  if (call !== undefined && callPath === 'subject') {
    const wanted = callText.replaceAll("''", "'").toLowerCase();
    return ({ shown }) =>
      call.toLowerCase() === 'contains' ? lower(shown.subject).includes(wanted) : lower(shown.subject).startsWith(wanted);
  }
  const [, path = '', operator = '', literal = ''] = /^([\w/]+) (eq|ne|ge|gt|le|lt) (.+)$/.exec(text) ?? [];
  const wanted = literal.startsWith("'") ? literal.slice(1, -1).replaceAll("''", "'") : literal;
  if (MOMENTS.has(path)) {
    const wantedMs = readMoment(wanted, path);
    return ({ shown }) => compare(momentAt(shown, path) - wantedMs, operator);
  }
  if (VALUES.has(path) && (operator === 'eq' || operator === 'ne')) {
    return ({ shown }) => (String(shown[path]) === wanted) === (operator === 'eq');
  }
  // The code is known from practice, not from the reference.
  throw badRequest('ErrorInvalidUrlQueryFilter', `The query filter contains one or more invalid nodes: ${text}`);
}

function momentAt(shown: MicrosoftEvent, path: string): number {
  if (path === 'start/dateTime' || path === 'end/dateTime')
    return readMoment((path.startsWith('start') ? shown.start : shown.end)?.dateTime ?? '', path);
  const value = shown[path];
  return typeof value === 'string' ? Date.parse(value) : Number.NaN;
}

function compare(difference: number, operator: string): boolean {
  switch (operator) {
    case 'eq':
      return difference === 0;
    case 'ne':
      return difference !== 0;
    case 'ge':
      return difference >= 0;
    case 'gt':
      return difference > 0;
    case 'le':
      return difference <= 0;
    default:
      return difference < 0;
  }
}

/** At `and` outside of quotes and brackets. */
function splitByAnd(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let begin = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === "'") isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (depth === 0 && /^ and /i.test(text.slice(at, at + 5))) {
      parts.push(text.slice(begin, at).trim());
      begin = at + 5;
    }
  }
  return [...parts, text.slice(begin).trim()];
}

function lower(text: string | null | undefined): string {
  return (text ?? '').toLowerCase();
}
