import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './tenant-table.ts';

/** Grants, connections, calendars and the mirror of their events. */
export class Calendars1700000000003 implements MigrationInterface {
  readonly name = 'Calendars1700000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE grants (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        provider text NOT NULL,
        remote_account_id text NOT NULL,
        sealed_tokens bytea,
        key_id text NOT NULL,
        scopes text[] NOT NULL DEFAULT '{}',
        access_expires_at timestamptz,
        version integer NOT NULL DEFAULT 1,
        refresh_lease uuid,
        lease_until timestamptz,
        next_try_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
      );
      CREATE INDEX grants_account ON grants (tenant_id, provider, remote_account_id);
      CREATE INDEX grants_expiry ON grants (access_expires_at) WHERE sealed_tokens IS NOT NULL;

      CREATE TABLE connections (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
        grant_id uuid REFERENCES grants,
        provider text NOT NULL,
        remote_account_id text NOT NULL,
        account_email text NOT NULL,
        label text,
        access_profile text NOT NULL CHECK (access_profile IN ('free_busy', 'read', 'read_write')),
        status text NOT NULL CHECK (status IN ('pending', 'active', 'paused', 'expired', 'error', 'revoked')),
        missing_scopes jsonb NOT NULL DEFAULT '[]',
        sync_enabled boolean NOT NULL DEFAULT true,
        past_days integer NOT NULL DEFAULT 30 CHECK (past_days BETWEEN 7 AND 730),
        future_days integer NOT NULL DEFAULT 365 CHECK (future_days BETWEEN 7 AND 730),
        direction text NOT NULL DEFAULT 'two_way' CHECK (direction IN ('pull', 'two_way')),
        conflict_policy text NOT NULL DEFAULT 'per_field' CHECK (conflict_policy IN ('per_field', 'latest', 'provider_wins', 'platform_wins', 'manual')),
        cadence_minutes integer NOT NULL DEFAULT 5 CHECK (cadence_minutes BETWEEN 1 AND 1440),
        last_success_at timestamptz,
        next_list_at timestamptz,
        rate_limited_until timestamptz,
        failure_count integer NOT NULL DEFAULT 0,
        last_error jsonb,
        reconnect_asked_at timestamptz,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        UNIQUE (tenant_id, user_id, provider, remote_account_id)
      );
      CREATE INDEX connections_grant ON connections (grant_id);

      CREATE TABLE calendars (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        connection_id uuid NOT NULL REFERENCES connections ON DELETE CASCADE,
        remote_id text NOT NULL,
        name text NOT NULL,
        description text,
        zone text,
        color text,
        color_override text,
        access_role text NOT NULL CHECK (access_role IN ('owner', 'writer', 'reader', 'free-busy')),
        is_primary boolean NOT NULL DEFAULT false,
        conference_types text[] NOT NULL DEFAULT '{}',
        provider_data jsonb NOT NULL DEFAULT '{}',
        status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'removed')),
        is_active boolean NOT NULL DEFAULT true,
        reads_busy boolean NOT NULL DEFAULT true,
        is_write_target boolean NOT NULL DEFAULT false,
        privacy text NOT NULL DEFAULT 'full' CHECK (privacy IN ('full', 'busy_only')),
        filters jsonb NOT NULL DEFAULT '{}',
        cursor text,
        page text,
        window_from timestamptz,
        window_to timestamptz,
        covered_from timestamptz,
        covered_to timestamptz,
        generation integer NOT NULL DEFAULT 0,
        run_lease uuid,
        lease_until timestamptz,
        run_id uuid,
        synced_at timestamptz,
        full_read_at timestamptz,
        held jsonb,
        failure_count integer NOT NULL DEFAULT 0,
        last_error jsonb,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        UNIQUE (connection_id, remote_id)
      );
      CREATE INDEX calendars_tenant ON calendars (tenant_id, connection_id);

      CREATE TABLE calendar_dues (
        calendar_id uuid PRIMARY KEY REFERENCES calendars ON DELETE CASCADE,
        tenant_id uuid NOT NULL REFERENCES tenants,
        due_at timestamptz NOT NULL,
        trigger text NOT NULL,
        mode text NOT NULL DEFAULT 'incremental' CHECK (mode IN ('incremental', 'full')),
        accepts_deletions boolean NOT NULL DEFAULT false,
        run_id uuid
      );
      CREATE INDEX calendar_dues_due ON calendar_dues (due_at);

      CREATE TABLE events (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        calendar_id uuid NOT NULL REFERENCES calendars ON DELETE CASCADE,
        remote_id text NOT NULL,
        ical_uid text,
        form text NOT NULL CHECK (form IN ('single', 'series', 'exception', 'occurrence')),
        series_remote_id text,
        original_start timestamptz,
        original_date date,
        kind text NOT NULL,
        status text NOT NULL CHECK (status IN ('confirmed', 'tentative', 'cancelled')),
        visibility text NOT NULL,
        is_busy boolean NOT NULL,
        is_all_day boolean NOT NULL,
        start_at timestamptz,
        end_at timestamptz,
        start_wall text,
        end_wall text,
        zone text,
        start_date date,
        end_date date,
        remote_version text NOT NULL,
        content_hash bytea NOT NULL,
        remote_updated_at timestamptz,
        generation integer NOT NULL,
        deleted_at timestamptz,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        UNIQUE (calendar_id, remote_id)
      );
      CREATE INDEX events_series ON events (calendar_id, series_remote_id) WHERE series_remote_id IS NOT NULL;
      CREATE INDEX events_uid ON events (tenant_id, ical_uid) WHERE ical_uid IS NOT NULL;
      CREATE INDEX events_tombstones ON events (tenant_id, deleted_at) WHERE deleted_at IS NOT NULL;

      CREATE TABLE event_details (
        event_id uuid PRIMARY KEY REFERENCES events ON DELETE CASCADE,
        tenant_id uuid NOT NULL REFERENCES tenants,
        title text,
        description text,
        location text,
        organizer jsonb,
        attendees jsonb NOT NULL DEFAULT '[]',
        attendees_omitted boolean NOT NULL DEFAULT false,
        conference jsonb,
        reminders jsonb,
        rules text[] NOT NULL DEFAULT '{}',
        marker text,
        url text,
        color_id text,
        sequence integer NOT NULL DEFAULT 0,
        read_only_reason text,
        raw jsonb
      );

      CREATE TABLE occurrences (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        calendar_id uuid NOT NULL REFERENCES calendars ON DELETE CASCADE,
        event_id uuid NOT NULL REFERENCES events ON DELETE CASCADE,
        ical_uid text,
        original_key text NOT NULL,
        is_busy boolean NOT NULL,
        is_all_day boolean NOT NULL,
        start_at timestamptz NOT NULL,
        end_at timestamptz NOT NULL,
        start_date date,
        end_date date,
        UNIQUE (event_id, original_key)
      );
      CREATE INDEX occurrences_range ON occurrences (tenant_id, calendar_id, start_at, end_at);
      CREATE INDEX occurrences_listing ON occurrences (tenant_id, start_at, id);
      COMMENT ON COLUMN occurrences.start_at IS 'the instant; of an all-day occurrence the earliest moment its date begins anywhere, for range queries only';

      CREATE TABLE sync_runs (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        connection_id uuid NOT NULL REFERENCES connections ON DELETE CASCADE,
        calendar_id uuid REFERENCES calendars ON DELETE CASCADE,
        trigger text NOT NULL,
        mode text NOT NULL,
        state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'interrupted', 'held')),
        requested_by text,
        tags text[] NOT NULL DEFAULT '{}',
        pulled integer NOT NULL DEFAULT 0,
        created integer NOT NULL DEFAULT 0,
        updated integer NOT NULL DEFAULT 0,
        deleted integer NOT NULL DEFAULT 0,
        skipped integer NOT NULL DEFAULT 0,
        pushed integer NOT NULL DEFAULT 0,
        conflicts integer NOT NULL DEFAULT 0,
        set_aside integer NOT NULL DEFAULT 0,
        pages integer NOT NULL DEFAULT 0,
        provider_calls integer NOT NULL DEFAULT 0,
        provider_bytes bigint NOT NULL DEFAULT 0,
        cursor_before text,
        cursor_after text,
        error jsonb,
        queued_at timestamptz NOT NULL,
        started_at timestamptz,
        ended_at timestamptz
      );
      CREATE INDEX sync_runs_calendar ON sync_runs (tenant_id, calendar_id, queued_at DESC);
      CREATE INDEX sync_runs_connection ON sync_runs (tenant_id, connection_id, queued_at DESC);
      CREATE INDEX sync_runs_open ON sync_runs (tenant_id, calendar_id) WHERE state IN ('queued', 'running');

      CREATE TABLE set_asides (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        calendar_id uuid NOT NULL REFERENCES calendars ON DELETE CASCADE,
        run_id uuid,
        remote_id text NOT NULL,
        direction text NOT NULL CHECK (direction IN ('read', 'write')),
        remote_version text,
        reason text NOT NULL,
        sealed_answer bytea,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        UNIQUE (calendar_id, remote_id, direction)
      );
    `);
    for (const table of [
      'grants',
      'connections',
      'calendars',
      'calendar_dues',
      'events',
      'event_details',
      'occurrences',
      'sync_runs',
      'set_asides',
    ]) {
      await protectTenantTable(runner, table);
    }
    await runner.query(`
      GRANT SELECT ON connections, calendars, calendar_dues TO daymark_doors;
      GRANT SELECT (id, tenant_id, access_expires_at, next_try_at, key_id, provider, remote_account_id, sealed_tokens) ON grants TO daymark_doors;
      CREATE POLICY door ON connections FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door ON calendars FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door ON calendar_dues FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door ON grants FOR SELECT TO daymark_doors USING (true);
    `);
  }

  async down(): Promise<void> {
    throw new Error('the mirror cannot be taken back: restore a backup instead');
  }
}
