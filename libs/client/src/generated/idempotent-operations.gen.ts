// Made by generate.mjs

/** Operations that take an Idempotency-Key. */
export const idempotentOperations: readonly string[] = [
  'POST /v1/connections/authorize',
  'POST /v1/oauth/exchange',
  'PATCH /v1/connections/{connection_id}',
  'POST /v1/connections/{connection_id}/reauthorize',
  'POST /v1/connections/{connection_id}/refresh',
  'POST /v1/connections/{connection_id}/sync',
  'POST /v1/setup-links',
  'PATCH /v1/calendars/{calendar_id}',
  'POST /v1/calendars/{calendar_id}/sync',
  'POST /v1/events',
  'PATCH /v1/events/{event_id}',
  'POST /v1/sync/runs',
  'POST /v1/schedules',
  'PATCH /v1/schedules/{schedule_id}',
  'POST /v1/scheduling-profiles',
  'PATCH /v1/scheduling-profiles/{scheduling_profile_id}',
  'POST /v1/meetings',
  'POST /v1/meetings/quick-book',
  'PATCH /v1/meetings/{meeting_id}',
  'POST /v1/meetings/{meeting_id}/cancel',
  'POST /v1/users',
  'PATCH /v1/users/{user_id}',
  'PATCH /v1/users/{user_id}/preferences',
  'POST /v1/resources',
  'POST /v1/api-keys',
  'POST /v1/tenants',
  'POST /v1/settings/mail/test',
  'POST /v1/privacy/erasures',
  'POST /v1/dead-letters/{dead_letter_id}/replay'
];
