import { Ground1700000000001 } from './1700000000001-ground.ts';
import { Doors1700000000002 } from './1700000000002-doors.ts';
import { Calendars1700000000003 } from './1700000000003-calendars.ts';
import { Meetings1700000000004 } from './1700000000004-meetings.ts';
import { DueDoors1700000000005 } from './1700000000005-due-doors.ts';
import { PlacementDoors1700000000006 } from './1700000000006-placement-doors.ts';
import { Endurance1700000000007 } from './1700000000007-endurance.ts';
import { TenantWithin1700000000008 } from './1700000000008-tenant-within.ts';
import { Channels1700000000009 } from './1700000000009-channels.ts';
import { TriedWrites1700000000010 } from './1700000000010-tried-writes.ts';
import { SetupLinks1700000000011 } from './1700000000011-setup-links.ts';
import { AdminConsent1700000000012 } from './1700000000012-admin-consent.ts';

/** In order. Expand first, contract a version later: the version before runs beside this one. */
export const migrations = [
  Ground1700000000001,
  Doors1700000000002,
  Calendars1700000000003,
  Meetings1700000000004,
  DueDoors1700000000005,
  PlacementDoors1700000000006,
  Endurance1700000000007,
  TenantWithin1700000000008,
  Channels1700000000009,
  TriedWrites1700000000010,
  SetupLinks1700000000011,
  AdminConsent1700000000012,
];
