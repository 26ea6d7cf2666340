import { defineConfig, mergeConfig } from 'vitest/config';
import { nodeProject } from '../../vitest.shared.ts';

export default mergeConfig(
  nodeProject('postgres', import.meta.dirname),
  defineConfig({ test: { globalSetup: ['./src/testing/vitest-cluster.ts'] } }),
);
