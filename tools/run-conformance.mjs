/**
 * What `npm run conformance` runs: the conformance kit on every project that is tagged as a provider, with a table of what it
 * passed. With `--mutants` it runs on each of the mistakes that the kit plants into a provider: all of them have to be noticed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Projects below `libs/providers` with the tag `type:provider`, with their conformance specs, relative to the root. */
export function listProviders(root) {
  const folder = 'libs/providers';
  return readdirSync(join(root, folder))
    .filter((name) => existsSync(join(root, folder, name, 'package.json')))
    .map((name) => ({ name, nx: JSON.parse(readFileSync(join(root, folder, name, 'package.json'), 'utf8')).nx }))
    .filter(({ nx }) => nx?.tags?.includes('type:provider'))
    .map(({ name, nx }) => ({ name, project: nx.name, spec: `${folder}/${name}/src/${name}.conformance.spec.ts` }));
}

/** What a Vitest JSON report says about the provider as it is: counts by group, failures by name, cases that were left out. */
export function summarize(name, report) {
  const tests = testsOf(report);
  const groups = new Map();
  for (const test of tests.filter(({ ancestorTitles }) => ancestorTitles[0] === name)) {
    const group = test.ancestorTitles[1] ?? '';
    const counts = groups.get(group) ?? { passed: 0, failed: 0 };
    counts[test.status === 'passed' ? 'passed' : 'failed'] += 1;
    groups.set(group, counts);
  }
  const bad = tests.filter(({ status }) => status !== 'passed');
  return {
    groups: [...groups].map(([group, counts]) => ({ group, ...counts })),
    passed: [...groups.values()].reduce((sum, counts) => sum + counts.passed, 0),
    failed: bad.length,
    failures: bad.map(({ ancestorTitles, title }) => [...ancestorTitles.slice(1), title].join(' > ')),
    skips: tests.flatMap(({ meta }) => meta?.conformanceSkips ?? []),
    /** The spec could not be loaded, or found nothing to do. */
    problem: groups.size === 0 ? (report.testResults.map(({ message }) => message).find(Boolean) ?? 'no case was run') : null,
  };
}

/** Which cases noticed which planted mistake. */
export function summarizeMutants(name, report) {
  const mutants = new Map();
  for (const { ancestorTitles, title, status } of testsOf(report)) {
    if (!ancestorTitles[0]?.startsWith(`${name} `)) continue;
    const caught = mutants.get(ancestorTitles[0]) ?? [];
    if (status === 'failed') caught.push(title);
    mutants.set(ancestorTitles[0], caught);
  }
  return [...mutants].map(([mutant, caught]) => ({ mutant, caught }));
}

function testsOf(report) {
  return report.testResults.flatMap((file) => file.assertionResults);
}

/** @returns whether everything is as it has to be. */
function print(name, summary) {
  console.log(`\n${name}`);
  for (const { group, passed, failed } of summary.groups)
    console.log(`  ${group.padEnd(24)}${String(passed).padStart(4)} passed${failed === 0 ? '' : `, ${failed} failed`}`);
  for (const failure of summary.failures) console.log(`  failed: ${failure}`);
  for (const { group, title, lacks } of summary.skips)
    console.log(`  skipped, since it does not offer ${lacks.join(' and ')}: ${group} > ${title}`);
  if (summary.problem !== null) console.log(`  could not run: ${summary.problem}`);
  const failed = summary.failed + (summary.problem === null ? 0 : 1);
  console.log(`${name}: ${summary.passed} passed, ${failed} failed, ${summary.skips.length} skipped`);
  return failed === 0;
}

function printMutants(name, mutants) {
  console.log('');
  for (const { mutant, caught } of mutants) {
    console.log(
      caught.length === 0
        ? `NOT NOTICED: ${mutant}`
        : `${mutant}\n    noticed by ${caught.length}: ${caught.slice(0, 3).join(' | ')}${caught.length > 3 ? ' | …' : ''}`,
    );
  }
  const missed = mutants.filter(({ caught }) => caught.length === 0).length;
  console.log(`${name}: ${mutants.length - missed} of ${mutants.length} planted mistakes noticed`);
  return mutants.length > 0 && missed === 0;
}

function runSpec(root, { project, spec }, mode) {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-conformance-'));
  const report = join(folder, 'report.json');
  try {
    const { stderr } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        ...['run', '--project', project, spec, '--reporter=json', `--outputFile.json=${report}`],
        // A planted mistake may make a case wait for what never comes.
        ...(mode === 'mutants' ? ['--testTimeout=5000'] : []),
      ],
      { cwd: root, encoding: 'utf8', env: { ...process.env, TZ: 'UTC', NODE_ENV: 'test', DAYMARK_CONFORMANCE: mode } },
    );
    if (!existsSync(report)) return { testResults: [{ message: stderr.trim() || 'Vitest gave no report', assertionResults: [] }] };
    return JSON.parse(readFileSync(report, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function main(root, args) {
  const unknown = args.filter((argument) => argument !== '--mutants');
  if (unknown.length > 0) {
    console.error(`Unknown: ${unknown.join(' ')}\nUsage: npm run conformance [-- --mutants]`);
    return 2;
  }
  const withMutants = args.includes('--mutants');
  const outcomes = listProviders(root).map((provider) => {
    if (!existsSync(join(root, provider.spec))) {
      console.log(`${provider.name}: 0 passed, 1 failed, 0 skipped (there is no ${provider.spec})`);
      return false;
    }
    if (withMutants) console.log(`${provider.name}: the whole kit once for each planted mistake; this takes some minutes`);
    const report = runSpec(root, provider, withMutants ? 'mutants' : 'provider');
    return withMutants
      ? printMutants(provider.name, summarizeMutants(provider.name, report))
      : print(provider.name, summarize(provider.name, report));
  });
  return outcomes.length > 0 && outcomes.every(Boolean) ? 0 : 1;
}

if (process.argv[1] && pathToFileURL(resolve(process.argv[1])).href === import.meta.url) {
  process.exitCode = main(dirname(dirname(fileURLToPath(import.meta.url))), process.argv.slice(2));
}
