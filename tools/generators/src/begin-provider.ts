import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { placesOf, providerFiles } from './provider-files.ts';
import type { ProviderNames } from './provider-names.ts';

const API_MANIFEST = 'apps/api/package.json';
/** The new dependency goes below this one. */
const NEIGHBOUR = /^( *)"@daymark\/provider-contract": "\*",\n/m;

/**
 * Writes the files of a provider and makes it a dependency of the api; gives the paths written.
 * @throws Error before anything is written, when the id is taken.
 */
export async function beginProvider(root: string, names: ProviderNames): Promise<readonly string[]> {
  const { folder, settings } = placesOf(names);
  const manifest = readFileSync(join(root, API_MANIFEST), 'utf8');
  const dependency = `"@daymark/provider-${names.id}"`;
  const taken = [folder, settings].filter((path) => existsSync(join(root, path)));
  if (manifest.includes(dependency)) taken.push(API_MANIFEST);
  if (taken.length > 0) throw new Error(`'${names.id}' is taken, see ${taken.join(' and ')}; nothing was written`);
  if (!NEIGHBOUR.test(manifest)) throw new Error(`${API_MANIFEST} does not depend on the contract; nothing was written`);

  const files = await providerFiles(names);
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { flag: 'wx' });
  }
  writeFileSync(
    join(root, API_MANIFEST),
    manifest.replace(NEIGHBOUR, (line, indent: string) => `${line}${indent}${dependency}: "*",\n`),
  );
  return files.map(({ path }) => path);
}
