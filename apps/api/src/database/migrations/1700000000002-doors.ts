import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createDoor, type Door } from './door.ts';

/**
 * The doors: the only ways past row-level security, each one small question or step that has to be
 * possible before a tenant is known. Counted by a test.
 */
export class Doors1700000000002 implements MigrationInterface {
  readonly name = 'Doors1700000000002';

  async up(runner: QueryRunner): Promise<void> {
    for (const door of doors) await createDoor(runner, door);
  }

  async down(): Promise<void> {
    throw new Error('the doors cannot be taken back: restore a backup instead');
  }
}

const doors: readonly Door[] = [
  {
    signature: `door_find_api_key(hash bytea, at timestamptz) RETURNS TABLE (id uuid, tenant_id uuid, user_id uuid, role text, scopes text[], rate_limit_per_minute integer, expires_at timestamptz, revoked_at timestamptz, tenant_status text)`,
    body: `
      WITH touched AS (
        UPDATE api_keys SET last_used_at = at WHERE key_hash = hash AND (last_used_at IS NULL OR last_used_at < at - interval '1 minute')
      )
      SELECT k.id, k.tenant_id, k.user_id, k.role, k.scopes, k.rate_limit_per_minute, k.expires_at, k.revoked_at, t.status
      FROM api_keys k JOIN tenants t ON t.id = k.tenant_id WHERE k.key_hash = hash`,
  },
  {
    signature: `door_find_session(hash bytea, at timestamptz) RETURNS TABLE (id uuid, tenant_id uuid, user_id uuid, account_id uuid, role text, expires_at timestamptz, tenant_status text)`,
    body: `
      WITH touched AS (
        UPDATE sessions SET last_seen_at = at WHERE token_hash = hash AND last_seen_at < at - interval '1 minute'
      )
      SELECT s.id, s.tenant_id, s.user_id, s.account_id, u.role, s.expires_at, t.status
      FROM sessions s JOIN users u ON u.id = s.user_id JOIN tenants t ON t.id = s.tenant_id
      WHERE s.token_hash = hash AND s.expires_at > at`,
  },
  {
    signature: `door_use_sign_in_link(hash bytea, at timestamptz) RETURNS TABLE (tenant_id uuid, user_id uuid, account_id uuid, is_usable boolean)`,
    body: `
      WITH used AS (
        UPDATE sign_in_links SET used_at = at WHERE token_hash = hash AND used_at IS NULL AND expires_at > at RETURNING id
      )
      SELECT l.tenant_id, l.user_id, u.account_id, EXISTS (SELECT FROM used)
      FROM sign_in_links l JOIN users u ON u.id = l.user_id WHERE l.token_hash = hash`,
  },
  {
    signature: `door_save_oauth_state(new_id uuid, hash bytea, new_purpose text, new_provider text, verifier bytea, binding text, new_details jsonb, at timestamptz, until timestamptz) RETURNS void`,
    body: `
      INSERT INTO oauth_states (id, state_hash, purpose, provider, sealed_verifier, bound_to, details, created_at, expires_at)
      VALUES (new_id, hash, new_purpose, new_provider, verifier, binding, new_details, at, until)`,
  },
  {
    signature: `door_use_oauth_state(hash bytea, at timestamptz) RETURNS TABLE (id uuid, tenant_id uuid, purpose text, provider text, sealed_verifier bytea, bound_to text, details jsonb, expires_at timestamptz, is_first_use boolean)`,
    body: `
      WITH used AS (
        UPDATE oauth_states SET used_at = at WHERE state_hash = hash AND used_at IS NULL RETURNING id
      )
      SELECT s.id, s.tenant_id, s.purpose, s.provider, s.sealed_verifier, s.bound_to, s.details, s.expires_at, EXISTS (SELECT FROM used)
      FROM oauth_states s WHERE s.state_hash = hash`,
  },
  {
    signature: `door_account_of_identity(new_id uuid, by_provider text, by_subject text, new_email text, is_verified boolean, new_name text, at timestamptz) RETURNS uuid`,
    body: `
      WITH known AS (
        SELECT account_id FROM account_identities WHERE provider = by_provider AND subject = by_subject
      ), linked AS (
        SELECT a.id FROM accounts a WHERE is_verified AND lower(a.email) = lower(new_email) AND NOT EXISTS (SELECT FROM known)
      ), linking AS (
        INSERT INTO account_identities (provider, subject, account_id, created_at)
        SELECT by_provider, by_subject, linked.id, at FROM linked ON CONFLICT DO NOTHING
      )
      SELECT account_id FROM known UNION ALL SELECT id FROM linked LIMIT 1`,
  },
  {
    signature: `door_account_of_email(new_id uuid, new_email text, new_name text, new_zone text, new_locale text, at timestamptz) RETURNS uuid`,
    body: `
      INSERT INTO accounts (id, email, name, zone, locale, created_at) VALUES (new_id, new_email, new_name, new_zone, new_locale, at)
      ON CONFLICT (lower(email)) DO NOTHING;
      SELECT id FROM accounts WHERE lower(email) = lower(new_email)`,
  },
  {
    signature: `door_erase_account(of_account uuid) RETURNS boolean`,
    body: `
      WITH gone AS (
        SELECT a.id FROM accounts a WHERE a.id = of_account AND NOT EXISTS (SELECT FROM users u WHERE u.account_id = a.id AND u.removed_at IS NULL)
      ), forgotten AS (
        DELETE FROM account_identities WHERE account_id IN (SELECT id FROM gone)
      ), erased AS (
        UPDATE accounts SET email = 'erased-' || id || '@invalid', email_verified = false, name = NULL WHERE id IN (SELECT id FROM gone) RETURNING id
      )
      SELECT EXISTS (SELECT FROM erased)`,
  },
  {
    signature: `door_memberships(of_account uuid) RETURNS TABLE (tenant_id uuid, tenant_name text, tenant_slug text, user_id uuid, role text)`,
    body: `
      SELECT t.id, t.name, t.slug, u.id, u.role FROM users u JOIN tenants t ON t.id = u.tenant_id
      WHERE u.account_id = of_account AND u.removed_at IS NULL AND t.status = 'active' ORDER BY t.name, t.id`,
  },
  {
    signature: `door_create_tenant(new_id uuid, new_name text, new_slug text, new_settings jsonb, at timestamptz) RETURNS void`,
    body: `
      INSERT INTO tenants (id, name, slug, settings, created_at) VALUES (new_id, new_name, new_slug, new_settings, at);
      INSERT INTO sequences (tenant_id) VALUES (new_id)`,
  },
  {
    signature: `door_forget_expired(at timestamptz) RETURNS void`,
    body: `
      DELETE FROM oauth_states WHERE tenant_id IS NULL AND expires_at < at;
      DELETE FROM rate_limits WHERE window_started_at < at - interval '1 hour'`,
  },
  {
    signature: `door_tenants_to_number() RETURNS TABLE (tenant_id uuid)`,
    body: `
      SELECT DISTINCT tenant_id FROM changes WHERE number IS NULL
      UNION SELECT DISTINCT tenant_id FROM audit_events WHERE number IS NULL`,
  },
  {
    signature: `door_hit_rate_limit(of_key text, at timestamptz, window_ms integer) RETURNS TABLE (hits integer, window_started_at timestamptz)`,
    body: `
      INSERT INTO rate_limits AS r (key, window_started_at, hits) VALUES (of_key, at, 1)
      ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN r.window_started_at <= at - make_interval(secs => window_ms / 1000.0) THEN 1 ELSE r.hits + 1 END,
        window_started_at = CASE WHEN r.window_started_at <= at - make_interval(secs => window_ms / 1000.0) THEN at ELSE r.window_started_at END
      RETURNING r.hits, r.window_started_at`,
  },
];
