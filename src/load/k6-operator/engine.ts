import type { LoadEngine } from '../engine.ts';
import { type K6OperatorOptions, OperatorRun } from './run.ts';

/**
 * k6 in the cluster, by k6-operator: any number of runners and one result. `LoadRequest.url` is the service's URL inside of the cluster, and the script
 * was made of the same request. Rejects with UsageError for more runners than virtual users or more samples than are kept, `PRICECTL_E_SCRIPT` for a script
 * that is too large or that k6 can't run, EnvironmentError `PRICECTL_E_OPERATOR` for an operator that can't be used or a cluster that can't keep samples, ToolError
 * `PRICECTL_E_LOAD_POD` for pods that can't start and `PRICECTL_E_K6_OPERATOR`, TimeoutError with a diagnosis for a phase that takes too long, and what
 * the API rejects with. A runner whose result doesn't come is lost. An abort stops the runners, and what they measured still counts. All objects are
 * deleted whatever happens, unless they are to be kept. Profiles are fixed: `extend` throws TypeError.
 */
export function createK6OperatorEngine(options: K6OperatorOptions): LoadEngine {
  return {
    name: 'k6-operator',
    start: (request, observer) => ({
      result: new OperatorRun(options, request, observer).run(),
      extend() {
        throw new TypeError('the profile of a TestRun is fixed');
      },
    }),
  };
}
