import type { TokenLimit } from '../token-buckets.ts';
import { createTokenBuckets } from '../token-buckets.ts';
import { GoogleApiError, errorForReason } from './google-error.ts';
import type { GoogleWorld } from './google-world.ts';

/** Quotas as token buckets; null (the default of all three): not limited. */
export interface GoogleLimits {
  /** Units of each client. */
  project: TokenLimit | null;
  /** Units of each person at each client. */
  user: TokenLimit | null;
  /** Writes on one calendar, by whomever: what Google calls operational limits, and does not disclose. */
  calendarWrites: TokenLimit | null;
  /** How the first two are refused; Google uses both. */
  status: 403 | 429;
  /** Google documents no such header; null: none. */
  retryAfterSeconds: number | null;
}

export interface GoogleQuota {
  /** Counts a call; refused ones cost nothing, which is not documented. @throws GoogleApiError 403, 429 */
  charge(call: { clientId: string | null; email: string; operation: string; calendarId: string | undefined }): void;
  clear(): void;
}

export function noGoogleLimits(): GoogleLimits {
  return { project: null, user: null, calendarWrites: null, status: 403, retryAfterSeconds: null };
}

const WRITES = new Set(['insert', 'import', 'update', 'patch', 'delete', 'move']);
const PATCH_COST = 3;

export function createGoogleQuota(world: GoogleWorld): GoogleQuota {
  const buckets = createTokenBuckets(() => world.clock.now());
  return {
    charge: ({ clientId, email, operation, calendarId }) => {
      const limits = world.state.limits;
      const method = operation.slice(operation.indexOf('.') + 1);
      const cost = method === 'patch' ? PATCH_COST : 1;
      const isWrite = calendarId !== undefined && operation.startsWith('events.') && WRITES.has(method);
      const charges = [
        { limit: limits.project, key: `project ${clientId}`, reason: 'rateLimitExceeded', cost },
        { limit: limits.user, key: `user ${clientId} ${email}`, reason: 'userRateLimitExceeded', cost },
        { limit: isWrite ? limits.calendarWrites : null, key: `calendar ${calendarId}`, reason: 'quotaExceeded', cost: 1 },
      ];
      const paid: (typeof charges)[number][] = [];
      for (const charge of charges) {
        if (charge.limit === null) continue;
        paid.push(charge);
        if (buckets.take(charge.key, charge.limit, charge.cost) >= 0) continue;
        for (const one of paid) buckets.giveBack(one.key, one.cost);
        throw refusal(charge.reason, limits);
      }
    },
    clear: buckets.clear,
  };
}

/** A 429 knows one reason only; operational limits are always 403. */
function refusal(reason: string, { status, retryAfterSeconds }: GoogleLimits): GoogleApiError {
  const error =
    reason === 'quotaExceeded' ? errorForReason(403, reason) : errorForReason(status, status === 429 ? 'rateLimitExceeded' : reason);
  if (retryAfterSeconds === null) return error;
  return new GoogleApiError({ ...error.options, headers: { 'retry-after': String(retryAfterSeconds) } });
}
