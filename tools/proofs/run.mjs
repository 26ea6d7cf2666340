/** What `npm run prove` runs: builds the product, then proves with it, in processes of its own. */
import { spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function run(args) {
  const { status, error } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    // What is started shall run on this very Node, not on whatever the machine calls `node`.
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`, NX_TUI: 'false', TZ: 'UTC' },
  });
  if (error) throw error;
  return status ?? 1;
}

const built = run([join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js'), 'run', 'api:build', '--output-style=static']);
process.exitCode =
  built === 0
    ? run(['--enable-source-maps', '--conditions=@daymark/source', join(root, 'tools/proofs/src/main.ts'), ...process.argv.slice(2)])
    : built;
