/**
 * What `npm run conformance` runs: the conformance kit on every project that is tagged as a provider, with a table of what it
 * passed; with names of providers on these only. With `--mutants` it runs on each of the mistakes that the kit plants into a provider: all of them have to be noticed.
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
    failures: bad.map(({ ancestorTitles, title }) => [...ancestorTitles.slice(1), title].join(' > ')),
    onlyReason: onlyReasonOf(tests),
    skips: tests.flatMap(({ meta }) => meta?.conformanceSkips ?? []),
    /** The spec could not be loaded, or found nothing to do. */
    problem: groups.size === 0 ? (report.testResults.map(({ message }) => message).find(Boolean) ?? 'no case was run') : null,
  };
}

/** The message with which all tests failed; null when one of them passed, or failed for another reason. */
function onlyReasonOf(tests) {
  const reasons = new Set(tests.map(({ failureMessages }) => failureMessages?.[0]?.split('\n')[0].replace(/^Error: /, '')));
  return tests.length > 1 && reasons.size === 1 ? ([...reasons][0] ?? null) : null;
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

function runSpec(root, { project, spec }, mode, seeds = []) {
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
      {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, TZ: 'UTC', NODE_ENV: 'test', DAYMARK_CONFORMANCE: mode, DAYMARK_STORM_SEEDS: seeds.join() },
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
  const storm = options.map((option) => /^--storm(?:=([\w,-]+))?$/.exec(option)).find((match) => match !== null);
  const withMutants = options.includes('--mutants');
  if (unknown.length > 0 || options.length > 1 || (options.length === 1 && !withMutants && storm === undefined)) {
    const names = known.map(({ name }) => name).join(', ');
    console.error(
      `Unknown: ${args.join(' ')}\nUsage: npm run conformance [-- <id> … --mutants | --storm | --storm=<seed>,<seed>], of ${names}`,
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
      return printStorms(provider.name, summarizeStorms(provider.name, runSpec(root, provider, 'storm', seeds)));
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
