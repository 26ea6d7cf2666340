import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createDoor, dropDoor, type Door } from './door.ts';
import { inTurn, inTurnByIndex } from './in-turn.ts';

/** What a long life asks for: ticks that serve every tenant in turn, a brake with a memory, keys that can go. */
export class Endurance1700000000007 implements MigrationInterface {
  readonly name = 'Endurance1700000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX calendar_dues_due, grants_expiry, placements_due, mails_due, reminders_due;
      CREATE INDEX calendar_dues_due ON calendar_dues (tenant_id, due_at);
      CREATE INDEX grants_expiry ON grants (tenant_id, access_expires_at) WHERE sealed_tokens IS NOT NULL;
      CREATE INDEX placements_due ON placements (tenant_id, next_try_at) WHERE next_try_at IS NOT NULL;
      CREATE INDEX mails_due ON mails (tenant_id, due_at) WHERE state IN ('due', 'sending');
      CREATE INDEX reminders_due ON reminders (tenant_id, due_at) WHERE state IN ('due', 'sending');

      ALTER TABLE calendars ADD COLUMN deletions_accepted_at timestamptz;
      ALTER TABLE events ADD COLUMN deleted_by_run uuid;
      COMMENT ON COLUMN events.deleted_by_run IS 'the run that found it gone; none when it was taken off the calendar here';
      COMMENT ON COLUMN calendars.deletions_accepted_at IS 'until when deletions were accepted by a person; the brake counts later ones';
    `);
    for (const { table, column } of sealed) {
      await runner.query(`
        ALTER TABLE ${table} ADD COLUMN key_id text GENERATED ALWAYS AS (CASE WHEN length(${column}) > 2
          THEN encode(substring(${column} FROM 3 FOR get_byte(${column}, 1)), 'escape') END) STORED;
        COMMENT ON COLUMN ${table}.key_id IS 'the key that sealed, as the sealed value itself names it';
        GRANT SELECT (tenant_id, key_id, expires_at) ON ${table} TO daymark_doors;
      `);
    }
    await runner.query(`
      CREATE POLICY door ON set_asides FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door ON idempotency_keys FOR SELECT TO daymark_doors USING (true);
    `);
    await createDoor(runner, keptSealedOtherwise);
    await createDoor(runner, missingKeys);
    for (const door of fairDoors) {
      await dropDoor(runner, door);
      await createDoor(runner, door);
    }
  }

  async down(): Promise<void> {
    throw new Error('the doors cannot be taken back: restore a backup instead');
  }
}

/** What is sealed and lives long enough to meet a rotation of keys, besides grants, which name their key already. */
const sealed = [
  { table: 'set_asides', column: 'sealed_answer' },
  { table: 'idempotency_keys', column: 'sealed_answer' },
  { table: 'oauth_states', column: 'sealed_verifier' },
] as const;

const missingKeys: Door = {
  signature: `door_missing_keys(known text[]) RETURNS TABLE (key_id text, grants integer)`,
  body: `
    SELECT g.key_id, count(*)::integer FROM grants g WHERE g.sealed_tokens IS NOT NULL AND g.key_id <> ALL (known) GROUP BY g.key_id ORDER BY 1`,
};

const keptSealedOtherwise: Door = {
  signature: `door_kept_sealed_otherwise(current_key text, at timestamptz) RETURNS TABLE (tenant_id uuid, kept integer, states integer)`,
  body: `
    SELECT w.tenant_id, sum(w.kept)::integer, sum(w.states)::integer FROM (
      SELECT s.tenant_id, 1 AS kept, 0 AS states FROM set_asides s WHERE s.key_id <> current_key AND s.expires_at > at
      UNION ALL SELECT i.tenant_id, 1, 0 FROM idempotency_keys i WHERE i.key_id <> current_key AND i.expires_at > at
      UNION ALL SELECT o.tenant_id, 0, 1 FROM oauth_states o WHERE o.key_id <> current_key AND o.expires_at > at AND o.used_at IS NULL
    ) w GROUP BY w.tenant_id`,
};

const fairDoors: readonly Door[] = [
  {
    signature: `door_due_calendars(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, calendar_id uuid)`,
    body: inTurnByIndex(`SELECT c.calendar_id AS id, c.due_at AS due FROM calendar_dues c WHERE c.tenant_id = t.id AND c.due_at <= at`),
  },
  {
    signature: `door_calendars_to_poll(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, calendar_id uuid)`,
    body: inTurn(`
      SELECT c.id, c.synced_at AS due FROM calendars c JOIN connections n ON n.id = c.connection_id
      WHERE c.tenant_id = t.id AND n.tenant_id = t.id AND n.status IN ('active', 'error') AND n.sync_enabled AND c.status = 'active' AND c.is_active
        AND (n.rate_limited_until IS NULL OR n.rate_limited_until <= at)
        AND (c.synced_at IS NULL OR c.synced_at <= at - make_interval(mins => n.cadence_minutes))
        AND NOT EXISTS (SELECT FROM calendar_dues d WHERE d.calendar_id = c.id)`),
  },
  {
    signature: `door_connections_to_list(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, connection_id uuid)`,
    body: inTurn(`
      SELECT n.id, n.next_list_at AS due FROM connections n
      WHERE n.tenant_id = t.id AND n.status = 'active' AND n.sync_enabled AND (n.next_list_at IS NULL OR n.next_list_at <= at)`),
  },
  {
    signature: `door_grants_to_refresh(before_instant timestamptz, at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, grant_id uuid)`,
    body: inTurnByIndex(`
      SELECT g.id, g.access_expires_at AS due FROM grants g
      WHERE g.tenant_id = t.id AND g.sealed_tokens IS NOT NULL AND g.access_expires_at <= before_instant AND (g.next_try_at IS NULL OR g.next_try_at <= at)
        AND EXISTS (SELECT FROM connections n WHERE n.grant_id = g.id AND n.status IN ('active', 'error'))`),
  },
  {
    signature: `door_due_placements(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, placement_id uuid)`,
    body: inTurnByIndex(`SELECT p.id, p.next_try_at AS due FROM placements p WHERE p.tenant_id = t.id AND p.next_try_at <= at`),
  },
  {
    signature: `door_due_mails(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, mail_id uuid)`,
    body: inTurnByIndex(`
      SELECT m.id, m.due_at AS due FROM mails m
      WHERE m.tenant_id = t.id AND m.state IN ('due', 'sending') AND m.due_at <= at AND (m.lease_until IS NULL OR m.lease_until <= at)`),
  },
  {
    signature: `door_due_reminders(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, reminder_id uuid)`,
    body: inTurnByIndex(`
      SELECT r.id, r.due_at AS due FROM reminders r
      WHERE r.tenant_id = t.id AND r.state IN ('due', 'sending') AND r.due_at <= at AND (r.lease_until IS NULL OR r.lease_until <= at)`),
  },
];
