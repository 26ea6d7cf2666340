import { createHash, randomBytes } from 'node:crypto';
import type { SandboxClock } from '../sandbox-clock.ts';
import type { GoogleCalendar, GoogleState } from './google-state.ts';

/** The state with its clock; every part of the Google simulator works on one of these. */
export interface GoogleWorld {
  readonly state: GoogleState;
  readonly clock: SandboxClock;
  /** Says that the state changed, so that it is saved. */
  touch(): void;
  flush(): Promise<void>;
}

export function nowIso(world: GoogleWorld): string {
  return new Date(world.clock.now()).toISOString();
}

/** A quoted etag that no resource had before. */
export function nextEtag(world: GoogleWorld): string {
  world.state.lastVersion += 1;
  return `"${3_500_000_000_000_000 + world.state.lastVersion * 2000}"`;
}

/** Moves the calendar's change log on and gives the new position. */
export function nextSeq(world: GoogleWorld, calendar: GoogleCalendar): number {
  calendar.lastSeq += 1;
  calendar.updated = nowIso(world);
  calendar.etag = nextEtag(world);
  world.touch();
  return calendar.lastSeq;
}

const BASE32HEX = '0123456789abcdefghijklmnopqrstuv';

export function randomEventId(): string {
  return base32hex(randomBytes(26));
}

/** The same id for the same input, in the alphabet that event ids use. */
export function derivedEventId(...parts: readonly string[]): string {
  return base32hex(createHash('sha256').update(parts.join('\n')).digest().subarray(0, 26));
}

function base32hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => BASE32HEX[byte & 31]).join('');
}
