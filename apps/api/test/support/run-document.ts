import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCS = join(import.meta.dirname, '../../../../docs');

/** The text of a page below docs/. */
export function readDocument(path: string): string {
  return readFileSync(join(DOCS, path), 'utf8');
}

/** The code blocks of one language on a page, in order. */
export function codeBlocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(([, code = '']) => code);
}

export interface DocumentRun {
  readonly exitCode: number | null;
  readonly output: string;
  /** What each block printed. */
  readonly steps: readonly string[];
  /** Variables of the shell as the last block left them. */
  readonly variables: Readonly<Record<string, string>>;
}

const STEP = '@@ step';
const VARIABLES = '@@ variables';

/** Runs the blocks one after the other in one shell that stops at the first command that fails. */
export function runInOneShell(
  blocks: readonly string[],
  { env, onOutput }: { readonly env: Readonly<Record<string, string>>; readonly onOutput?: (text: string) => void },
): Promise<DocumentRun> {
  const script = [
    'set -euo pipefail',
    ...blocks.map((block) => `echo '${STEP}'\n${block}`),
    `echo '${VARIABLES}'`,
    'unset BASH_EXECUTION_STRING; set -o posix; set',
  ].join('\n');
  const shell = spawn('bash', ['-c', script], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_PROXY: '127.0.0.1,localhost', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const take = (chunk: Buffer) => {
    output += chunk.toString();
    onOutput?.(chunk.toString());
  };
  shell.stdout.on('data', take);
  shell.stderr.on('data', take);
  return new Promise((resolve, reject) => {
    shell.once('error', reject);
    shell.once('close', (exitCode) => {
      const [told = '', set = ''] = output.split(`${VARIABLES}\n`);
      const steps = told
        .split(`${STEP}\n`)
        .slice(1)
        .map((step) => step.trimEnd());
      resolve({ exitCode, output: told, steps, variables: readVariables(set) });
    });
  });
}

function readVariables(set: string): Record<string, string> {
  return Object.fromEntries(
    [...set.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value.replaceAll(/^'|'$/g, '')]),
  );
}
