import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedDemo, seedMicrosoftDemo, startSandbox, type Sandbox } from '@daymark/sandbox';
import { trustSandboxCa } from '../src/config/sandbox-ca.ts';
import { FirstStart } from '../src/identity/first-start.ts';
import { passTime } from './support/google-world.ts';
import { codeBlocks, readDocument, runInOneShell, type DocumentRun } from './support/run-document.ts';
import { startTestApp, type TestApp } from './support/test-app.ts';

const REMINDER_WAIT_MS = 75_000;
const ROOT = join(import.meta.dirname, '../../..');

const PAGE = codeBlocks(readDocument('how-to/first-meeting.md'), 'bash');
/** Up to where Ada's calendars are known. */
const UNTIL_READ = PAGE.slice(0, PAGE.findIndex((block) => block.startsWith('until ')) + 1);
const trusted = tls.getCACertificates('default');

/** A demo as `npm start` makes it, of the size of one process. */
interface Demo {
  readonly sandbox: Sandbox;
  readonly test: TestApp;
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function startDemo(): Promise<Demo> {
  const sandbox = await startSandbox({ microsoftTls: true });
  trustSandboxCa(sandbox.caPem);
  seedDemo(sandbox.google, { nowMs: sandbox.clock.now() });
  seedMicrosoftDemo(sandbox.microsoft, { nowMs: sandbox.clock.now() });
  const test = await startTestApp({ sandbox, outlook: {}, configuration: { mode: 'demo' } });
  await test.get(FirstStart).run();
  const { dataDir } = test.configuration;
  await mkdir(join(dataDir, 'sandbox'));
  await writeFile(join(dataDir, 'sandbox', 'sandbox-ca.pem'), sandbox.caPem ?? '');
  return {
    sandbox,
    test,
    env: { DAYMARK_DATA: dataDir },
    async close() {
      await test.close();
      await sandbox.close();
      tls.setDefaultCACertificates(trusted);
    },
  };
}

/** All of the page, without the minute for which a reader waits. */
function readThrough({ test, env }: Demo, more: Readonly<Record<string, string>> = {}): Promise<DocumentRun> {
  let hasWaited = false;
  return runInOneShell(PAGE, {
    env: { ...env, ...more },
    onOutput: (text) => {
      if (hasWaited || !text.includes('Waiting for the reminder')) return;
      hasWaited = true;
      passTime(test, REMINDER_WAIT_MS);
    },
  });
}

const atGoogle = {
  said: {},
  account: 'ada@acme.example',
  name: 'Google Calendar',
  link: /^https:\/\/meet\.google\.com\//,
  // The copy of the meeting lists the guest.
  onCalendar: 'On the calendar: First meeting, guests: 1',
};
const atOutlook = {
  said: { PROVIDER: 'outlook', ACCOUNT: 'ada@acme-studio.example' },
  account: 'ada@acme-studio.example',
  name: 'Outlook and Microsoft 365',
  link: /^https:\/\/teams\.microsoft\.com\//,
  onCalendar: 'On the calendar: First meeting, guests: 0',
};

describe.each([atGoogle, atOutlook])('docs/how-to/first-meeting.md with $name', ({ said, account, name, link, onCalendar }) => {
  let demo: Demo;
  let run: DocumentRun;

  beforeAll(async () => {
    demo = await startDemo();
    run = await readThrough(demo, said);
  }, 120_000);

  afterAll(() => demo?.close());

  it('runs to its end, command by command', () => {
    expect(run.exitCode, run.output).toBe(0);
    expect(run.steps).toHaveLength(PAGE.length);
  });

  it('connects the calendar and waits until it was read', () => {
    expect(run.output).toContain(`${name}: ready`);
    expect(run.output).toContain(`${account} is active`);
    expect(run.output).toMatch(/connected, full: succeeded, [1-9]\d* new/);
  });

  it('books a free time, and the event is on the calendar with its link', () => {
    expect(run.variables['MEETING_ID']).toMatch(/^mtg_/);
    expect(run.output).toContain(`The first free time is ${run.variables['SLOT']}`);
    expect(run.variables['JOIN_URL']).toMatch(link);
    expect(run.output).toContain(onCalendar);
  });

  it('shows a confirmation and a reminder, both with the link to join, and no mail of the service', () => {
    const mails = demo.sandbox.mail.list({ to: 'you@customer.example' });
    for (const subject of ['Confirmed: First meeting', 'Reminder: First meeting']) {
      const found = mails.filter((mail) => mail.subject.startsWith(subject));
      expect(found).toHaveLength(1);
      expect(found[0]!.text).toContain(run.variables['JOIN_URL']);
    }
    expect([...demo.sandbox.google.mails(), ...demo.sandbox.microsoft.mails()]).toEqual([]);
  });

  it('cancels the meeting in the end', () => {
    expect(run.steps.at(-1)).toBe('cancelled');
  });
});

describe('with the calendar connected,', () => {
  let demo: Demo;
  let next: DocumentRun;

  beforeAll(async () => {
    demo = await startDemo();
    next = await runInOneShell([...UNTIL_READ, ...codeBlocks(readDocument('how-to/call-the-api.md'), 'bash')], { env: demo.env });
  }, 120_000);

  afterAll(() => demo?.close());

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
        'sam@customer.example: not-found',
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
          env: { ...process.env, API_URL: `${demo.test.baseUrl}/v1`, API_KEY: next.variables['API_KEY'] },
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
        block.replaceAll('.daymark/', `${demo.test.configuration.dataDir}/`).replaceAll('http://localhost:3000', demo.test.baseUrl);
      const booked = await runInOneShell(codeBlocks(readDocument('../README.md'), 'bash').map(here), { env: {} });
      expect(booked.exitCode, booked.output).toBe(0);
      expect(JSON.parse(booked.steps.at(-1) ?? '')).toMatchObject({ status: 'booked', title: 'First meeting' });
    });
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
