import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256. Enough for what is random already (keys, tokens, states); never for passwords. */
export function sha256(text: string | Uint8Array): Buffer {
  return createHash('sha256').update(text).digest();
}

export function equalInConstantTime(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other));
}
