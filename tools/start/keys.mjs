/** What `npm run keys -- generate | rotate` runs; the keys in use are those of the environment, else those that the demo made. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { runKeys } = await import(new URL('../../apps/api/src/keys.ts', import.meta.url).href);

function keysOfTheDemo() {
  try {
    return JSON.parse(readFileSync(join(resolve(root, process.env.DAYMARK_DATA || '.daymark'), 'secrets.json'), 'utf8')).encryptionKeys;
  } catch {
    return undefined;
  }
}

process.exitCode = runKeys(process.argv.slice(2), { current: process.env.DAYMARK_ENCRYPTION_KEYS || keysOfTheDemo(), now: new Date() });
