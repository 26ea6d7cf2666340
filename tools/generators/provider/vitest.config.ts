import { defineConfig } from 'vitest/config';
import { providerProject } from '../../../vitest.shared.ts';

export default defineConfig(providerProject('acme', import.meta.dirname));
