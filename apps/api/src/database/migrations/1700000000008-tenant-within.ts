import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A tenant is made by the transaction that names it, together with its first owner. Before, a door made it in
 * a transaction of its own, and a crash left a tenant that nobody could enter.
 */
export class TenantWithin1700000000008 implements MigrationInterface {
  readonly name = 'TenantWithin1700000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      GRANT INSERT ON tenants TO daymark_app;
      DROP FUNCTION door_create_tenant(uuid, text, text, jsonb, timestamptz);
      DROP POLICY door ON sequences;
      REVOKE INSERT ON sequences FROM daymark_doors;
      REVOKE INSERT ON tenants FROM daymark_doors;
    `);
  }

  async down(): Promise<void> {
    throw new Error('tenants made so cannot be told apart: restore a backup instead');
  }
}
