import { RRuleTemporal } from 'rrule-temporal';

const UTC = 'UTC';

/** The clock time of an instant in a zone, kept as if it were UTC. Rules run on these and are placed in the zone afterwards. */
export function toWall(epochMs: number, zone: string): number {
  const zoned = Temporal.Instant.fromEpochMilliseconds(epochMs).toZonedDateTimeISO(zone);
  return epochMs + zoned.offsetNanoseconds / 1e6;
}

/** The instant at which the zone's clocks show this time; a time in a gap moves forward. */
export function fromWall(wall: number, zone: string): number {
  const plain = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO(UTC).toPlainDateTime();
  return plain.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;
}

export function isoOf(epochMs: number): string {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toString({ smallestUnit: 'second' });
}

export function dateOf(wall: number): string {
  return Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO(UTC).toPlainDate().toString();
}

export interface WallRule {
  /** The value of an RRULE whose UNTIL, if any, is a wall time too. */
  readonly rule: string;
  readonly startWall: number;
  /** Whether the start counts as an occurrence also when the rule does not make it. */
  readonly includesStart: boolean;
}

/** The wall times that a rule makes in the window, in order. @throws for rules that cannot be read */
export function runWallRule({ rule, startWall, includesStart }: WallRule, window: { fromWall: number; untilWall: number }): number[] {
  const made = new RRuleTemporal({
    rruleString: `RRULE:${rule}`,
    dtstart: Temporal.Instant.fromEpochMilliseconds(startWall).toZonedDateTimeISO(UTC),
    tzid: UTC,
    includeDtstart: includesStart,
    maxIterations: 100_000,
    cache: false,
  });
  const from = new Date(Math.max(window.fromWall, startWall));
  const until = new Date(window.untilWall);
  if (until < from) return [];
  return made.between(from, until, true).map((at) => at.epochMilliseconds);
}
