import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setupLinkCreate } from '@daymark/api-contract';
import { isProblemCode } from '@daymark/domain';
import { seedDemo, startSandbox, type Sandbox } from '@daymark/sandbox';
import { FirstStart } from '../src/identity/first-start.ts';
import { codeBlocks, readDocument, runInOneShell, type DocumentRun } from './support/run-document.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const PAGE = readDocument('how-to/setup-links.md');

let sandbox: Sandbox;
let test: TestApp;
let run: DocumentRun;

beforeAll(async () => {
  sandbox = await startSandbox();
  seedDemo(sandbox.google, { nowMs: sandbox.clock.now() });
  test = await startTestApp({ sandbox, configuration: { mode: 'demo' } });
  await test.get(FirstStart).run();
  const shorthands = codeBlocks(readDocument('how-to/first-meeting.md'), 'bash').slice(0, 2);
  run = await runInOneShell([...shorthands, ...codeBlocks(PAGE, 'bash')], { env: { DAYMARK_DATA: test.configuration.dataDir } });
}, 120_000);

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

describe('docs/how-to/setup-links.md', () => {
  it('runs to its end, command by command, and shows what it says', () => {
    expect(run.exitCode, run.output).toBe(0);
    expect(run.steps.slice(2)).toEqual([
      expect.stringContaining('sam@globex.example: open until '),
      'sam@globex.example: pending',
      expect.stringMatching(/ asks Sam Whitlock:\n(.*\n)*To see when you and your colleagues are busy/),
      'connected',
      'sam@globex.example is active\nThe link is used\n410 setup-link-ended',
      'Taken back: revoked',
    ]);
  });

  it('tells the defaults that hold, and problems that exist', () => {
    const { expires_in_hours, send_mail } = setupLinkCreate.parse({ email: 'sam@globex.example' });
    expect(PAGE).toMatch(new RegExp(`^\\| \`expires_in_hours\` .*\\| ${expires_in_hours},`, 'm'));
    expect(PAGE).toMatch(new RegExp(`^\\| \`send_mail\` .*\\| \`${send_mail}\` \\|$`, 'm'));
    const codes = [...PAGE.matchAll(/^\| `([a-z]+(?:-[a-z]+)+)` \|/gm)].map(([, code = '']) => code);
    expect(codes.length).toBeGreaterThan(4);
    expect(codes.filter((code) => !isProblemCode(code))).toEqual([]);
  });
});
