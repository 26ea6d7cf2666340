import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDemo, startSandbox, type Sandbox } from '@daymark/sandbox';
import { FirstStart } from '../src/identity/first-start.ts';
import { passTime } from './support/google-world.ts';
import { codeBlocks, readDocument, runInOneShell, type DocumentRun } from './support/run-document.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const REMINDER_WAIT_MS = 75_000;
const ROOT = join(import.meta.dirname, '../../..');

let sandbox: Sandbox;
let test: TestApp;
let run: DocumentRun;
let next: DocumentRun;

beforeAll(async () => {
  sandbox = await startSandbox();
  seedDemo(sandbox.google, { nowMs: sandbox.clock.now() });
  test = await startTestApp({ sandbox, configuration: { mode: 'demo' } });
  await test.get(FirstStart).run();
  const first = codeBlocks(readDocument('how-to/first-meeting.md'), 'bash');
  let hasWaited = false;
  run = await runInOneShell(first, {
    env: { DAYMARK_DATA: test.configuration.dataDir },
    onOutput: (text) => {
      if (hasWaited || !text.includes('Waiting for the reminder')) return;
      hasWaited = true;
      // The minute for which a reader waits.
      passTime(test, REMINDER_WAIT_MS);
    },
  });
  next = await runInOneShell([...first.slice(0, 2), ...codeBlocks(readDocument('how-to/call-the-api.md'), 'bash')], {
    env: { DAYMARK_DATA: test.configuration.dataDir },
  });
}, 120_000);

afterAll(async () => {
  await test?.close();
  await sandbox?.close();
});

const mailsToGuest = () => sandbox.mail.list({ to: 'you@customer.example' });

describe('docs/how-to/first-meeting.md', () => {
  it('runs to its end, command by command', () => {
    expect(run.exitCode, run.output).toBe(0);
    expect(run.steps).toHaveLength(codeBlocks(readDocument('how-to/first-meeting.md'), 'bash').length);
  });

  it('connects the calendar and waits until it was read', () => {
    expect(run.output).toContain('Google Calendar: ready');
    expect(run.output).toContain('ada@acme.example is active');
    expect(run.output).toMatch(/connected, full: succeeded, [1-9]\d* new/);
  });

  it('books a free time, and the event is on the calendar with its Meet link', () => {
    expect(run.variables['MEETING_ID']).toMatch(/^mtg_/);
    expect(run.output).toContain(`The first free time is ${run.variables['SLOT']}`);
    expect(run.variables['JOIN_URL']).toMatch(/^https:\/\/meet\.google\.com\//);
    expect(run.output).toContain(`On the calendar with ${run.variables['JOIN_URL']}`);
  });

  it('shows a confirmation and a reminder, both with the link to join', () => {
    const [confirmation, reminder] = ['Confirmed: First meeting', 'Reminder: First meeting'].map((subject) =>
      mailsToGuest().filter((mail) => mail.subject.startsWith(subject)),
    );
    expect(confirmation).toHaveLength(1);
    expect(reminder).toHaveLength(1);
    for (const mail of [...confirmation!, ...reminder!]) expect(mail.text).toContain(run.variables['JOIN_URL']);
  });

  it('cancels the meeting in the end', () => {
    expect(run.steps.at(-1)).toBe('cancelled');
  });
});

describe('docs/how-to/call-the-api.md', () => {
  it('runs to its end, command by command', () => {
    expect(next.exitCode, next.output).toBe(0);
  });

  it('shows what it says', () => {
    for (const text of [
      'may availability:read, meetings:read, meetings:write, secret sk_test_',
      '404 not-found: Check the id',
      '422 validation-failed: /duration',
      'One meeting, asked for twice',
      'without: 428',
      'Call back about the offer',
      'meeting.cancelled',
      '(dry_run: true)',
      'with 2 of 2',
      'with 1 of 2',
      'Hosts: Ada Lindqvist, Leo Martens; claimed: 2; invited: 1',
      '2 other times',
      'sam@customer.example: freshness-unmet',
    ]) {
      expect(next.output).toContain(text);
    }
  });

  it('says on which day two people are busy, each of them', () => {
    for (const name of ['Ada Lindqvist', 'Leo Martens'])
      expect(next.output).toMatch(
        new RegExp(`${name} is busy on \\d{4}-\\d\\d-\\d\\d from \\d\\d:\\d\\d to \\d\\d:\\d\\d \\(Europe/Berlin\\)`),
      );
  });

  it('has a program that compiles and runs', async () => {
    const [code = ''] = codeBlocks(readDocument('how-to/call-the-api.md'), 'ts');
    expect(faultsOf(code)).toEqual([]);
    const ran = await promisify(execFile)(
      process.execPath,
      ['--conditions=@daymark/source', '--input-type=module-typescript', '--eval', code],
      {
        cwd: ROOT,
        env: { ...process.env, API_URL: `${test.baseUrl}/v1`, API_KEY: next.variables['API_KEY'] },
        timeout: 20_000,
      },
    );
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toContain('Booked: Demo');
    expect(ran.stdout).toMatch(/Taken, but there are [1-9]\d* other times/);
  });
});

describe('README.md', () => {
  it('has a command that books a meeting', async () => {
    const here = (block: string) =>
      block.replaceAll('.daymark/', `${test.configuration.dataDir}/`).replaceAll('http://localhost:3000', test.baseUrl);
    const booked = await runInOneShell(codeBlocks(readDocument('../README.md'), 'bash').map(here), { env: {} });
    expect(booked.exitCode, booked.output).toBe(0);
    expect(JSON.parse(booked.steps.at(-1) ?? '')).toMatchObject({ status: 'booked', title: 'First meeting' });
  });
});

/** What the compiler has against a program, as if it stood in this folder. */
function faultsOf(code: string): string[] {
  const file = join(import.meta.dirname, 'example.ts');
  const { config } = ts.readConfigFile(join(ROOT, 'apps/api/tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, join(ROOT, 'apps/api'));
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.getSourceFile = (path, version, ...rest) =>
    path === file ? ts.createSourceFile(path, code, version) : getSourceFile(path, version, ...rest);
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  return ts.getPreEmitDiagnostics(program, source).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
