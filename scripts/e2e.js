// `npm run test:e2e`: the tests against a real cluster, which they make by minikube. Arguments go to vitest. Without minikube, kubectl and a Docker
// engine they are skipped and say so; with PRICECTL_E2E=1 that is a failure. The last line, and .vitest/counts-e2e.txt, is as that of `npm test`.
import { withSupportedNode } from '../bin/runtime.js';
import { finish, runStep, runVitest } from './run-tests.js';

withSupportedNode(() => {
  const isBuilt = runStep('build', 'npm', ['run', '--silent', 'build']);
  const counts = runVitest('e2e', ['--project=e2e', ...process.argv.slice(2)]);
  finish({ ...counts, failed: counts.failed + (isBuilt ? 0 : 1) }, 'counts-e2e.txt');
});
