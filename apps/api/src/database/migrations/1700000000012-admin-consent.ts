import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A state of its own for the address at which an administrator approves the app: it leads back and authorises nothing. */
export class AdminConsent1700000000012 implements MigrationInterface {
  readonly name = 'AdminConsent1700000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE oauth_states DROP CONSTRAINT oauth_states_purpose_check;
      ALTER TABLE oauth_states ADD CONSTRAINT oauth_states_purpose_check
        CHECK (purpose IN ('connect', 'reauthorize', 'sign-in', 'admin-consent'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM oauth_states WHERE purpose = 'admin-consent';
      ALTER TABLE oauth_states DROP CONSTRAINT oauth_states_purpose_check;
      ALTER TABLE oauth_states ADD CONSTRAINT oauth_states_purpose_check CHECK (purpose IN ('connect', 'reauthorize', 'sign-in'));
    `);
  }
}
