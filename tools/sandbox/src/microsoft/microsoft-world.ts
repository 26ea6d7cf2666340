import { createHash } from 'node:crypto';
import type { SandboxClock } from '../sandbox-clock.ts';
import type { MicrosoftCalendar, MicrosoftState } from './microsoft-state.ts';

/** The state with its clock; every part of the Microsoft simulator works on one of these. */
export interface MicrosoftWorld {
  readonly state: MicrosoftState;
  readonly clock: SandboxClock;
  /** Identity platform and Graph on one origin, without a trailing slash. */
  readonly origin: () => string;
  /** Says that the state changed, so that it is saved. */
  touch(): void;
  flush(): Promise<void>;
}

/** An instant as Graph writes it, with seven digits. */
export function graphInstant(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.(\d{3})Z$/, '.$10000Z');
}

export function nowInstant(world: MicrosoftWorld): string {
  return graphInstant(world.clock.now());
}

/** A change key that no resource had before; the etag is `W/"<change key>"`. */
export function nextChangeKey(world: MicrosoftWorld): string {
  world.state.lastVersion += 1;
  return createHash('sha256').update(`change ${world.state.lastVersion}`).digest().subarray(0, 16).toString('base64');
}

export function etagOf(changeKey: string): string {
  return `W/"${changeKey}"`;
}

/** Moves the calendar's change log on and gives the new position. */
export function nextSeq(world: MicrosoftWorld, calendar: MicrosoftCalendar): number {
  calendar.lastSeq += 1;
  calendar.changeKey = nextChangeKey(world);
  world.touch();
  return calendar.lastSeq;
}

/** The same GUID for the same input. */
export function derivedGuid(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\n')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
