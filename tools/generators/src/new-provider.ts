/** What `npm run new:provider -- <id> [--name "…"] [--no-install]` runs: begins a calendar service, see docs/how-to/add-a-provider.md. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { beginProvider } from './begin-provider.ts';
import { editsLeft } from './edits-left.ts';
import { installOffline, linkByHand } from './link-provider.ts';
import { placesOf } from './provider-files.ts';
import { providerNames } from './provider-names.ts';
import type { ProviderNames } from './provider-names.ts';

const USAGE = 'Usage: npm run new:provider -- <id> [--name "<what people call it>"] [--no-install]';
const root = join(import.meta.dirname, '../../..');

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { name: { type: 'string' }, 'no-install': { type: 'boolean' } },
  });
  const [id] = positionals;
  if (id === undefined || positionals.length > 1) throw new Error('one id is needed, and no more');
  const names = providerNames(id, values.name);
  const written = await beginProvider(root, names);
  const isLeft = values['no-install'] === true ? 'it was not asked to' : installOffline(root);
  if (isLeft !== null) linkByHand(root, { id, folder: placesOf(names).folder });
  tell(names, { written, isLeft });
}

function tell(names: ProviderNames, { written, isLeft }: { readonly written: readonly string[]; readonly isLeft: string | null }): void {
  const { folder, settings } = placesOf(names);
  console.log(`${names.name} begins in ${folder}, with its settings in ${settings}: ${written.length} files that compile.`);
  console.log('It is linked, and apps/api/package.json depends on it.');
  if (isLeft !== null)
    console.log(`Run \`npm install\` before you commit: package-lock.json does not know it, since npm was not run or failed (${isLeft}).`);
  console.log(`\nHow far it is:\n  npm run conformance -- ${names.id}\n\nThree edits are left, when the product is to offer it:`);
  editsLeft(names).forEach(({ file, insertions }, index) => {
    console.log(`\n${index + 1}. ${file}`);
    for (const { place, line, text } of insertions)
      console.log(`   ${place} \`${line}\`\n${text.trimEnd().replaceAll(/^(?=.)/gm, '     ')}`);
  });
  console.log('\nHow to go on from there: docs/how-to/add-a-provider.md');
}

try {
  await main();
} catch (error) {
  console.error(`Nothing begins here: ${(error as Error).message}.\n${USAGE}`);
  process.exitCode = 2;
}
