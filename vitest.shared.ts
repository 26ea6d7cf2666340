import { readFileSync } from 'node:fs';
import type { ViteUserConfig } from 'vitest/config';

/**
 * What the tests of every project that runs in Node have in common: sources instead of builds (the
 * `@daymark/source` condition), a fixed zone, and no network beyond loopback.
 */
export function nodeProject(name: string, root: string): ViteUserConfig {
  return {
    root,
    resolve: { conditions: ['@daymark/source'] },
    ssr: { resolve: { conditions: ['@daymark/source', 'node'] } },
    test: {
      name,
      root,
      include: ['**/*.spec.ts', '**/*.e2e-spec.ts'],
      exclude: ['**/node_modules/**', '**/dist/**'],
      env: { TZ: 'UTC' },
      testTimeout: 30_000,
      hookTimeout: 60_000,
    },
  };
}

/**
 * A calendar service. Its conformance spec is part of `npm test` as soon as `app.module.ts` installs it; until then only
 * `npm run conformance`, which sets `DAYMARK_CONFORMANCE`, runs it and says how far it is.
 */
export function providerProject(id: string, root: string): ViteUserConfig {
  const project = nodeProject(`provider-${id}`, root);
  if (isInstalled(id) || process.env['DAYMARK_CONFORMANCE'] !== undefined) return project;
  return { ...project, test: { ...project.test, exclude: [...(project.test?.exclude ?? []), '**/*.conformance.spec.ts'] } };
}

function isInstalled(id: string): boolean {
  return readFileSync(new URL('apps/api/src/app.module.ts', import.meta.url), 'utf8').includes(`'@daymark/provider-${id}'`);
}
