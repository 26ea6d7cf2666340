import { createHash, timingSafeEqual } from 'node:crypto';

export interface PkceChallenge {
  readonly value: string;
  readonly method: 'S256' | 'plain';
}

export function isVerifierRight(challenge: PkceChallenge, verifier: string): boolean {
  const given = challenge.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  return isSameText(challenge.value, given);
}

/** Compares secrets without telling by its duration where they differ. */
export function isSameText(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest();
  return timingSafeEqual(left, createHash('sha256').update(b).digest());
}
