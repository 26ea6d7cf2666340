import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createDoor } from './door.ts';

/** The door for placements that can go on, and the index for occurrences too long for the usual range search. */
export class PlacementDoors1700000000006 implements MigrationInterface {
  readonly name = 'PlacementDoors1700000000006';

  async up(runner: QueryRunner): Promise<void> {
    await createDoor(runner, {
      signature: `door_placements_to_resume(at_most integer) RETURNS TABLE (tenant_id uuid, placement_id uuid)`,
      body: `
        SELECT p.tenant_id, p.id FROM placements p JOIN calendars k ON k.id = p.calendar_id JOIN connections n ON n.id = k.connection_id
        WHERE (p.state = 'waiting' OR p.state = 'failed' AND p.last_error ->> 'code' IN (
            'calendar-read-only', 'calendar-removed', 'calendar-inactive', 'connection-not-active', 'reauthorization-required', 'scope-missing', 'admin-consent-required'))
          AND p.last_error ->> 'code' NOT IN ('provider-unavailable', 'provider-rate-limited')
          AND greatest(k.updated_at, n.updated_at) > p.updated_at
          AND n.status IN ('active', 'error') AND k.status = 'active' AND k.is_active AND k.access_role IN ('owner', 'writer')
        ORDER BY p.updated_at LIMIT at_most`,
    });
    await runner.query(`CREATE INDEX occurrences_long ON occurrences (tenant_id, end_at) WHERE end_at - start_at > '744:00:00'::interval`);
  }

  async down(): Promise<void> {
    throw new Error('the doors cannot be taken back: restore a backup instead');
  }
}
