// `npm test`: build, typecheck, lint, knip and every test that needs no cluster. Goes on after a failure, so that one run shows them all.
// Arguments go to vitest. The last line on stdout, and .vitest/counts.txt, is `N passed, N failed` (`, N skipped`); a failed check counts as
// one failed test.
import { withSupportedNode } from '../bin/runtime.js';
import { finish, runStep, runVitest } from './run-tests.js';

withSupportedNode(() => {
  const failedChecks = ['build', 'typecheck', 'lint', 'knip'].filter((name) => !runStep(name, 'npm', ['run', '--silent', name]));
  const counts = runVitest('test', ['--project=!e2e', ...process.argv.slice(2)]);
  for (const name of failedChecks) console.log(`${name} failed`);
  finish({ ...counts, failed: counts.failed + failedChecks.length }, 'counts.txt');
});
