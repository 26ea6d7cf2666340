import type { Uuid } from '@daymark/domain';
import { sha256 } from '../crypto/hashing.ts';
import type { Chance } from '../ports/ports.ts';

const BYTES = 16;

/** A marker that nobody had before: 32 hex digits. */
export function newMarker(chance: Chance): string {
  return chance.bytes(BYTES).toString('hex');
}

/** The same for the same request, so that its repetition finds what the first made. */
export function derivedMarker({
  tenantId,
  credentialId,
  key,
  after,
}: {
  tenantId: Uuid;
  credentialId: Uuid;
  key: string;
  after: Uuid | null;
}): string {
  return sha256(JSON.stringify(['event', tenantId, credentialId, key, after]))
    .subarray(0, BYTES)
    .toString('hex');
}
