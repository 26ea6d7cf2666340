import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createDoor, dropDoor, type Door } from './door.ts';
import { inTurn } from './in-turn.ts';
import { protectTenantTable } from './tenant-table.ts';

/** Channels on which services tell of changes, and when somebody has to see to them. */
export class Channels1700000000009 implements MigrationInterface {
  readonly name = 'Channels1700000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE connections ADD COLUMN push text NOT NULL DEFAULT 'auto' CHECK (push IN ('auto', 'off'));

      CREATE TABLE channels (
        id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL REFERENCES tenants,
        calendar_id uuid NOT NULL REFERENCES calendars ON DELETE CASCADE,
        state text NOT NULL CHECK (state IN ('opening', 'open', 'ending')),
        secret_hash bytea NOT NULL,
        remote_id text,
        opened_at timestamptz NOT NULL,
        renew_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX channels_calendar ON channels (calendar_id);
      CREATE INDEX channels_tenant ON channels (tenant_id);
      COMMENT ON COLUMN channels.remote_id IS 'none while the service has not told it; without it the channel cannot be ended';
      COMMENT ON COLUMN channels.opened_at IS 'subscribed or renewed last';

      CREATE TABLE channel_dues (
        calendar_id uuid PRIMARY KEY REFERENCES calendars ON DELETE CASCADE,
        tenant_id uuid NOT NULL REFERENCES tenants,
        due_at timestamptz NOT NULL,
        is_wanted boolean NOT NULL,
        lease uuid,
        lease_until timestamptz,
        failure_count integer NOT NULL DEFAULT 0,
        last_error jsonb
      );
      CREATE INDEX channel_dues_due ON channel_dues (tenant_id, due_at);
      COMMENT ON COLUMN channel_dues.is_wanted IS 'what was wanted when it was seen to last';
    `);
    for (const table of ['channels', 'channel_dues']) await protectTenantTable(runner, table);
    await runner.query(`
      GRANT SELECT, UPDATE (remote_id, renew_at) ON channels TO daymark_doors;
      GRANT SELECT, UPDATE (due_at) ON channel_dues TO daymark_doors;
      GRANT INSERT, UPDATE ON calendar_dues TO daymark_doors;
      CREATE POLICY door ON channels FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door_told ON channels FOR UPDATE TO daymark_doors USING (true);
      CREATE POLICY door ON channel_dues FOR SELECT TO daymark_doors USING (true);
      CREATE POLICY door_told ON channel_dues FOR UPDATE TO daymark_doors USING (true);
      CREATE POLICY door_told ON calendar_dues FOR INSERT TO daymark_doors WITH CHECK (true);
      CREATE POLICY door_told_again ON calendar_dues FOR UPDATE TO daymark_doors USING (true);
    `);
    await dropDoor(runner, calendarsToPoll);
    for (const door of [calendarsToPoll, findChannels, takeNotices, channelsToTend, countChannels]) await createDoor(runner, door);
  }

  async down(): Promise<void> {
    throw new Error('the doors cannot be taken back: restore a backup instead');
  }
}

/**
 * A calendar with a live channel is looked at again after 230 s whatever the cadence: together with the spread of the
 * poll and the waits of the ticks that keeps a notice that was dropped from being missed for more than five minutes.
 */
const calendarsToPoll: Door = {
  signature: `door_calendars_to_poll(at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, calendar_id uuid)`,
  body: inTurn(`
    SELECT c.id, c.synced_at AS due FROM calendars c JOIN connections n ON n.id = c.connection_id
    WHERE c.tenant_id = t.id AND n.tenant_id = t.id AND n.status IN ('active', 'error') AND n.sync_enabled AND c.status = 'active' AND c.is_active
      AND (n.rate_limited_until IS NULL OR n.rate_limited_until <= at)
      AND (c.synced_at IS NULL OR c.synced_at <= at - make_interval(mins => n.cadence_minutes)
        OR (c.synced_at <= at - interval '230 seconds'
          AND EXISTS (SELECT FROM channels h WHERE h.calendar_id = c.id AND h.state = 'open' AND h.expires_at > at)))
      AND NOT EXISTS (SELECT FROM calendar_dues d WHERE d.calendar_id = c.id)`),
};

const findChannels: Door = {
  signature: `door_find_channels(ids uuid[]) RETURNS TABLE (id uuid, provider text, secret_hash bytea)`,
  body: `
    SELECT h.id, n.provider, h.secret_hash
    FROM channels h JOIN calendars c ON c.id = h.calendar_id JOIN connections n ON n.id = c.connection_id WHERE h.id = ANY (ids)`,
};

/**
 * Writes down what genuine notices say, all of them in one statement: which calendars to look at and which channels to
 * see to. The first notice of a calendar is due at once; one that comes while it is read, or within a second after,
 * waits for that second, so that a burst costs one run more. A calendar that waits after a failure is looked at half a
 * minute later at most. Rows are taken in the order of their keys, so that two of these never lock each other out.
 */
const takeNotices: Door = {
  signature: `door_take_notices(ids uuid[], words text[], remote_ids text[], at timestamptz) RETURNS TABLE (tenant_id uuid, calendar_id uuid, is_due boolean)`,
  body: `
    WITH told AS (
      SELECT w.id, bool_or(w.says <> 'lapsing') AS looks, bool_or(w.says IN ('lapsing', 'ended')) AS renews, max(w.remote_id) AS remote_id
      FROM unnest(ids, words, remote_ids) AS w (id, says, remote_id) GROUP BY w.id
    ), channel AS (
      SELECT h.id, h.calendar_id, h.tenant_id, told.looks, told.renews AND h.state = 'open' AS renews, told.remote_id
      FROM told JOIN channels h ON h.id = told.id
    ), marked AS (
      UPDATE channels h SET remote_id = coalesce(h.remote_id, c.remote_id),
        renew_at = CASE WHEN c.renews THEN least(h.renew_at, greatest(at, h.opened_at + interval '1 minute')) ELSE h.renew_at END
      FROM channel c WHERE h.id = c.id AND (c.renews OR (h.remote_id IS NULL AND c.remote_id IS NOT NULL))
      RETURNING h.calendar_id, CASE WHEN c.renews THEN h.renew_at ELSE at END AS tend_at
    ), tended AS (
      UPDATE channel_dues d SET due_at = least(d.due_at, m.tend_at)
      FROM (SELECT marked.calendar_id, min(marked.tend_at) AS tend_at FROM marked GROUP BY 1) m WHERE d.calendar_id = m.calendar_id
    ), due AS (
      INSERT INTO calendar_dues AS d (calendar_id, tenant_id, due_at, trigger)
      SELECT DISTINCT ON (c.calendar_id) c.calendar_id, c.tenant_id,
        CASE WHEN k.lease_until > at OR k.synced_at > at - interval '1 second' THEN at + interval '1 second' ELSE at END, 'notice'
      FROM channel c JOIN calendars k ON k.id = c.calendar_id JOIN connections n ON n.id = k.connection_id
      WHERE c.looks AND k.status = 'active' AND k.is_active AND n.status IN ('active', 'error') AND n.sync_enabled
      ORDER BY c.calendar_id
      ON CONFLICT (calendar_id) DO UPDATE SET
        due_at = least(d.due_at, CASE WHEN d.trigger = 'retry' AND excluded.due_at = at THEN at + interval '30 seconds' ELSE excluded.due_at END),
        trigger = CASE WHEN d.trigger = 'retry' AND excluded.due_at > at THEN 'notice' ELSE d.trigger END
      RETURNING d.calendar_id, d.tenant_id, d.due_at
    )
    SELECT due.tenant_id, due.calendar_id, due.due_at <= at FROM due`,
};

/**
 * Calendars whose channels somebody has to see to. `offered` names the providers whose notices can reach this
 * installation. What was never seen to and what is wanted no longer is due at once; an expired or revoked connection
 * is asked nothing.
 */
const channelsToTend: Door = {
  signature: `door_channels_to_tend(offered text[], at timestamptz, at_most integer) RETURNS TABLE (tenant_id uuid, calendar_id uuid)`,
  body: inTurn(`
    SELECT c.id, d.due_at AS due FROM calendars c JOIN connections n ON n.id = c.connection_id LEFT JOIN channel_dues d ON d.calendar_id = c.id
    WHERE c.tenant_id = t.id AND n.tenant_id = t.id AND n.status IN ('active', 'error', 'paused') AND (d.lease_until IS NULL OR d.lease_until <= at)
      AND (n.rate_limited_until IS NULL OR n.rate_limited_until <= at)
      AND CASE WHEN n.status <> 'paused' AND n.sync_enabled AND n.push = 'auto' AND n.provider = ANY (offered) AND c.status = 'active' AND c.is_active
        THEN d.calendar_id IS NULL OR NOT d.is_wanted OR d.due_at <= at
        ELSE d.is_wanted OR d.due_at <= at END`),
};

const countChannels: Door = {
  signature: `door_count_channels(at timestamptz) RETURNS TABLE (provider text, state text, count integer)`,
  body: `
    SELECT n.provider, CASE WHEN h.expires_at <= at THEN 'expired' ELSE h.state END, count(*)::integer
    FROM channels h JOIN calendars c ON c.id = h.calendar_id JOIN connections n ON n.id = c.connection_id GROUP BY 1, 2`,
};
