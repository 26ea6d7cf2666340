import { Secret } from '@daymark/domain';
import { testDatabases, type TestDatabase } from '@daymark/postgres';
import { migrate } from '../../src/database/migrate.ts';

const databases = testDatabases({ key: 'daymark api', migrate: (url) => migrate(new Secret(url)) });

/** A migrated database of its own, about 30 ms. */
export function freshDatabase(): Promise<TestDatabase> {
  return databases.cloneDatabase();
}
