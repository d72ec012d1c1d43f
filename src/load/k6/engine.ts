import type { LoadEngine } from '../engine.ts';
import { type K6EngineOptions, K6LoadRun } from './k6-run.ts';

/**
 * The engine of a k6 on this machine: one process, or several that each make a segment of the load, merged as those of a cluster are. A runner is a
 * process. The result rejects with EnvironmentError `PRICECTL_E_K6_MISSING` or `PRICECTL_E_K6_VERSION` without a k6 that we can use and
 * `PRICECTL_E_UNREACHABLE` when nobody answers at the URL, UsageError `PRICECTL_E_SCRIPT` with k6's words for a script that it can't run and for what k6
 * can't make, ToolError and TimeoutError when k6 doesn't come to the load. An abort stops the processes in order: what they measured still counts. A process
 * without payload is a lost runner. Profiles are fixed: `extend` throws TypeError.
 */
export function createK6Engine(options: K6EngineOptions): LoadEngine {
  return {
    name: 'k6',
    start: (request, observer) => ({
      result: new K6LoadRun(options, request, observer).run(),
      extend() {
        throw new TypeError('the profile of a k6 script is fixed');
      },
    }),
  };
}
