import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './tenant-table.ts';

/** Resources, schedules, meetings, claims, placements, mails and reminders. */
export class Meetings1700000000004 implements MigrationInterface {
  readonly name = 'Meetings1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE resources (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        kind text NOT NULL CHECK (kind IN ('person', 'room', 'mailbox')),
        user_id uuid UNIQUE REFERENCES users ON DELETE CASCADE,
        name text NOT NULL,
        address text,
        zone text NOT NULL DEFAULT 'UTC',
        created_at timestamptz NOT NULL,
        CHECK ((kind = 'person') = (user_id IS NOT NULL))
      );
      CREATE UNIQUE INDEX resources_address ON resources (tenant_id, kind, lower(address)) WHERE address IS NOT NULL AND kind <> 'person';

      CREATE TABLE schedules (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        user_id uuid REFERENCES users ON DELETE CASCADE,
        name text NOT NULL,
        zone text NOT NULL,
        weekly_hours jsonb NOT NULL,
        overrides jsonb NOT NULL DEFAULT '[]',
        is_default boolean NOT NULL DEFAULT false,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
      );
      CREATE UNIQUE INDEX schedules_default ON schedules (user_id) WHERE is_default;

      CREATE TABLE scheduling_profiles (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        user_id uuid REFERENCES users ON DELETE CASCADE,
        schedule_id uuid REFERENCES schedules,
        name text NOT NULL,
        settings jsonb NOT NULL,
        is_default boolean NOT NULL DEFAULT false,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
      );
      CREATE UNIQUE INDEX scheduling_profiles_default ON scheduling_profiles (user_id) WHERE is_default;

      CREATE TABLE meetings (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        organizer_user_id uuid REFERENCES users ON DELETE SET NULL,
        scheduling_profile_id uuid REFERENCES scheduling_profiles ON DELETE SET NULL,
        title text NOT NULL,
        description text,
        location text,
        status text NOT NULL CHECK (status IN ('held', 'pending', 'booked', 'cancelled', 'declined', 'expired')),
        start_at timestamptz NOT NULL,
        end_at timestamptz NOT NULL CHECK (end_at > start_at),
        zone text NOT NULL,
        start_wall text NOT NULL,
        before_ms integer NOT NULL DEFAULT 0,
        after_ms integer NOT NULL DEFAULT 0,
        sequence integer NOT NULL DEFAULT 0,
        conference jsonb,
        external_ref jsonb,
        reminder_minutes integer[] NOT NULL DEFAULT '{}',
        preparation jsonb NOT NULL DEFAULT '[]',
        notify text NOT NULL DEFAULT 'none',
        moved jsonb,
        cancel_comment text,
        cancelled_at timestamptz,
        expires_at timestamptz,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL
      );
      CREATE INDEX meetings_time ON meetings (tenant_id, start_at, id);
      CREATE INDEX meetings_external ON meetings (tenant_id, (external_ref ->> 'type'), (external_ref ->> 'id')) WHERE external_ref IS NOT NULL;

      CREATE TABLE attendees (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        meeting_id uuid NOT NULL REFERENCES meetings ON DELETE CASCADE,
        user_id uuid REFERENCES users ON DELETE SET NULL,
        email text NOT NULL,
        name text,
        zone text,
        locale text,
        kind text NOT NULL CHECK (kind IN ('host', 'guest')),
        is_optional boolean NOT NULL DEFAULT false,
        response text NOT NULL DEFAULT 'needs-action'
      );
      CREATE UNIQUE INDEX attendees_email ON attendees (meeting_id, lower(email));

      CREATE TABLE claims (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        resource_id uuid NOT NULL REFERENCES resources ON DELETE CASCADE,
        seat smallint NOT NULL DEFAULT 0,
        meeting_id uuid NOT NULL,
        blocking boolean NOT NULL DEFAULT true,
        start_at timestamptz NOT NULL,
        end_at timestamptz NOT NULL,
        before_ms integer NOT NULL,
        after_ms integer NOT NULL,
        expires_at timestamptz,
        with_before tstzrange NOT NULL,
        with_after tstzrange NOT NULL,
        CONSTRAINT claims_before_overlap EXCLUDE USING gist (tenant_id WITH =, resource_id WITH =, seat WITH =, with_before WITH &&) WHERE (blocking),
        CONSTRAINT claims_after_overlap EXCLUDE USING gist (tenant_id WITH =, resource_id WITH =, seat WITH =, with_after WITH &&) WHERE (blocking)
      );
      CREATE INDEX claims_resource ON claims (tenant_id, resource_id, start_at, end_at);
      CREATE INDEX claims_meeting ON claims (meeting_id);

      CREATE TABLE placements (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        thing_kind text NOT NULL CHECK (thing_kind IN ('meeting', 'event')),
        thing_id uuid NOT NULL,
        calendar_id uuid NOT NULL REFERENCES calendars ON DELETE CASCADE,
        role text NOT NULL CHECK (role IN ('organizer', 'copy')),
        marker text NOT NULL UNIQUE,
        remote_id text,
        ical_uid text,
        remote_version text,
        wanted jsonb NOT NULL,
        agreed jsonb,
        desired text NOT NULL DEFAULT 'present' CHECK (desired IN ('present', 'absent')),
        wanted_version integer NOT NULL DEFAULT 1,
        written_version integer NOT NULL DEFAULT 0,
        state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'written', 'waiting', 'failed', 'removed')),
        notify text NOT NULL DEFAULT 'none',
        comment text,
        conference_state text CHECK (conference_state IN ('pending', 'ready', 'failed')),
        conference_polls integer NOT NULL DEFAULT 0,
        attempts integer NOT NULL DEFAULT 0,
        lease uuid,
        lease_until timestamptz,
        next_try_at timestamptz,
        last_error jsonb,
        written_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        UNIQUE (thing_id, calendar_id)
      );
      CREATE INDEX placements_due ON placements (next_try_at) WHERE next_try_at IS NOT NULL;
      CREATE INDEX placements_stopped ON placements (calendar_id) WHERE state IN ('waiting', 'failed');
      CREATE INDEX placements_uid ON placements (tenant_id, ical_uid) WHERE ical_uid IS NOT NULL;
      CREATE INDEX placements_remote ON placements (calendar_id, remote_id) WHERE remote_id IS NOT NULL;

      CREATE TABLE mails (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        meeting_id uuid REFERENCES meetings ON DELETE CASCADE,
        user_id uuid REFERENCES users ON DELETE CASCADE,
        kind text NOT NULL,
        sequence integer NOT NULL DEFAULT 0,
        recipient text NOT NULL,
        message_id text NOT NULL UNIQUE,
        details jsonb NOT NULL DEFAULT '{}',
        state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sending', 'sent', 'failed', 'void')),
        attempts integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL,
        wait_until timestamptz,
        lease_until timestamptz,
        sent_at timestamptz,
        error text,
        created_at timestamptz NOT NULL
      );
      CREATE INDEX mails_due ON mails (due_at) WHERE state IN ('due', 'sending');
      CREATE INDEX mails_meeting ON mails (tenant_id, meeting_id);
      CREATE INDEX mails_troubled ON mails (tenant_id, due_at) WHERE state IN ('sending', 'failed');

      CREATE TABLE reminders (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        meeting_id uuid NOT NULL REFERENCES meetings ON DELETE CASCADE,
        sequence integer NOT NULL,
        recipient text NOT NULL,
        channel text NOT NULL,
        lead_minutes integer NOT NULL,
        due_at timestamptz NOT NULL,
        state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sending', 'sent', 'void', 'skipped', 'failed')),
        reason text,
        message_id text NOT NULL UNIQUE,
        attempts integer NOT NULL DEFAULT 0,
        lease_until timestamptz,
        sent_at timestamptz,
        error text,
        created_at timestamptz NOT NULL,
        UNIQUE (meeting_id, sequence, recipient, channel, lead_minutes)
      );
      CREATE INDEX reminders_due ON reminders (due_at) WHERE state IN ('due', 'sending');
      CREATE INDEX reminders_troubled ON reminders (tenant_id, due_at) WHERE state IN ('sending', 'failed');

      CREATE TABLE conflicts (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        kind text NOT NULL CHECK (kind IN ('time', 'edit')),
        meeting_id uuid NOT NULL REFERENCES meetings ON DELETE CASCADE,
        event_id uuid REFERENCES events ON DELETE CASCADE,
        details jsonb NOT NULL DEFAULT '{}',
        detected_at timestamptz NOT NULL,
        settled_at timestamptz,
        settled_by text
      );
      CREATE UNIQUE INDEX conflicts_open ON conflicts (meeting_id, event_id) WHERE settled_at IS NULL;
    `);
    for (const table of [
      'resources',
      'schedules',
      'scheduling_profiles',
      'meetings',
      'attendees',
      'claims',
      'placements',
      'mails',
      'reminders',
      'conflicts',
    ]) {
      await protectTenantTable(runner, table);
    }
    await runner.query(`
      GRANT SELECT ON placements, mails, reminders, meetings TO daymark_doors;
      CREATE POLICY door ON placements FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door ON mails FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door ON reminders FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door ON meetings FOR SELECT TO daymark_doors USING (true);
    `);
  }

  async down(): Promise<void> {
    throw new Error('meetings cannot be taken back: restore a backup instead');
  }
}
