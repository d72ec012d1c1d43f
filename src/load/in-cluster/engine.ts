import type { LoadEngine } from '../engine.ts';
import { type InClusterOptions, LoadJobRun } from './job-run.ts';

/**
 * The node engine as a Job beside the service: what it measures has no way through port-forwards and load balancers in it. `LoadRequest.url` is
 * the service's URL inside of the cluster (`insideUrl`). The result rejects with ToolError `PRICECTL_E_LOAD_POD` when the job's pod can't start,
 * `PRICECTL_E_LOAD_IMAGE` when its image can't make load, TimeoutError, and what the API and the engine in the pod reject with. A pod whose log ends without
 * a result is a lost runner. An abort ends the pod in order, and its result still counts. The Job is deleted whatever happens. Profiles are
 * fixed: `extend` throws TypeError.
 */
export function createInClusterEngine(options: InClusterOptions): LoadEngine {
  return {
    name: 'node',
    start: (request, observer) => ({
      result: new LoadJobRun(options, request, observer).run(),
      extend() {
        throw new TypeError('the profile of a load job is fixed');
      },
    }),
  };
}
