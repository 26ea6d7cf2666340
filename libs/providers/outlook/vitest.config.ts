import { defineConfig } from 'vitest/config';
import { providerProject } from '../../../vitest.shared.ts';

export default defineConfig(providerProject('outlook', import.meta.dirname));
