import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findReasonToInstall } from '../../install.mjs';
import { chooseProviders, listProviders, summarize, summarizeMutants, summarizeStorms } from '../../run-conformance.mjs';
import { countResults } from '../../run-tests.mjs';
import { root } from './workspace.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'daymark-install-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const A = { version: '1.0.0', resolved: 'https://registry/a-1.0.0.tgz', integrity: 'sha512-a' };
const B = { version: '2.0.0', resolved: 'https://registry/b-2.0.0.tgz', integrity: 'sha512-b' };
const ELSEWHERE = { ...B, optional: true, os: ['plan9'], cpu: 'mips' };
const HERE = { ...B, optional: true, os: [process.platform], cpu: [process.arch] };

describe('the step before start and test', () => {
  it('does nothing when everything is installed, and knows it faster the next time', () => {
    write({ locked: { a: A, elsewhere: ELSEWHERE }, installed: { a: A } });
    expect(findReasonToInstall(folder)).toBeNull();
    expect(findReasonToInstall(folder)).toBeNull();
  });

  it.each([
    ['node_modules is missing', { locked: { a: A } }],
    ['the last install was not finished', { locked: { a: A }, files: ['node_modules/a/package.json'] }],
    ['node_modules/a is missing', { locked: { a: A }, installed: { a: A }, files: ['node_modules/other/x'] }],
    ['b was added since the last install', { locked: { a: A, b: B }, installed: { a: A } }],
    ['b was added since the last install', { locked: { a: A, b: HERE }, installed: { a: A } }],
    ['a changed since the last install', { locked: { a: { ...A, integrity: 'sha512-other' } }, installed: { a: A } }],
    ['packages were removed since the last install', { locked: { a: A }, installed: { a: A, b: B } }],
  ])('says that %s', (reason, state: State) => {
    write(state);
    expect(findReasonToInstall(folder)).toBe(reason);
  });

  it('notices a lockfile that changed after an install it had approved', () => {
    write({ locked: { a: A }, installed: { a: A } });
    expect(findReasonToInstall(folder)).toBeNull();
    write({ locked: { a: { ...A, version: '1.0.1' } } });
    expect(findReasonToInstall(folder)).toBe('a changed since the last install');
  });
});

describe('the counts of a test run', () => {
  it('name what did not run and count a file that could not be loaded as failed', () => {
    const test = (status: string, fullName: string) => ({ status, fullName });
    const counts = countResults({
      testResults: [
        {
          name: '/x/good.spec.ts',
          status: 'passed',
          assertionResults: [test('passed', 'a'), test('pending', 'b skipped'), test('todo', 'c later')],
        },
        { name: '/x/bad.spec.ts', status: 'failed', assertionResults: [test('failed', 'd'), test('passed', 'e')] },
        { name: '/x/broken.spec.ts', status: 'failed', assertionResults: [] },
      ],
    });
    expect(counts).toEqual({ passed: 2, failed: 2, brokenFiles: ['/x/broken.spec.ts'], notRun: ['b skipped', 'c later'] });
  });
});

describe('the report about conformance', () => {
  const test = (path: string[], title: string, status = 'passed') => ({ ancestorTitles: path, title, status });

  it('finds every project that is tagged as a provider', () => {
    expect(listProviders(root)).toContainEqual(
      expect.objectContaining({ name: 'google', spec: 'libs/providers/google/src/google.conformance.spec.ts' }),
    );
    expect(listProviders(root).map(({ name }) => name)).not.toContain('contract');
  });

  it('counts by group and names what failed and what was left out', () => {
    const skips = [{ group: 'notify', title: 'takes a comment', lacks: ['comment-on-cancel'] }];
    const tests = [
      test(['acme', 'paging'], 'reads every page'),
      test(['acme', 'paging'], 'goes on', 'failed'),
      test(['acme', 'cursor'], 'reads again'),
      { ...test([], 'acme leaves out'), meta: { conformanceSkips: skips } },
    ];
    expect(summarize('acme', { testResults: [{ assertionResults: tests }] })).toEqual({
      groups: [
        { group: 'paging', passed: 1, failed: 1 },
        { group: 'cursor', passed: 1, failed: 0 },
      ],
      passed: 2,
      failed: 1,
      failures: ['paging > goes on'],
      onlyReason: null,
      skips,
      problem: null,
    });
  });

  it('says once why nothing passed when it is the same for all', () => {
    const failed = (title: string, message: string) => ({ ...test(['acme', 'paging'], title, 'failed'), failureMessages: [message] });
    const all = [failed('reads', 'Error: there is no world\n    at a'), failed('goes on', 'Error: there is no world\n    at b')];
    const reasonOf = (assertionResults: object[]) => summarize('acme', { testResults: [{ assertionResults }] }).onlyReason;
    expect(reasonOf(all)).toBe('there is no world');
    expect(reasonOf([...all, failed('ends', 'Error: another')])).toBeNull();
    expect(reasonOf([...all, test(['acme', 'paging'], 'ends')])).toBeNull();
  });

  it('is about the providers that are named, or about all', () => {
    const [acme, other] = [{ name: 'acme' }, { name: 'other' }];
    expect(chooseProviders([acme, other], ['--mutants'])).toEqual({ providers: [acme, other], options: ['--mutants'], unknown: [] });
    expect(chooseProviders([acme, other], ['acme', 'acne'])).toEqual({ providers: [acme], options: [], unknown: ['acne'] });
  });

  it('does not take a spec that could not be loaded for one without failures', () => {
    expect(summarize('acme', { testResults: [{ message: 'no such module', assertionResults: [] }] }).problem).toBe('no such module');
    expect(summarize('acme', { testResults: [] }).problem).toBe('no case was run');
  });

  it('says of each storm what it left, and how many calls it touched', () => {
    const tests = [
      { ...test(['acme in the storm of seed 1', 'paging'], 'reads every page'), meta: { troubledCalls: 2 } },
      { ...test(['acme in the storm of seed 1', 'cursor'], 'reads again', 'skipped'), meta: {} },
      { ...test(['acme in the storm of seed 2', 'paging'], 'reads every page', 'failed'), meta: {} },
      test(['other in the storm of seed 3', 'paging'], 'reads every page'),
      test([], 'acme leaves out'),
    ];
    expect(summarizeStorms('acme', { testResults: [{ assertionResults: tests }] })).toEqual([
      { seed: '1', passed: 1, leftOut: 1, troubledCalls: 2, failures: [] },
      { seed: '2', passed: 0, leftOut: 0, troubledCalls: 0, failures: ['paging > reads every page'] },
    ]);
  });

  it('says of each planted mistake which cases noticed it', () => {
    const leftOut = [{ does: 'forgets a grant', lacks: ['revocation'] }];
    const tests = [
      test(['acme', 'paging'], 'reads every page'),
      test(['acme', 'cursor'], 'reads again'),
      { ...test(['acme drops pages', 'paging'], 'reads every page', 'failed'), meta: { begun: true } },
      test(['acme drops pages', 'cursor'], 'reads again', 'skipped'),
      test(['acme is late', 'cursor'], 'reads again'),
      { ...test([], 'acme leaves out'), meta: { mutantsLeftOut: leftOut } },
    ];
    expect(summarizeMutants('acme', { testResults: [{ assertionResults: tests }] })).toEqual({
      unsound: [],
      mutants: [
        { mutant: 'acme drops pages', caught: ['paging > reads every page'] },
        { mutant: 'acme is late', caught: [] },
      ],
      leftOut,
      problem: null,
    });
  });

  it('does not take for noticing a mistake that a case fails which fails without one', () => {
    const tests = [
      test(['acme', 'paging'], 'reads every page', 'failed'),
      test(['acme', 'cursor'], 'reads again'),
      { ...test(['acme drops pages', 'paging'], 'reads every page', 'failed'), meta: { begun: true } },
      // Its world could not be opened.
      test(['acme drops pages', 'cursor'], 'reads again', 'failed'),
    ];
    expect(summarizeMutants('acme', { testResults: [{ assertionResults: tests }] })).toMatchObject({
      unsound: ['paging > reads every page'],
      mutants: [{ mutant: 'acme drops pages', caught: [] }],
    });
    expect(summarizeMutants('acme', { testResults: [{ message: 'no such module', assertionResults: [] }] })).toMatchObject({
      mutants: [],
      problem: 'no such module',
    });
  });
});

interface State {
  readonly locked?: Record<string, object>;
  readonly installed?: Record<string, object>;
  readonly files?: readonly string[];
}

function write({ locked, installed, files }: State): void {
  const packages = (entries: Record<string, object>) => ({
    packages: Object.fromEntries(Object.entries(entries).map(([name, entry]) => [`node_modules/${name}`, entry])),
  });
  if (locked) writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...packages(locked).packages } }));
  for (const file of files ?? Object.keys(installed ?? {}).map((name) => `node_modules/${name}/package.json`)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '{}');
  }
  if (installed) writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify(packages(installed)));
}
