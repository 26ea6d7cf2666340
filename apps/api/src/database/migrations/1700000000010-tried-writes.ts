import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What lost calls may have written is kept until an outcome is known. Before, an event that an earlier try had
 * made was taken for what was wanted by then, so that a change between the two was lost.
 */
export class TriedWrites1700000000010 implements MigrationInterface {
  readonly name = 'TriedWrites1700000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE placements ADD COLUMN tried jsonb NOT NULL DEFAULT '[]';
      COMMENT ON COLUMN placements.tried IS 'what calls of unknown outcome may have written since agreed';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE placements DROP COLUMN tried`);
  }
}
