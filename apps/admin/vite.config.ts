import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Workspace libraries only declare things at module level, so what is not used of them can go. */
const pureSources = /\/libs\/(domain|api-contract|client)\/src\//;

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  resolve: { conditions: ['@daymark/source', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2023',
    outDir: 'dist',
    emptyOutDir: true,
    /** The policy of the server allows files of the same origin only: no data: addresses, no inline scripts. */
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: { treeshake: { moduleSideEffects: (id) => !pureSources.test(id) } },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:4400', '/auth': 'http://127.0.0.1:4400', '/oauth': 'http://127.0.0.1:4400' } },
});
