import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, '.vitest');

/**
 * Runs one program of the project with its output shown; true when it exits with 0. All run on the Node that runs this: npm 10 does not
 * link the runtime workspace's into node_modules/.bin.
 */
export function runStep(name, file, args) {
  console.log(`\n== ${name}`);
  const path = [dirname(process.execPath), join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const { status, error } = spawnSync(file, args, { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path } });
  if (error) console.log(error.message);
  return status === 0;
}

/** Runs vitest with these arguments and returns how many tests passed, failed and were skipped. */
export function runVitest(name, args) {
  const report = join(folder, `${name}.json`);
  rmSync(report, { force: true });
  const isTested = runStep(name, 'vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args]);
  return countTests(report, isTested);
}

/** Prints `N passed, N failed` (`, N skipped`), writes it to `.vitest/<file>`, and makes this process exit with 1 when something failed. */
export function finish({ passed, failed, skipped }, file) {
  const line = [`${passed} passed`, `${failed} failed`, ...(skipped > 0 ? [`${skipped} skipped`] : [])].join(', ');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), `${line}\n`);
  console.log(line);
  process.exitCode = failed > 0 ? 1 : 0;
}

/**
 * The counts of vitest's own report. A file that fails outside its tests, an error outside all of them and a report that is missing
 * count as one failed test.
 */
function countTests(report, isTested) {
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
