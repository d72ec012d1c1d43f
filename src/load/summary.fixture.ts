import type { EngineResult } from './engine.ts';
import { buildProfile } from './profile-builder.ts';
import { SinkRecorder } from './recorder.ts';
import type { FinishedTest } from './summary.ts';

/** A finished test of 20 requests within 10 s, all answered well in 1 to 20 ms, with parts of its result replaced. */
export function finishedTest(changes: Partial<EngineResult> = {}, thresholds?: readonly string[]): FinishedTest {
  return {
    id: '2026-11-24-120301-loadtest',
    folder: '/state/runs/2026-11-24-120301-loadtest',
    engine: 'node',
    target: 'local',
    url: 'http://127.0.0.1:8080',
    profile: buildProfile({ vus: 4, durationMs: 10_000, thresholds }),
    measuredOn: {
      pricectl: '0.1.0',
      node: '26.10.0',
      platform: 'linux x64',
      cpu: 'some',
      cores: 2,
      memoryBytes: 8e9,
      engine: 'node',
      target: 'local',
      sharedMachine: true,
    },
    result: {
      metrics: recordedSinks(20, 0),
      checks: [{ name: 'status was 200', passes: 20, fails: 0 }],
      startedAtMs: Date.UTC(2026, 10, 24, 12, 3, 1),
      ms: 10_000.4,
      interrupted: false,
      runners: [{ name: 'worker-1', exitCode: 0, payload: 'received', requests: 20 }],
      series: [],
      warnings: [],
      percentiles: { method: 'exact', relativeError: 0 },
      ...changes,
    },
  };
}

/** What an engine records of requests that took 1, 2, 3 ... ms, of which the first `failed` failed. */
export function recordedSinks(requests: number, failed: number): EngineResult['metrics'] {
  const recorder = new SinkRecorder();
  for (let ms = 1; ms <= requests; ms++) {
    recorder.trend('http_req_duration').record(ms);
    if (ms > failed) recorder.trend('http_req_duration{expected_response:true}').record(ms);
    recorder.trend('http_req_waiting').record(ms);
    recorder.trend('iteration_duration').record(ms + 1_000);
  }
  recorder.counter('http_reqs').count = requests;
  recorder.counter('iterations').count = requests;
  Object.assign(recorder.rate('http_req_failed'), { passes: failed, total: requests });
  Object.assign(recorder.rate('checks'), { passes: requests - failed, total: requests });
  for (const vus of [4, 4, 3]) recorder.gauge('vus').set(vus);
  recorder.gauge('vus_max').set(4);
  recorder.counter('data_sent').count = requests * 100;
  recorder.counter('data_received').count = requests * 160;
  return recorder.sinks();
}
