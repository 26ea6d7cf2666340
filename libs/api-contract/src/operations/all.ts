import { hasRole, roles, type Role, type Scope } from '../access.ts';
import type { Operation } from '../operation.ts';
import { auditOperations, deadLetterOperations, insightOperations, settingsOperations } from './administration.ts';
import { availabilityOperations } from './availability.ts';
import { calendarOperations, eventOperations } from './calendars.ts';
import { connectionOperations } from './connections.ts';
import { meetingOperations } from './meetings.ts';
import { scheduleOperations, schedulingProfileOperations } from './schedules.ts';
import { sessionOperations } from './session.ts';
import { setupLinkOperations } from './setup-links.ts';
import { syncOperations } from './sync.ts';
import { systemOperations } from './system.ts';
import { apiKeyOperations, resourceOperations, tenantOperations, userOperations } from './tenancy.ts';

/** Every operation of the API, by id. */
export const operations = {
  ...sessionOperations,
  ...connectionOperations,
  ...setupLinkOperations,
  ...calendarOperations,
  ...eventOperations,
  ...syncOperations,
  ...scheduleOperations,
  ...schedulingProfileOperations,
  ...availabilityOperations,
  ...meetingOperations,
  ...insightOperations,
  ...userOperations,
  ...resourceOperations,
  ...apiKeyOperations,
  ...tenantOperations,
  ...settingsOperations,
  ...auditOperations,
  ...deadLetterOperations,
  ...systemOperations,
};

/** The least role with which a scope opens anything at all; a key with a lesser one could never use it. */
export function leastRoleOf(scope: Scope): Role {
  const needed = Object.values<Operation>(operations).flatMap(({ access }) =>
    access.kind === 'credential' && access.scope === scope ? [access.role] : [],
  );
  return needed.reduce((least, role) => (hasRole(role, least) ? least : role), roles[0]);
}

export type Operations = typeof operations;
export type OperationId = keyof Operations;
