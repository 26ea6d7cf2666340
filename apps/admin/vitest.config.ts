import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ['@daymark/source', 'module', 'browser', 'development|production'] },
  test: {
    name: 'admin',
    root: import.meta.dirname,
    environment: 'happy-dom',
    include: ['src/**/*.spec.{ts,tsx}'],
    setupFiles: ['src/testing/setup.ts'],
    env: { TZ: 'UTC' },
    css: false,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
