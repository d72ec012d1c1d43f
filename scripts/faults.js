// `npm run test:faults`: the tests that make something go wrong (docs/reliability.md), which `npm test` runs too. Arguments go to vitest. The last line, and
// .vitest/counts-faults.txt, is as that of `npm test`.
import { withSupportedNode } from '../bin/runtime.js';
import { finish, runStep, runVitest } from './run-tests.js';

withSupportedNode(() => {
  const isBuilt = runStep('build', 'npm', ['run', '--silent', 'build']);
  const counts = runVitest('faults', ['--project=faults', ...process.argv.slice(2)]);
  finish({ ...counts, failed: counts.failed + (isBuilt ? 0 : 1) }, 'counts-faults.txt');
});
