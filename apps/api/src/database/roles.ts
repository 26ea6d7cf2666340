import type { ClientBase } from 'pg';

/**
 * Who may do what in PostgreSQL. One login owns the database and runs migrations; every connection of
 * the running product takes one of the lesser roles at start-up (`-c role=…`):
 *
 * - `daymark_app` reads and writes rows of one tenant at a time, bound by row-level security;
 * - `daymark_system` may call the doors and nothing else;
 * - `daymark_doors` owns the doors (SECURITY DEFINER functions) and is used by no connection.
 */
export const appRole = 'daymark_app';
export const systemRole = 'daymark_system';
export const doorsRole = 'daymark_doors';

/** From here on a membership can be held without inheriting what the role may do. */
const MEMBERSHIP_OPTIONS_SINCE = 160_000;

/**
 * Makes the roles where they are missing; they belong to the cluster, so several databases share them.
 * The login may become each of them, but does not have their rights by itself: without that the policies
 * of the doors would hold for it too.
 */
export async function createRoles(owner: ClientBase): Promise<void> {
  const { rows } = await owner.query<{ version: number }>(`SELECT current_setting('server_version_num')::integer AS version`);
  const options = rows[0]!.version >= MEMBERSHIP_OPTIONS_SINCE ? 'WITH INHERIT FALSE, SET TRUE' : '';
  for (const role of [appRole, systemRole, doorsRole]) {
    await owner.query(`DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN
        CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOBYPASSRLS;
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$`);
    await owner.query(`DO $$ BEGIN
      GRANT ${role} TO CURRENT_USER ${options};
    EXCEPTION WHEN unique_violation THEN NULL;
    END $$`);
  }
}
