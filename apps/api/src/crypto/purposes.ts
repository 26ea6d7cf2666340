import type { Uuid } from '@daymark/domain';

/** What a kept answer is sealed for: the row of its idempotency key. */
export function idempotencyPurpose({ tenantId, credentialId, key }: { tenantId: Uuid; credentialId: Uuid; key: string }): string {
  return `idempotency:${tenantId}:${credentialId}:${key}`;
}

/** What the answer about an event that was set aside is sealed for: the calendar and the event there. */
export function setAsidePurpose({ calendarId, remoteId }: { calendarId: Uuid; remoteId: string }): string {
  return `set-aside:${calendarId}:${remoteId}`;
}
