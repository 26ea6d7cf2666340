export { findPostgres, startPostgres } from './server/start-postgres.ts';
export type { PostgresOptions, RunningPostgres } from './server/start-postgres.ts';
export { testDatabases } from './testing/test-databases.ts';
export type { TestDatabase, TestDatabases, TestDatabasesOptions } from './testing/test-databases.ts';
export { backupTo } from './backup/backup-to.ts';
export type { BackupSummary } from './backup/backup-to.ts';
export { BrokenBackup } from './backup/archive.ts';
export { requireWholeBackup, restoreFrom } from './backup/restore-from.ts';
export type { BackupOptions } from './backup/catalog.ts';
