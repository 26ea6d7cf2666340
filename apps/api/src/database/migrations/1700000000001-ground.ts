import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './tenant-table.ts';

/** Accounts, tenants, users, credentials, audit, changes, idempotency, limits. */
export class Ground1700000000001 implements MigrationInterface {
  readonly name = 'Ground1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE EXTENSION IF NOT EXISTS btree_gist`);
    await runner.query(`
      REVOKE CREATE ON SCHEMA public FROM PUBLIC;
      GRANT USAGE ON SCHEMA public TO daymark_app, daymark_system, daymark_doors;

      CREATE TABLE tenants (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        slug text NOT NULL UNIQUE,
        status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
        settings jsonb NOT NULL DEFAULT '{}',
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL
      );
      ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
      ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
      CREATE POLICY own_tenant ON tenants TO daymark_app
        USING (id = nullif(current_setting('daymark.tenant_id', true), '')::uuid)
        WITH CHECK (id = nullif(current_setting('daymark.tenant_id', true), '')::uuid);
      CREATE POLICY door ON tenants TO daymark_doors USING (true) WITH CHECK (true);
      GRANT SELECT, UPDATE ON tenants TO daymark_app;
      GRANT SELECT, INSERT ON tenants TO daymark_doors;

      CREATE TABLE accounts (
        id uuid PRIMARY KEY,
        email text NOT NULL,
        email_verified boolean NOT NULL DEFAULT false,
        name text,
        locale text NOT NULL DEFAULT 'en',
        zone text NOT NULL DEFAULT 'UTC',
        created_at timestamptz NOT NULL
      );
      CREATE UNIQUE INDEX accounts_email ON accounts (lower(email));
      CREATE TABLE account_identities (
        provider text NOT NULL,
        subject text NOT NULL,
        account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (provider, subject)
      );
      ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
      ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
      CREATE POLICY door ON accounts TO daymark_doors USING (true) WITH CHECK (true);
      ALTER TABLE account_identities ENABLE ROW LEVEL SECURITY;
      ALTER TABLE account_identities FORCE ROW LEVEL SECURITY;
      CREATE POLICY door ON account_identities TO daymark_doors USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT, UPDATE ON accounts, account_identities TO daymark_doors;
      GRANT DELETE ON account_identities TO daymark_doors;

      CREATE TABLE users (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        account_id uuid NOT NULL REFERENCES accounts,
        email text NOT NULL,
        name text NOT NULL,
        role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
        zone text,
        locale text,
        preferences jsonb NOT NULL DEFAULT '{}',
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        signed_in_at timestamptz,
        removed_at timestamptz,
        UNIQUE (tenant_id, account_id)
      );
      CREATE UNIQUE INDEX users_email ON users (tenant_id, lower(email));
      CREATE INDEX users_account ON users (account_id);

      CREATE TABLE sessions (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        account_id uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
        token_hash bytea NOT NULL UNIQUE,
        created_at timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );

      CREATE TABLE api_keys (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        user_id uuid REFERENCES users ON DELETE CASCADE,
        created_by uuid REFERENCES users ON DELETE SET NULL,
        name text NOT NULL,
        prefix text NOT NULL,
        key_hash bytea NOT NULL UNIQUE,
        role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer', 'platform')),
        scopes text[] NOT NULL,
        rate_limit_per_minute integer,
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        revoked_at timestamptz,
        last_used_at timestamptz
      );

      CREATE TABLE sign_in_links (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        token_hash bytea NOT NULL UNIQUE,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      );

      CREATE TABLE oauth_states (
        id uuid PRIMARY KEY,
        tenant_id uuid REFERENCES tenants,
        state_hash bytea NOT NULL UNIQUE,
        purpose text NOT NULL CHECK (purpose IN ('connect', 'reauthorize', 'sign-in')),
        provider text NOT NULL,
        sealed_verifier bytea NOT NULL,
        bound_to text NOT NULL,
        details jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
      );
      ALTER TABLE oauth_states ENABLE ROW LEVEL SECURITY;
      ALTER TABLE oauth_states FORCE ROW LEVEL SECURITY;
      CREATE POLICY own_tenant ON oauth_states TO daymark_app
        USING (tenant_id = nullif(current_setting('daymark.tenant_id', true), '')::uuid)
        WITH CHECK (tenant_id = nullif(current_setting('daymark.tenant_id', true), '')::uuid);
      CREATE POLICY door ON oauth_states TO daymark_doors USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT, DELETE ON oauth_states TO daymark_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON oauth_states TO daymark_doors;

      CREATE TABLE idempotency_keys (
        tenant_id uuid NOT NULL REFERENCES tenants,
        credential_id uuid NOT NULL,
        key text NOT NULL,
        request_hash bytea NOT NULL,
        status smallint,
        sealed_answer bytea,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, credential_id, key)
      );
      CREATE INDEX idempotency_keys_expiry ON idempotency_keys (tenant_id, expires_at);

      CREATE TABLE changes (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        number bigint,
        type text NOT NULL,
        resource_kind text NOT NULL,
        resource_id uuid NOT NULL,
        version integer NOT NULL,
        external_ref jsonb,
        occurred_at timestamptz NOT NULL,
        UNIQUE (tenant_id, number)
      );
      CREATE INDEX changes_unnumbered ON changes (tenant_id, id) WHERE number IS NULL;

      CREATE TABLE audit_events (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        number bigint,
        occurred_at timestamptz NOT NULL,
        actor_kind text NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'platform')),
        actor_id uuid,
        action text NOT NULL,
        subject_kind text NOT NULL,
        subject_id uuid,
        outcome text NOT NULL DEFAULT 'done' CHECK (outcome IN ('done', 'refused', 'failed')),
        request_id text,
        details_digest bytea NOT NULL,
        digest bytea,
        UNIQUE (tenant_id, number)
      );
      CREATE INDEX audit_events_unnumbered ON audit_events (tenant_id, id) WHERE number IS NULL;
      CREATE TABLE audit_details (
        audit_event_id uuid PRIMARY KEY REFERENCES audit_events ON DELETE CASCADE,
        tenant_id uuid NOT NULL REFERENCES tenants,
        about_user_id uuid,
        before jsonb,
        after jsonb,
        erased_at timestamptz
      );
      CREATE INDEX audit_details_about ON audit_details (tenant_id, about_user_id);

      CREATE TABLE sequences (
        tenant_id uuid PRIMARY KEY REFERENCES tenants,
        last_change bigint NOT NULL DEFAULT 0,
        last_audit bigint NOT NULL DEFAULT 0,
        audit_digest bytea NOT NULL DEFAULT '\\x'
      );

      CREATE UNLOGGED TABLE rate_limits (
        key text PRIMARY KEY,
        window_started_at timestamptz NOT NULL,
        hits integer NOT NULL
      );
      ALTER TABLE rate_limits ENABLE ROW LEVEL SECURITY;
      ALTER TABLE rate_limits FORCE ROW LEVEL SECURITY;
      CREATE POLICY door ON rate_limits TO daymark_doors USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limits TO daymark_doors;
    `);
    for (const table of [
      'users',
      'sessions',
      'api_keys',
      'sign_in_links',
      'idempotency_keys',
      'changes',
      'audit_events',
      'audit_details',
      'sequences',
    ]) {
      await protectTenantTable(runner, table);
    }
    await runner.query(`
      GRANT SELECT ON users TO daymark_doors;
      GRANT SELECT, UPDATE (last_seen_at) ON sessions TO daymark_doors;
      GRANT SELECT, UPDATE (last_used_at) ON api_keys TO daymark_doors;
      GRANT SELECT, UPDATE (used_at) ON sign_in_links TO daymark_doors;
      GRANT SELECT ON changes, audit_events TO daymark_doors;
      GRANT INSERT ON sequences TO daymark_doors;
      CREATE POLICY door ON users FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door ON sessions TO daymark_doors USING (true) WITH CHECK (true);
      CREATE POLICY door ON api_keys TO daymark_doors USING (true) WITH CHECK (true);
      CREATE POLICY door ON sign_in_links TO daymark_doors USING (true) WITH CHECK (true);
      CREATE POLICY door ON changes FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door ON audit_events FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door ON sequences FOR INSERT TO daymark_doors WITH CHECK (true);
      REVOKE UPDATE, DELETE ON audit_events FROM daymark_app;
      GRANT UPDATE (number, digest) ON audit_events TO daymark_app;
      REVOKE UPDATE, DELETE ON audit_details FROM daymark_app;
      GRANT UPDATE (before, after, erased_at) ON audit_details TO daymark_app;
    `);
  }

  async down(): Promise<void> {
    throw new Error('the ground cannot be taken back: restore a backup instead');
  }
}
