/** Names of headers and of the cookie, as they are on the wire. */
export const wireNames = {
  sessionCookie: 'daymark_session',
  csrf: 'X-CSRF-Token',
  tenant: 'X-Tenant-Id',
  idempotencyKey: 'Idempotency-Key',
  /** `true` on an answer that was given before. */
  idempotencyReplayed: 'Idempotency-Replayed',
  ifMatch: 'If-Match',
  etag: 'ETag',
  requestId: 'X-Request-Id',
  rateLimit: 'RateLimit',
  rateLimitPolicy: 'RateLimit-Policy',
  retryAfter: 'Retry-After',
  providerRequests: 'X-Provider-Requests',
} as const;

/** Media type of every answer that is not a success. */
export const problemMediaType = 'application/problem+json';

/** The ETag of a version: `"3"`. */
export function formatEtag(version: number): string {
  return `"${version}"`;
}

/** The version in an `If-Match` header; `any` for `*`, null when it is neither. Weak tags are read like strong ones. */
export function parseIfMatch(header: string): number | 'any' | null {
  const trimmed = header.trim();
  if (trimmed === '*') return 'any';
  const match = /^(?:W\/)?"(\d{1,15})"$/.exec(trimmed);
  return match === null ? null : Number(match[1]);
}
