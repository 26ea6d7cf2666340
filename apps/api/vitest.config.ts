import { defineConfig, mergeConfig } from 'vitest/config';
import { nodeProject } from '../../vitest.shared.ts';

export default mergeConfig(
  nodeProject('api', import.meta.dirname),
  defineConfig({ test: { globalSetup: ['../../tools/postgres/src/testing/vitest-cluster.ts'], setupFiles: ['reflect-metadata'] } }),
);
