// `npm test`: build, typecheck, lint, knip and every test that needs no cluster. Goes on after a failure, so that one run shows them all.
// Arguments go to vitest. The last line on stdout, and .vitest/counts.txt, is `N passed, N failed` (`, N skipped`); a failed check counts as
// one failed test.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withSupportedNode } from '../bin/runtime.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, '.vitest');
const report = join(folder, 'report.json');

withSupportedNode(main);

function main() {
  const failedChecks = ['build', 'typecheck', 'lint', 'knip'].filter((name) => !runStep(name, 'npm', ['run', '--silent', name]));
  rmSync(report, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const isTested = runStep('test', 'vitest', ['run', '--project=!e2e', ...reporters, ...process.argv.slice(2)]);
  const counts = countTests(isTested);

  for (const name of failedChecks) console.log(`${name} failed`);
  const failed = counts.failed + failedChecks.length;
  const line = [`${counts.passed} passed`, `${failed} failed`, ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : [])].join(', ');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'counts.txt'), `${line}\n`);
  console.log(line);
  process.exitCode = failed > 0 ? 1 : 0;
}

/**
 * Runs one program of the project with its output shown; true when it exits with 0. All run on the Node that runs this: npm 10 does not
 * link the runtime workspace's into node_modules/.bin.
 */
function runStep(name, file, args) {
  console.log(`\n== ${name}`);
  const path = [dirname(process.execPath), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const { status, error } = spawnSync(file, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } });
  if (error) console.log(error.message);
  return status === 0;
}

/**
 * The counts of vitest's own report. A file that fails outside its tests, an error outside all of them and a report that is missing
 * count as one failed test.
 */
function countTests(isTested) {
  let results;
  try {
    results = JSON.parse(readFileSync(report, 'utf8'));
  } catch (error) {
    console.log(`no report of vitest: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const tests = results.testResults.flatMap((file) => file.assertionResults);
  const count = (...states) => tests.filter((test) => states.includes(test.status)).length;
  const brokenFiles = results.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = count('failed') + brokenFiles;
  return { passed: count('passed'), failed: isTested ? failed : Math.max(failed, 1), skipped: count('skipped', 'pending', 'todo', 'disabled') };
}
