import { defineConfig } from 'vitest/config';

/** One run over all projects; each keeps its own vitest.config.ts. */
export default defineConfig({
  test: {
    projects: ['apps/*/vitest.config.ts', 'libs/*/vitest.config.ts', 'libs/providers/*/vitest.config.ts', 'tools/*/vitest.config.ts'],
  },
});
