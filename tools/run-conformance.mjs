/**
 * What `npm run conformance` runs: the conformance kit on every project that is tagged as a provider, with a table of what it
 * passed; with names of providers on these only. With `--mutants` it runs on each of the mistakes that the kit plants into a provider, up to the first case that notices
 * it: all of them have to be noticed. `--mutants=<words>` names some of them by words of their sentence, and runs every case on these.
 * With `--storm` or `--storm=<seed>,<seed>` it runs in bad weather, through the treatment that the host gives to errors.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Storms that are always the same, unless others are named. */
const STORM_SEEDS = ['1', '2', '3'];

/** Projects below `libs/providers` with the tag `type:provider`, with their conformance specs, relative to the root. */
export function listProviders(root) {
  const folder = 'libs/providers';
  return readdirSync(join(root, folder))
    .filter((name) => existsSync(join(root, folder, name, 'package.json')))
    .map((name) => ({ name, nx: JSON.parse(readFileSync(join(root, folder, name, 'package.json'), 'utf8')).nx }))
    .filter(({ nx }) => nx?.tags?.includes('type:provider'))
    .map(({ name, nx }) => ({ name, project: nx.name, spec: `${folder}/${name}/src/${name}.conformance.spec.ts` }));
}

/** Takes names of providers out of the arguments; without any, all are meant. */
export function chooseProviders(providers, args) {
  const names = args.filter((argument) => !argument.startsWith('-'));
  return {
    providers: names.length === 0 ? providers : providers.filter(({ name }) => names.includes(name)),
    options: args.filter((argument) => argument.startsWith('-')),
    unknown: names.filter((name) => !providers.some((provider) => provider.name === name)),
  };
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
    failures: bad.map(caseOf),
    onlyReason: onlyReasonOf(tests),
    skips: tests.flatMap(({ meta }) => meta?.conformanceSkips ?? []),
    problem: problemOf(report, { isEmpty: groups.size === 0 }),
  };
}

/** The message with which all tests failed; null when one of them passed, or failed for another reason. */
function onlyReasonOf(tests) {
  const reasons = new Set(tests.map(({ failureMessages }) => failureMessages?.[0]?.split('\n')[0].replace(/^Error: /, '')));
  return tests.length > 1 && reasons.size === 1 ? ([...reasons][0] ?? null) : null;
}

/**
 * Which cases noticed which planted mistake, of the cases that the provider passes without one and that were begun. `unsound` names those that it
 * fails by itself: then nothing was planted. `leftOut` names the mistakes that would be none in this provider.
 */
export function summarizeMutants(name, report) {
  const tests = testsOf(report);
  const untouched = tests.filter(({ ancestorTitles }) => ancestorTitles[0] === name);
  const sound = new Set(untouched.filter(({ status }) => status === 'passed').map(caseOf));
  const mutants = new Map();
  for (const test of tests) {
    const [mutant] = test.ancestorTitles;
    if (!mutant?.startsWith(`${name} `)) continue;
    const caught = mutants.get(mutant) ?? [];
    if (test.status === 'failed' && test.meta?.begun && sound.has(caseOf(test))) caught.push(caseOf(test));
    mutants.set(mutant, caught);
  }
  return {
    unsound: untouched.filter(({ status }) => status !== 'passed').map(caseOf),
    mutants: [...mutants].map(([mutant, caught]) => ({ mutant, caught })),
    leftOut: tests.flatMap(({ meta }) => meta?.mutantsLeftOut ?? []),
    problem: problemOf(report, { isEmpty: untouched.length === 0 }),
  };
}

/** What each storm left of the provider. Cases with weather of their own are left out; a storm that touches no call proves nothing. */
export function summarizeStorms(name, report) {
  const storms = new Map();
  for (const { ancestorTitles, title, status, meta } of testsOf(report)) {
    const [, seed] = ancestorTitles[0]?.match(/^(?:\S+) in the storm of seed (\S+)$/) ?? [];
    if (seed === undefined || !ancestorTitles[0].startsWith(`${name} `)) continue;
    const storm = storms.get(seed) ?? { seed, passed: 0, leftOut: 0, troubledCalls: 0, failures: [] };
    storms.set(seed, storm);
    if (status === 'passed') storm.passed += 1;
    else if (status === 'failed') storm.failures.push([...ancestorTitles.slice(1), title].join(' > '));
    else storm.leftOut += 1;
    storm.troubledCalls += meta?.troubledCalls ?? 0;
  }
  return [...storms.values()];
}

function testsOf(report) {
  return report.testResults.flatMap((file) => file.assertionResults);
}

function caseOf({ ancestorTitles, title }) {
  return [...ancestorTitles.slice(1), title].join(' > ');
}

/** The spec could not be loaded, or found nothing to do. */
function problemOf(report, { isEmpty }) {
  return isEmpty ? (report.testResults.map(({ message }) => message).find(Boolean) ?? 'no case was run') : null;
}

/** @returns whether everything is as it has to be. */
function print(name, summary) {
  console.log(`\n${name}`);
  for (const { group, passed, failed } of summary.groups)
    console.log(`  ${group.padEnd(24)}${String(passed).padStart(4)} passed${failed === 0 ? '' : `, ${failed} failed`}`);
  if (summary.onlyReason !== null) console.log(`  all failed for one reason: ${summary.onlyReason}`);
  else for (const failure of summary.failures) console.log(`  failed: ${failure}`);
  for (const { group, title, lacks } of summary.skips)
    console.log(`  skipped, since it does not offer ${lacks.join(' and ')}: ${group} > ${title}`);
  if (summary.problem !== null) console.log(`  could not run: ${summary.problem}`);
  const failed = summary.failed + (summary.problem === null ? 0 : 1);
  console.log(`${name}: ${summary.passed} passed, ${failed} failed, ${summary.skips.length} skipped`);
  return failed === 0;
}

function printMutants(name, { unsound, mutants, leftOut, problem }) {
  console.log('');
  if (problem !== null) console.log(`  could not run: ${problem}`);
  for (const failure of unsound) console.log(`  failed: ${failure}`);
  if (problem !== null || unsound.length > 0) {
    console.log(`${name}: no mistake was planted, since ${problem === null ? 'it fails without one' : 'nothing was run'}`);
    return false;
  }
  for (const { mutant, caught } of mutants) {
    console.log(
      caught.length === 0
        ? `NOT NOTICED: ${mutant}`
        : `${mutant}\n    noticed by${caught.length === 1 ? '' : ` ${caught.length}`}: ${caught.join(' | ')}`,
    );
  }
  for (const { does, lacks } of leftOut) console.log(`not planted, since it lacks ${lacks.join(' and ')}: ${name} ${does}`);
  const missed = mutants.filter(({ caught }) => caught.length === 0).length;
  console.log(`${name}: ${mutants.length - missed} of ${mutants.length} planted mistakes noticed`);
  return mutants.length > 0 && missed === 0;
}

function printStorms(name, storms) {
  console.log('');
  for (const { seed, passed, leftOut, troubledCalls, failures } of storms) {
    for (const failure of failures) console.log(`  failed: ${failure}`);
    console.log(
      `${name}, seed ${seed}: ${passed} passed, ${failures.length} failed, ${leftOut} left out for weather of their own; ` +
        `${troubledCalls} calls met with trouble`,
    );
  }
  return (
    storms.length > 0 && storms.every(({ passed, troubledCalls, failures }) => passed > 0 && troubledCalls > 0 && failures.length === 0)
  );
}

function runSpec(root, { project, spec }, mode, { seeds = [], named = '' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-conformance-'));
  const report = join(folder, 'report.json');
  try {
    const { stderr } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        ...['run', '--project', project, spec, '--reporter=json', `--outputFile.json=${report}`],
        // A planted mistake may make a case wait for what never comes; a slow machine is none.
        ...(mode === 'mutants' ? ['--testTimeout=15000'] : []),
      ],
      {
        cwd: root,
        encoding: 'utf8',
        env: {
          ...process.env,
          TZ: 'UTC',
          NODE_ENV: 'test',
          DAYMARK_CONFORMANCE: mode,
          DAYMARK_STORM_SEEDS: seeds.join(),
          DAYMARK_MUTANTS: named,
        },
      },
    );
    if (!existsSync(report)) return { testResults: [{ message: stderr.trim() || 'Vitest gave no report', assertionResults: [] }] };
    return JSON.parse(readFileSync(report, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function main(root, args) {
  const known = listProviders(root);
  const { providers, options, unknown } = chooseProviders(known, args);
  const option = (pattern) => options.map((argument) => pattern.exec(argument)).find((match) => match !== null);
  const storm = option(/^--storm(?:=([\w,-]+))?$/);
  const mutants = option(/^--mutants(?:=(.+))?$/);
  if (unknown.length > 0 || options.length > 1 || (options.length === 1 && mutants === undefined && storm === undefined)) {
    const names = known.map(({ name }) => name).join(', ');
    console.error(
      `Unknown: ${args.join(' ')}\nUsage: npm run conformance [-- <id> … --mutants | --mutants=<words> | --storm | --storm=<seed>,<seed>], of ${names}`,
    );
    return 2;
  }
  const outcomes = providers.map((provider) => {
    if (!existsSync(join(root, provider.spec))) {
      console.log(`${provider.name}: 0 passed, 1 failed, 0 skipped (there is no ${provider.spec})`);
      return false;
    }
    if (storm !== undefined) {
      const seeds = storm[1]?.split(',') ?? STORM_SEEDS;
      return printStorms(provider.name, summarizeStorms(provider.name, runSpec(root, provider, 'storm', { seeds })));
    }
    if (mutants !== undefined) {
      console.log(`${provider.name}: the kit on the provider, and once more for each planted mistake; this takes some minutes`);
      return printMutants(provider.name, summarizeMutants(provider.name, runSpec(root, provider, 'mutants', { named: mutants[1] })));
    }
    return print(provider.name, summarize(provider.name, runSpec(root, provider, 'provider')));
  });
  return outcomes.length > 0 && outcomes.every(Boolean) ? 0 : 1;
}

if (process.argv[1] && pathToFileURL(resolve(process.argv[1])).href === import.meta.url) {
  process.exitCode = main(dirname(dirname(fileURLToPath(import.meta.url))), process.argv.slice(2));
}
