import { createHash, randomBytes } from 'node:crypto';

/** What an event id stands for: an event of a mailbox, or an occurrence of it by the stamp of its slot. */
export interface EventReference {
  readonly key: string;
  readonly stamp: string | null;
  /** Null for an immutable id, which outlives moves. */
  readonly moves: number | null;
}

const PREFIXES = { rest: 'AAMkA', immutable: 'AAkAL' } as const;
const MAILBOX_BYTES = 96;
const KEY_BYTES = 16;

export function newEventKey(): string {
  return randomBytes(KEY_BYTES).toString('hex');
}

/** The same key for the same input: for guests' copies. */
export function derivedEventKey(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest().subarray(0, KEY_BYTES).toString('hex');
}

export function eventId(
  mailbox: string,
  event: { readonly key: string; readonly moves: number; readonly stamp: string | null },
  { isImmutable }: { readonly isImmutable: boolean },
): string {
  const moves = Buffer.from([isImmutable ? 255 : event.moves]);
  const bytes = Buffer.concat([mailboxBytes(mailbox), moves, Buffer.from(event.key, 'hex'), Buffer.from(event.stamp ?? '')]);
  return `${isImmutable ? PREFIXES.immutable : PREFIXES.rest}${bytes.toString('base64url')}=`;
}

/** Null for text that is no id of this mailbox. */
export function readEventId(mailbox: string, id: string): EventReference | null {
  const isRest = id.startsWith(PREFIXES.rest);
  if (!isRest && !id.startsWith(PREFIXES.immutable)) return null;
  const bytes = Buffer.from(id.slice(PREFIXES.rest.length).replace(/=+$/, ''), 'base64url');
  const fixed = MAILBOX_BYTES + 1 + KEY_BYTES;
  if (bytes.length < fixed || !bytes.subarray(0, MAILBOX_BYTES).equals(mailboxBytes(mailbox))) return null;
  const moves = bytes.readUInt8(MAILBOX_BYTES);
  const stamp = bytes.subarray(fixed).toString('latin1');
  if (stamp !== '' && !/^\d{8}(T\d{6}Z)?$/.test(stamp)) return null;
  return {
    key: bytes.subarray(MAILBOX_BYTES + 1, fixed).toString('hex'),
    stamp: stamp === '' ? null : stamp,
    moves: isRest ? moves : null,
  };
}

const GLOBAL_ID = '040000008200E00074C5B7101A82E008';

/** The uid of a meeting, the same in every mailbox. */
export function newICalUId(key: string): string {
  return `${GLOBAL_ID}00000000${key.toUpperCase()}${'0'.repeat(8)}`;
}

/** Each occurrence of a series has its own, with its day in it. */
export function occurrenceICalUId(uid: string, stamp: string): string {
  const [year, month, day] = [stamp.slice(0, 4), stamp.slice(4, 6), stamp.slice(6, 8)].map(Number);
  const hex = (value: number | undefined, digits: number): string => (value ?? 0).toString(16).toUpperCase().padStart(digits, '0');
  return `${GLOBAL_ID}${hex(year, 4)}${hex(month, 2)}${hex(day, 2)}${uid.slice(GLOBAL_ID.length + 8)}`;
}

function mailboxBytes(mailbox: string): Buffer {
  const parts = ['sha512', 'sha256'].map((algorithm) => createHash(algorithm).update(mailbox).digest());
  return Buffer.concat(parts);
}
