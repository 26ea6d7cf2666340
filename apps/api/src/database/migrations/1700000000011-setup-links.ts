import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createDoor, type Door } from './door.ts';
import { protectTenantTable } from './tenant-table.ts';

/**
 * Links with which somebody connects a calendar without signing in, and connections that wait for that: of these the
 * account is not known yet.
 */
export class SetupLinks1700000000011 implements MigrationInterface {
  readonly name = 'SetupLinks1700000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE connections ALTER COLUMN remote_account_id DROP NOT NULL;
      ALTER TABLE connections ALTER COLUMN account_email DROP NOT NULL;
      ALTER TABLE connections ADD CONSTRAINT connections_account CHECK (
        (remote_account_id IS NULL) = (account_email IS NULL) AND (remote_account_id IS NOT NULL OR status IN ('pending', 'revoked')));

      CREATE TABLE setup_links (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        provider text,
        access_profile text NOT NULL CHECK (access_profile IN ('free_busy', 'read', 'read_write')),
        return_url text,
        connection_id uuid REFERENCES connections ON DELETE SET NULL,
        requested_by jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        opened_at timestamptz,
        ended_at timestamptz,
        ended_by text CHECK (ended_by IN ('used', 'revoked', 'replaced', 'expired')),
        CHECK ((ended_at IS NULL) = (ended_by IS NULL))
      );
      CREATE UNIQUE INDEX setup_links_open ON setup_links (tenant_id, user_id, coalesce(provider, '')) WHERE ended_at IS NULL;
      CREATE INDEX setup_links_due ON setup_links (tenant_id, expires_at) WHERE ended_at IS NULL;
      CREATE INDEX setup_links_connection ON setup_links (connection_id) WHERE connection_id IS NOT NULL;

      CREATE TABLE setup_link_tokens (
        token_hash bytea PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        setup_link_id uuid NOT NULL REFERENCES setup_links ON DELETE CASCADE
      );
      CREATE INDEX setup_link_tokens_link ON setup_link_tokens (setup_link_id);
      COMMENT ON TABLE setup_link_tokens IS 'what opens a link: the one that was shown, and one for each attempt to mail it';
    `);
    for (const table of ['setup_links', 'setup_link_tokens']) await protectTenantTable(runner, table);
    await runner.query(`
      GRANT SELECT (id, tenant_id, expires_at, ended_at) ON setup_links TO daymark_doors;
      GRANT SELECT ON setup_link_tokens TO daymark_doors;
      CREATE POLICY door ON setup_links FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door ON setup_link_tokens FOR SELECT TO daymark_doors USING (true);
    `);
    for (const door of doors) await createDoor(runner, door);
  }

  async down(): Promise<void> {
    throw new Error('connections that wait have no account to go back to: restore a backup instead');
  }
}

const doors: readonly Door[] = [
  {
    signature: `door_find_setup_link(hash bytea) RETURNS TABLE (tenant_id uuid, setup_link_id uuid, tenant_status text)`,
    body: `
      SELECT k.tenant_id, k.setup_link_id, t.status FROM setup_link_tokens k JOIN tenants t ON t.id = k.tenant_id WHERE k.token_hash = hash`,
  },
  {
    // Each tenant's first before anybody's second, as all ticks ask.
    signature: `door_due_setup_links(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, setup_link_id uuid)`,
    body: `
      SELECT t.id, d.id FROM tenants t
      CROSS JOIN LATERAL (
        SELECT l.id, l.expires_at, row_number() OVER (ORDER BY l.expires_at) AS place FROM setup_links l
        WHERE l.tenant_id = t.id AND l.ended_at IS NULL AND l.expires_at <= at ORDER BY l.expires_at LIMIT at_most
      ) d
      ORDER BY d.place, d.expires_at LIMIT at_most`,
  },
];
