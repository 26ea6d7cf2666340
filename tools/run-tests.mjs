/** What `npm test` runs: every project's tests in one Vitest run, ending with one line of counts. Arguments go on to Vitest. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Counts of a Vitest JSON report. A file that failed to load counts as one failure; what did not run is named, never hidden. */
export function countResults(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const notRun = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
  return {
    passed: tests.filter((test) => test.status === 'passed').length,
    failed: tests.filter((test) => test.status === 'failed').length + brokenFiles.length,
    brokenFiles: brokenFiles.map((file) => file.name),
    notRun: notRun.map((test) => test.fullName),
  };
}

function run(root, args) {
  const folder = mkdtempSync(join(tmpdir(), 'daymark-test-report-'));
  const report = join(folder, 'report.json');
  const workers = String(Math.max(1, Math.min(4, availableParallelism())));
  try {
    const { status, error } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        ...['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, `--maxWorkers=${workers}`],
        ...args,
      ],
      { cwd: root, stdio: 'inherit', env: { ...process.env, TZ: 'UTC', NODE_ENV: 'test' } },
    );
    if (error) throw error;
    const counts = countResults(JSON.parse(readFileSync(report, 'utf8')));
    // Errors outside of any test (an unhandled rejection) fail the run without failing a test.
    const failed = counts.failed === 0 && status !== 0 ? 1 : counts.failed;
    for (const file of counts.brokenFiles) console.log(`could not run: ${file}`);
    for (const name of counts.notRun) console.log(`skipped: ${name}`);
    console.log(`${counts.passed} passed, ${failed + counts.notRun.length} failed`);
    return failed + counts.notRun.length === 0 ? 0 : 1;
  } catch (cause) {
    console.error(`The tests could not run: ${cause.message}`);
    console.log('0 passed, 1 failed');
    return 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] && pathToFileURL(resolve(process.argv[1])).href === import.meta.url) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 18)) {
    console.error(
      `The tests need Node 22.18 or newer; this is ${process.version}.\nFix: run \`npm test\`, which uses the Node of this workspace.`,
    );
    process.exit(1);
  }
  process.exitCode = run(dirname(dirname(fileURLToPath(import.meta.url))), process.argv.slice(2));
}
