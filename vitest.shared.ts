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
