import { GraphError, badRequest } from './microsoft-error.ts';
import type { GraphOperation } from './microsoft-graph-call.ts';

/** What a path addresses. */
export interface MatchedPath {
  readonly operation: GraphOperation;
  readonly parameters: Readonly<Record<string, string>>;
  /** Null for `/me`. */
  readonly user: string | null;
  /** `default` for `/calendar`; null where no calendar is named. */
  readonly calendarId: string | null;
}

/** Finds the operation, or the error that Graph has for paths and methods that it lacks. */
export function matchPath(
  operations: readonly GraphOperation[],
  { method, path }: { method: string; path: string },
): MatchedPath | GraphError {
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(readSegment);
  const place = readPlace(segments);
  let isKnown = false;
  for (const operation of operations) {
    if (!fits(operation.below, place)) continue;
    const parameters = matchSegments(operation.path, place.rest);
    if (parameters === null) continue;
    isKnown = true;
    if (operation.method === method) return { operation, parameters, user: place.user, calendarId: place.calendarId };
  }
  if (isKnown) return new GraphError(405, 'Request_BadRequest', `Specified HTTP method '${method}' is not allowed for the request target.`);
  return badRequest('BadRequest', `Resource not found for the segment '${place.rest[0] ?? segments[0] ?? ''}'.`);
}

interface Place {
  readonly isMailbox: boolean;
  readonly user: string | null;
  readonly calendarId: string | null;
  readonly rest: readonly string[];
}

function readPlace(segments: readonly string[]): Place {
  const first = segments[0]?.toLowerCase();
  const isMe = first === 'me';
  if (!isMe && first !== 'users') return { isMailbox: false, user: null, calendarId: null, rest: segments };
  const user = isMe ? null : (segments[1] ?? '');
  const inside = segments.slice(isMe ? 1 : 2);
  const name = inside[0]?.toLowerCase();
  if (name === 'calendar') return { isMailbox: true, user, calendarId: 'default', rest: inside.slice(1) };
  if (name === 'calendars' && inside.length > 1) return { isMailbox: true, user, calendarId: inside[1] ?? '', rest: inside.slice(2) };
  return { isMailbox: true, user, calendarId: null, rest: inside };
}

function fits(below: GraphOperation['below'], { isMailbox, calendarId }: Place): boolean {
  if (below === 'root') return !isMailbox;
  if (!isMailbox) return false;
  return below === 'either' || (below === 'calendar') === (calendarId !== null);
}

function matchSegments(template: string, segments: readonly string[]): Record<string, string> | null {
  const wanted = template === '' ? [] : template.split('/');
  if (wanted.length !== segments.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, name] of wanted.entries()) {
    const segment = segments[index] ?? '';
    if (name.startsWith(':')) parameters[name.slice(1)] = segment;
    else if (name.toLowerCase() !== segment.toLowerCase()) return null;
  }
  return parameters;
}

/** Functions may be called with brackets and by their full name. */
function readSegment(segment: string): string {
  let text = segment;
  try {
    text = decodeURIComponent(segment);
  } catch {
    return segment;
  }
  return text.replace(/^microsoft\.graph\./i, '').replace(/\((TimeZoneStandard=.*)?\)$/i, '');
}
