import { defineConfig, mergeConfig } from 'vitest/config';
import { nodeProject } from '../../vitest.shared.ts';

/** The tests of the template and of the proof are run in the copy of the workspace that the proof makes. */
export default mergeConfig(
  nodeProject('generators', import.meta.dirname),
  defineConfig({ test: { exclude: ['provider/**', 'proof/**'] } }),
);
