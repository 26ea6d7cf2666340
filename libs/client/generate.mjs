// Writes openapi.json and src/generated from the schemas of @daymark/api-contract: `npm run generate`.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument, operations } from '@daymark/api-contract';
import { createClient } from '@hey-api/openapi-ts';

const here = import.meta.dirname;
const { version } = JSON.parse(readFileSync(join(here, '../../package.json'), 'utf8'));
const documentPath = join(here, 'openapi.json');
const generated = join(here, 'src/generated');

writeFileSync(documentPath, `${JSON.stringify(openApiDocument({ serverUrl: '/', version }), null, 1)}\n`);

await createClient({
  input: documentPath,
  output: { path: generated, module: { extension: '.ts' } },
  logs: { level: 'warn', path: null },
  plugins: [
    { name: '@hey-api/client-fetch', throwOnError: true, baseUrl: false },
    { name: '@hey-api/sdk', operations: { strategy: 'single', containerName: 'DaymarkApi' }, responseStyle: 'data', auth: false, client: false },
    { name: '@hey-api/typescript' },
  ],
});

const idempotent = Object.values(operations)
  .filter((one) => one.isIdempotent)
  .map((one) => `${one.method.toUpperCase()} ${one.path}`);

writeFileSync(
  join(generated, 'idempotent-operations.gen.ts'),
  `// Made by generate.mjs

/** Operations that take an Idempotency-Key. */
export const idempotentOperations: readonly string[] = ${JSON.stringify(idempotent, null, 2).replaceAll('"', "'")};
`,
);
