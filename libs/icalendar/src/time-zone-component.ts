import { addMilliseconds, DAY_MS, parseInstant, wallTimeOf } from '@daymark/domain';
import type { Instant, ZoneId } from '@daymark/domain';

/** A component in the array form of RFC 7265 (jCal), as ical.js takes it. */
export type JCalComponent = [name: string, properties: unknown[][], components: JCalComponent[]];

/**
 * A VTIMEZONE that is right from `from` to `to`: the offset at the start, then every change as an
 * observance of its own. Explicit dates instead of rules, since rules change and these do not.
 */
export function timeZoneComponent(zone: ZoneId, { from, to }: { readonly from: Instant; readonly to: Instant }): JCalComponent {
  const changes = offsetChanges(zone, { from, to });
  const first = offsetMsAt(from, zone);
  const standardMs = Math.min(first, ...changes.map((change) => change.toMs));
  const observances = [{ at: from, fromMs: first, toMs: first }, ...changes].map(({ at, fromMs, toMs }): JCalComponent => [
    toMs > standardMs ? 'daylight' : 'standard',
    [
      ['dtstart', {}, 'date-time', wallText(at, fromMs)],
      ['tzoffsetfrom', {}, 'utc-offset', offsetText(fromMs)],
      ['tzoffsetto', {}, 'utc-offset', offsetText(toMs)],
    ],
    [],
  ]);
  return ['vtimezone', [['tzid', {}, 'text', zone]], observances];
}

const STEP_MS = 7 * DAY_MS;

interface OffsetChange {
  readonly at: Instant;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Looks once a week and then halves: no zone has gone to another offset and back within a week. */
function offsetChanges(zone: ZoneId, { from, to }: { readonly from: Instant; readonly to: Instant }): OffsetChange[] {
  const changes: OffsetChange[] = [];
  let offsetMs = offsetMsAt(from, zone);
  for (let at = from; at < to; at = addMilliseconds(at, STEP_MS)) {
    const next = addMilliseconds(at, STEP_MS);
    const nextOffsetMs = offsetMsAt(next, zone);
    if (nextOffsetMs === offsetMs) continue;
    let before = at;
    let after = next;
    while (after - before > 1_000) {
      const middle = addMilliseconds(before, Math.floor((after - before) / 2_000) * 1_000);
      if (offsetMsAt(middle, zone) === offsetMs) before = middle;
      else after = middle;
    }
    changes.push({ at: after, fromMs: offsetMs, toMs: nextOffsetMs });
    offsetMs = nextOffsetMs;
  }
  return changes;
}

function offsetMsAt(at: Instant, zone: ZoneId): number {
  return parseInstant(`${wallTimeOf(at, zone)}Z`) - at;
}

function wallText(at: Instant, offsetMs: number): string {
  return wallTimeOf(addMilliseconds(at, offsetMs), 'UTC' as ZoneId);
}

function offsetText(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return `${offsetMs < 0 ? '-' : '+'}${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
}
