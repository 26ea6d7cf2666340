import type { ConflictCheck, FreeBusy, Slot } from '@daymark/api-contract';
import { conflictExample, exampleId, operations } from '@daymark/api-contract';
import type { World } from './fixtures.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Half hours in working time, with gaps. */
export function slotsOf(body: Record<string, unknown>): Slot[] {
  const window = body['window'] as { start: string; end: string };
  const length = ((body['duration_minutes'] as number | undefined) ?? 30) * 60_000;
  const slots: Slot[] = [];
  for (let start = Math.ceil(Date.parse(window.start) / 1_800_000) * 1_800_000; start < Date.parse(window.end); start += 1_800_000) {
    const date = new Date(start);
    const hour = date.getUTCHours();
    const isOff = date.getUTCDay() % 6 === 0 || hour < 8 || hour > 15 || (date.getUTCDate() + hour) % 3 === 0;
    if (isOff) continue;
    const factors = [
      { name: 'close_to_usual_hour', weight: 0.4, value: 0.9 },
      { name: 'back_to_back', weight: -0.06, value: 1 },
    ];
    slots.push({ start: iso(start), end: iso(start + length), members: [exampleId('user')], score: 0.94 - (hour % 5) / 20, factors });
  }
  return slots;
}

/** Taken from 12:00 to 13:00 UTC. */
export function checkOf(body: Record<string, unknown>): ConflictCheck {
  const start = Date.parse(body['start'] as string);
  const end = Date.parse(body['end'] as string);
  const base = operations.checkConflicts.example.response as ConflictCheck;
  const isFree = new Date(start).getUTCHours() !== 12;
  const alternatives = [1, 2, 3].map((hour) => ({
    start: iso(start + hour * 3_600_000),
    end: iso(end + hour * 3_600_000),
    score: 0.9 - hour / 10,
    members: [exampleId('user')],
  }));
  const conflict = { ...conflictExample, message: 'Ada is busy from 12:00 to 13:00 UTC.', start: iso(start), end: iso(end) };
  return { ...base, free: isFree, conflicts: isFree ? [] : [conflict], alternatives: isFree ? [] : alternatives };
}

/** Everyone is busy twice a day, each at other hours; of who has an expired connection nothing is known for sure. */
export function freeBusyOf(world: World, body: Record<string, unknown>): FreeBusy {
  const window = body['window'] as { start: string; end: string };
  const subjects = (body['subjects'] as { user_id: string }[]).map(({ user_id: id }) => id);
  const calendars = world.calendars.filter(({ user_id: owner }) => subjects.includes(owner));
  const isExpired = (connection: string): boolean => world.connections.some(({ id, status }) => id === connection && status === 'expired');
  const {
    as_of: asOf,
    freshness_policy: policy,
    calendar_statuses: [status],
  } = operations.readFreeBusy.example.response;
  return {
    as_of: asOf,
    freshness_policy: policy,
    data: subjects.map((subject, nth) => {
      const unknown = calendars.filter(({ user_id: owner, connection_id: of }) => owner === subject && isExpired(of)).length;
      return {
        subject,
        busy: busyFrom(Date.parse(window.start), { until: Date.parse(window.end), nth }),
        error: unknown === 0 ? null : { code: 'freshness-unmet', message: `The time of ${unknown} calendar(s) is not known well enough.` },
      };
    }),
    calendar_statuses: calendars.map(({ id, connection_id: of, last_success_at: at }) => ({
      ...status!,
      calendar_id: id,
      state: isExpired(of) ? ('stale' as const) : ('fresh' as const),
      synced_at: at,
    })),
  };
}

function busyFrom(start: number, { until, nth }: { until: number; nth: number }): FreeBusy['data'][number]['busy'] {
  const days = Array.from({ length: Math.ceil((until - start) / DAY) }, (_, day) => start + day * DAY);
  return days.flatMap((day) => [
    { start: iso(day + (9 + nth) * HOUR), end: iso(day + (10.5 + nth) * HOUR) },
    { start: iso(day + (14 + nth / 2) * HOUR), end: iso(day + (14.5 + nth / 2) * HOUR) },
  ]);
}

export function iso(at: number): string {
  return new Date(at).toISOString().replace('.000', '');
}
