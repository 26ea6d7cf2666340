import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { inWordsOf } from './provider-names.ts';
import type { ProviderNames } from './provider-names.ts';

export interface GeneratedFile {
  /** Relative to the root of the workspace, with slashes. */
  readonly path: string;
  readonly text: string;
}

const TEMPLATES = join(import.meta.dirname, '..');

/** Where the files of a provider are; `settings` is the section of the configuration. */
export function placesOf({ id }: Pick<ProviderNames, 'id'>): { readonly folder: string; readonly settings: string } {
  return { folder: `libs/providers/${id}`, settings: `apps/api/src/config/${id}.config.ts` };
}

/** The folder of a provider and its section of the configuration, as they are written. */
export async function providerFiles(names: ProviderNames): Promise<readonly GeneratedFile[]> {
  const { folder, settings } = placesOf(names);
  const paths = globSync('**/*', { cwd: join(TEMPLATES, 'provider'), withFileTypes: true, exclude: ['**/node_modules', '**/dist'] })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(TEMPLATES, 'provider').length + 1))
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted();
  return Promise.all([
    ...paths.map((path) => fileOf(names, { template: `provider/${path}`, path: `${folder}/${inWordsOf(names, path)}` })),
    fileOf(names, { template: 'settings/acme.config.ts', path: settings }),
  ]);
}

/** Names have other lengths than the template's, so lines are broken anew. */
async function fileOf(
  names: ProviderNames,
  { template, path }: { readonly template: string; readonly path: string },
): Promise<GeneratedFile> {
  const source = join(TEMPLATES, template);
  const text = inWordsOf(names, readFileSync(source, 'utf8'));
  if (!path.endsWith('.ts')) return { path, text };
  return { path, text: await format(text, { ...(await resolveConfig(source)), parser: 'typescript' }) };
}
