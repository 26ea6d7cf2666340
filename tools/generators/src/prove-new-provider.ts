/**
 * What `npm run prove:new-provider` runs: begins a provider in a copy of the workspace by the commands of
 * docs/how-to/add-a-provider.md, makes the three edits that the generator names, and starts the api with it.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { copyWorkspace } from './copy-workspace.ts';
import { editsLeft, withEdit } from './edits-left.ts';
import { providerNames } from './provider-names.ts';

const root = join(import.meta.dirname, '../../..');
/** The provider of the page, and one whose id has two words. */
const ID = 'zimbra';
const OTHER = providerNames('night-owl', 'Night Owl Calendar');
const LONGEST_MS = 60_000;
const MOST_SHOWN = 40;

const folder = mkdtempSync(join(tmpdir(), 'daymark-new-provider-'));
const workspace = join(folder, 'workspace');
let failed = 0;

interface Run {
  readonly status: number | null;
  readonly output: string;
}

function run(command: string, env: Readonly<Record<string, string>> = {}): Run {
  const { status, stdout, stderr, error } = spawnSync('bash', ['-c', command], {
    cwd: workspace,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      PATH: `${join(workspace, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`,
      ...{ TZ: 'UTC', NX_TUI: 'false', NX_DAEMON: 'false', NO_COLOR: '1' },
      ...env,
    },
  });
  if (error) throw error;
  return { status, output: `${stdout}${stderr}` };
}

function holds(claim: string, { status, output }: Run, isRight: boolean): void {
  console.log(`${isRight ? '  ok  ' : ' FAIL '} ${claim.replaceAll('\n', '\n       ')}`);
  if (isRight) return;
  failed += 1;
  console.log([`exit ${status}`, ...output.trim().split('\n').slice(-MOST_SHOWN)].map((line) => `        ${line}`).join('\n'));
}

function succeeds(command: string, env: Readonly<Record<string, string>> = {}): void {
  const ran = run(command, env);
  holds(command, ran, ran.status === 0);
}

function prove(): void {
  const page = readFileSync(join(root, 'docs/how-to/add-a-provider.md'), 'utf8');
  const blocks = [...page.matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block.trim());
  const [begin, howFar, compile, install] = blocks;
  if (begin === undefined || howFar === undefined || compile === undefined || install === undefined || blocks.length > 4)
    throw new Error(`the page has ${blocks.length} blocks of commands, and four are proven here`);
  copyWorkspace(root, workspace);

  const before = performance.now();
  succeeds(begin);
  const conformance = run(howFar);
  const tookMs = performance.now() - before;
  const [, count] = new RegExp(`^${ID}: 0 passed, (\\d+) failed, 0 skipped$`, 'm').exec(conformance.output) ?? [];
  holds(`${howFar} (0 of ${count})`, conformance, conformance.status === 1 && Number(count) > 200);
  holds('…tells the reason once', conformance, conformance.output.split('there is no simulator of Zimbra yet').length === 2);
  holds(`from the command to a running conformance in ${(tookMs / 1000).toFixed(1)} s`, conformance, tookMs < LONGEST_MS);

  const again = run(begin);
  holds('a second time it refuses', again, again.status === 2 && again.output.includes(`'${ID}' is taken`));
  succeeds(`npm run new:provider -- ${OTHER.id} --name '${OTHER.name}'`);
  succeeds(compile);
  succeeds(`npx tsc --noEmit -p libs/providers/${OTHER.id} && npx vitest run --project provider-${OTHER.id}`);
  succeeds('npx vitest run --project checks tools/checks/src/packages.spec.ts tools/checks/src/projects.spec.ts');

  for (const names of [providerNames(ID), OTHER]) {
    for (const edit of editsLeft(names)) {
      const file = join(workspace, edit.file);
      writeFileSync(file, withEdit(readFileSync(file, 'utf8'), edit));
    }
  }
  copyFileSync(join(root, 'tools/generators/proof/new-provider.e2e-spec.ts'), join(workspace, 'apps/api/test/new-provider.e2e-spec.ts'));
  succeeds(install);
  succeeds('npx vitest run --project api apps/api/test/new-provider.e2e-spec.ts', { DAYMARK_PROVEN_PROVIDERS: `${ID} ${OTHER.id}` });
  const installed = run(`npx vitest run --project provider-${ID}`);
  holds(
    'once it is installed, npm test asks for its conformance',
    installed,
    installed.status === 1 && installed.output.includes('conformance.spec.ts'),
  );
}

try {
  prove();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failed === 0 ? 'A provider begins as the page says.' : `${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
