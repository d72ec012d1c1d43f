import type { EngineResult, LoadEngine, LoadObserver, LoadRequest } from '../../src/load/engine.ts';
import { finishedTest } from '../../src/load/summary.fixture.ts';

/** An engine that makes no load and has a result at once; an aborted one is interrupted. */
export interface FakeEngine extends LoadEngine {
  readonly requests: LoadRequest[];
  failure: Error | undefined;
}

/** Creates an engine whose tests end with the fixture's result, changed by `changes`. */
export function createFakeEngine(changes: Partial<EngineResult> = {}): FakeEngine {
  const engine: FakeEngine = {
    name: 'node',
    requests: [],
    failure: undefined,
    start(request: LoadRequest, observer: LoadObserver) {
      engine.requests.push(request);
      const { result } = finishedTest();
      const outcome = { ...result, interrupted: observer.signal.aborted, ...changes };
      return { result: engine.failure === undefined ? Promise.resolve(outcome) : Promise.reject(engine.failure), extend: () => {} };
    },
  };
  return engine;
}
