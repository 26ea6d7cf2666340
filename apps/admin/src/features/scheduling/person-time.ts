import type { Calendar, FreeBusy, User } from '@daymark/api-contract';

/** From and until, in milliseconds since the epoch. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What is known of somebody's time in the days that are shown. */
export interface PersonTime {
  readonly id: string;
  readonly name: string;
  /** IANA name; null where none is set. */
  readonly zone: string | null;
  readonly busy: readonly Span[];
  /** Nothing is known there, so nothing is free. */
  readonly unknown: readonly Span[];
  /** `known`: as fresh as asked for. `last-known`: from `since`. `unknown`: not known well enough since then, or ever. `unconnected`: no calendar. */
  readonly state: 'known' | 'last-known' | 'unknown' | 'unconnected';
  /** When their calendars were last read, in milliseconds; null where all is fresh or nothing was ever read. */
  readonly since: number | null;
  /** In the words of the server: why it is unknown. */
  readonly reason: string | null;
}

interface Known {
  readonly users: readonly Pick<User, 'id' | 'name' | 'time_zone' | 'connections_count'>[];
  readonly calendars: readonly Pick<Calendar, 'id' | 'user_id'>[];
  readonly window: Span;
}

/** The answer about free and busy time, person by person in the order that was asked. */
export function personTimes(answer: FreeBusy, { users, calendars, window }: Known): readonly PersonTime[] {
  const ownerOf = new Map(calendars.map(({ id, user_id: owner }) => [id as string, owner as string]));
  return answer.data.map(({ subject, busy, error }) => {
    const user = users.find(({ id }) => id === subject);
    const own = answer.calendar_statuses.filter(({ calendar_id: id }) => id !== null && ownerOf.get(id) === subject);
    const covered = earliest(own.map(({ covered_until: until }) => until));
    const unknown =
      error !== null
        ? [window]
        : covered !== null && covered < window.end
          ? [{ start: Math.max(covered, window.start), end: window.end }]
          : [];
    const old = own.filter(({ state }) => state !== 'fresh');
    return {
      id: subject,
      name: user?.name ?? subject,
      zone: user?.time_zone ?? null,
      busy: busy.map(({ start, end }) => ({ start: Date.parse(start), end: Date.parse(end) })),
      unknown,
      state: error !== null ? 'unknown' : user?.connections_count === 0 ? 'unconnected' : old.length > 0 ? 'last-known' : 'known',
      since: earliest(old.map(({ synced_at: at }) => at)),
      reason: error?.message ?? null,
    };
  });
}

function earliest(times: readonly (string | null)[]): number | null {
  const known = times.filter((one) => one !== null).map((one) => Date.parse(one));
  return known.length === 0 ? null : Math.min(...known);
}
