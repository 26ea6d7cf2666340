import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createDoor, type Door } from './door.ts';

/** The doors of the ticks: what is due, of whom; who else uses a remote account; and the operator's list of tenants. */
export class DueDoors1700000000005 implements MigrationInterface {
  readonly name = 'DueDoors1700000000005';

  async up(runner: QueryRunner): Promise<void> {
    for (const door of doors) await createDoor(runner, door);
  }

  async down(): Promise<void> {
    throw new Error('the doors cannot be taken back: restore a backup instead');
  }
}

const doors: readonly Door[] = [
  {
    signature: `door_list_tenants(after_id uuid, search text, at_most integer) RETURNS TABLE (id uuid, name text, slug text, status text, time_zone text, users_count integer, connections_count integer, created_at timestamptz)`,
    body: `
      SELECT t.id, t.name, t.slug, t.status, coalesce(t.settings ->> 'time_zone', 'UTC'),
        (SELECT count(*) FROM users u WHERE u.tenant_id = t.id AND u.removed_at IS NULL)::integer,
        (SELECT count(*) FROM connections n WHERE n.tenant_id = t.id AND n.status <> 'revoked')::integer, t.created_at
      FROM tenants t
      WHERE (after_id IS NULL OR t.id > after_id) AND (search IS NULL OR strpos(lower(t.name || ' ' || t.slug), lower(search)) > 0)
      ORDER BY t.id LIMIT at_most`,
  },
  {
    signature: `door_due_calendars(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, calendar_id uuid)`,
    body: `SELECT d.tenant_id, d.calendar_id FROM calendar_dues d WHERE d.due_at <= at ORDER BY d.due_at LIMIT at_most`,
  },
  {
    signature: `door_calendars_to_poll(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, calendar_id uuid)`,
    body: `
      SELECT c.tenant_id, c.id FROM calendars c JOIN connections n ON n.id = c.connection_id
      WHERE n.status IN ('active', 'error') AND n.sync_enabled AND c.status = 'active' AND c.is_active
        AND (n.rate_limited_until IS NULL OR n.rate_limited_until <= at)
        AND (c.synced_at IS NULL OR c.synced_at <= at - make_interval(mins => n.cadence_minutes))
        AND NOT EXISTS (SELECT FROM calendar_dues d WHERE d.calendar_id = c.id)
      ORDER BY c.synced_at NULLS FIRST LIMIT at_most`,
  },
  {
    signature: `door_connections_to_list(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, connection_id uuid)`,
    body: `
      SELECT tenant_id, id FROM connections
      WHERE status = 'active' AND sync_enabled AND (next_list_at IS NULL OR next_list_at <= at) ORDER BY next_list_at NULLS FIRST LIMIT at_most`,
  },
  {
    signature: `door_grants_to_refresh(before_instant timestamptz, at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, grant_id uuid)`,
    body: `
      SELECT g.tenant_id, g.id FROM grants g
      WHERE g.sealed_tokens IS NOT NULL AND g.access_expires_at <= before_instant AND (g.next_try_at IS NULL OR g.next_try_at <= at)
        AND EXISTS (SELECT FROM connections n WHERE n.grant_id = g.id AND n.status IN ('active', 'error'))
      ORDER BY g.access_expires_at LIMIT at_most`,
  },
  {
    signature: `door_due_placements(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, placement_id uuid)`,
    body: `SELECT tenant_id, id FROM placements WHERE next_try_at <= at ORDER BY next_try_at LIMIT at_most`,
  },
  {
    signature: `door_due_mails(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, mail_id uuid)`,
    body: `
      SELECT tenant_id, id FROM mails
      WHERE state IN ('due', 'sending') AND due_at <= at AND (lease_until IS NULL OR lease_until <= at) ORDER BY due_at LIMIT at_most`,
  },
  {
    signature: `door_due_reminders(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, reminder_id uuid)`,
    body: `
      SELECT tenant_id, id FROM reminders
      WHERE state IN ('due', 'sending') AND due_at <= at AND (lease_until IS NULL OR lease_until <= at) ORDER BY due_at LIMIT at_most`,
  },
  {
    signature: `door_count_grants_of(of_provider text, of_account text, except_grant uuid) RETURNS integer`,
    body: `
      SELECT (
        (SELECT count(*) FROM grants g WHERE g.provider = of_provider AND g.remote_account_id = of_account AND g.id <> except_grant AND g.sealed_tokens IS NOT NULL
          AND EXISTS (SELECT FROM connections n WHERE n.grant_id = g.id AND n.status <> 'revoked'))
        + (SELECT count(*) FROM account_identities i WHERE i.provider = of_provider AND i.subject = of_account)
      )::integer`,
  },
  {
    signature: `door_grants_sealed_otherwise(current_key text, at_most integer) RETURNS TABLE (tenant_id uuid, grant_id uuid)`,
    body: `SELECT tenant_id, id FROM grants WHERE sealed_tokens IS NOT NULL AND key_id <> current_key ORDER BY id LIMIT at_most`,
  },
];
