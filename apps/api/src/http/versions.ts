import { parseIfMatch } from '@daymark/api-contract';
import { DomainError } from '@daymark/domain';

/** A version that nothing has: what an `If-Match` that is none of our ETags asks for. */
const NEVER = 0;

/** The version that an `If-Match` header asks for; null when there is none or any will do. */
export function versionAsked(header: string | undefined): number | null {
  if (header === undefined) return null;
  const asked = parseIfMatch(header);
  return asked === 'any' ? null : (asked ?? NEVER);
}

/** @throws DomainError `precondition-failed` when the caller saw another version than the current one. */
export function requireVersion(seen: number | null, current: number): void {
  if (seen === null || seen === current) return;
  throw new DomainError('precondition-failed', `The current version is ${current}.`, { current_version: current });
}
