import type { QueryRunner } from 'typeorm';

/**
 * Puts a table with a `tenant_id` behind row-level security, forced, so that even its owner sees only
 * the tenant that the transaction named. Without a tenant there is no row.
 */
export async function protectTenantTable(runner: QueryRunner, table: string): Promise<void> {
  await runner.query(`
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_tenant ON ${table} TO daymark_app
      USING (tenant_id = nullif(current_setting('daymark.tenant_id', true), '')::uuid)
      WITH CHECK (tenant_id = nullif(current_setting('daymark.tenant_id', true), '')::uuid);
    GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO daymark_app;
  `);
}
