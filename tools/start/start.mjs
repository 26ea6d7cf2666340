import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** What `npm start` runs: builds what changed, then the database, the sandbox (in demo mode) and the product. */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `Daymark needs Node 22.19 or newer; this is ${process.version}.\nFix: run \`npm start\`, which uses the Node of this workspace, or install a newer one.`,
  );
  process.exit(1);
}

// What the type stripper makes of the sources is kept: from the second start on it need not be loaded at all.
enableCompileCache(fileURLToPath(new URL('../../.nx/node-compile-cache', import.meta.url)));
const { start } = await import('./src/start-daymark.ts');
await start();
