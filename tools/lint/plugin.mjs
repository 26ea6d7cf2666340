import { entityOwners } from './entity-owners.mjs';
import { featureIslands } from './feature-islands.mjs';
import { filePlace } from './file-place.mjs';
import { namedExports } from './named-exports.mjs';
import { noAmbient } from './no-ambient.mjs';
import { noDataSource } from './no-data-source.mjs';
import { noEnv } from './no-env.mjs';
import { noLintComments } from './no-lint-comments.mjs';
import { noProviderIds } from './no-provider-ids.mjs';

/** Our own ESLint rules; eslint.config.mjs says where each holds. */
export const daymark = {
  meta: { name: 'daymark' },
  rules: {
    'entity-owners': entityOwners,
    'feature-islands': featureIslands,
    'file-place': filePlace,
    'named-exports': namedExports,
    'no-ambient': noAmbient,
    'no-data-source': noDataSource,
    'no-env': noEnv,
    'no-lint-comments': noLintComments,
    'no-provider-ids': noProviderIds,
  },
};
