import { expect, test } from 'vitest';
import { bucketRelativeError } from './histogram.ts';
import { finishedTest, recordedSinks } from './summary.fixture.ts';
import { summarise } from './summary.ts';

const histogramPercentiles = { method: 'histogram', relativeError: bucketRelativeError } as const;

test('a test that met its thresholds has passed, and nothing more is said', () => {
  const result = summarise(finishedTest());
  expect(result).toMatchObject({
    verdict: 'passed',
    reasons: [],
    warnings: [],
    profile: 'custom',
    description: '4 VUs for 10 s, thinking 1 s after each request',
    startedAt: '2026-11-24T12:03:01.000Z',
    ms: 10_000,
    thresholds: [
      { metric: 'http_req_failed', expression: 'rate==0', value: 0, ok: true },
      { metric: 'checks', expression: 'rate==1', value: 1, ok: true },
    ],
  });
});

test('metrics have the shape of handleSummary data', () => {
  const { metrics } = summarise(finishedTest());
  expect(metrics['http_reqs']).toEqual({ type: 'counter', contains: 'default', values: { count: 20, rate: 2 } });
  expect(metrics['vus']).toEqual({ type: 'gauge', contains: 'default', values: { value: 3, min: 3, max: 4 } });
  expect(metrics['http_req_failed']).toEqual({
    type: 'rate',
    contains: 'default',
    values: { rate: 0, passes: 0, fails: 20 },
    thresholds: { 'rate==0': { ok: true } },
  });
  expect(metrics['http_req_duration']).toEqual({
    type: 'trend',
    contains: 'time',
    values: { count: 20, avg: 10.5, min: 1, med: 10.5, max: 20, 'p(90)': 18.1, 'p(95)': 19.05, 'p(99)': expect.closeTo(19.81, 9) },
  });
  expect(metrics).toHaveProperty(['http_req_duration{expected_response:true}']);
});

test('the result survives JSON as it is', () => {
  const result = summarise(finishedTest({ metrics: recordedSinks(5, 1) }));
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});

test('a crossed threshold fails the test and says by how much', () => {
  const result = summarise(finishedTest({ metrics: recordedSinks(20, 1) }, ['http_req_failed:rate==0', 'http_req_duration:max<15', 'vus:value>0']));
  expect(result.verdict).toBe('failed');
  expect(result.reasons).toEqual([
    'http_req_failed: rate==0 does not hold, it is 0.05',
    'http_req_duration: max<15 does not hold, it is 20 ms',
  ]);
});

test('without thresholds it has passed, and says that nothing was judged', () => {
  const test = finishedTest();
  const result = summarise({ ...test, profile: { ...test.profile, thresholds: {} } });
  expect(result).toMatchObject({ verdict: 'passed', reasons: ['no thresholds: nothing was judged'] });
});

test.each([
  ['interrupted', { interrupted: true, ms: 4_000 }, 'interrupted after 4 s of 10 s: the numbers are of that time only'],
  [
    'a runner lost',
    { runners: [{ name: 'worker-1', exitCode: 0, payload: 'lost', requests: 3 }] },
    'the result of worker-1 is lost: the numbers are of the others only',
  ],
  [
    'a runner that failed',
    { runners: [{ name: 'k6-1', exitCode: 107, payload: 'received', requests: 3 }] },
    'k6-1 ended with exit code 107: the script threw an exception',
  ],
  [
    'a runner that ran out of memory',
    { runners: [{ name: 'k6-2', exitCode: 137, payload: 'lost', requests: 0, reason: 'OOMKilled' }] },
    'the result of k6-2 is lost (it ran out of memory (OOMKilled), exit code 137): the numbers are of the others only',
  ],
  [
    'an evicted runner',
    { runners: [{ name: 'k6-2', exitCode: 1, payload: 'lost', requests: 0, reason: 'Evicted, the node was low on memory' }] },
    'the result of k6-2 is lost (it was evicted from its node, the node was low on memory): the numbers are of the others only',
  ],
  [
    'a killed runner',
    { runners: [{ name: 'k6-2', exitCode: 137, payload: 'lost', requests: 0, reason: null }] },
    'the result of k6-2 is lost (it was killed, exit code 137): the numbers are of the others only',
  ],
  [
    'a damaged result',
    { runners: [{ name: 'k6-2', exitCode: 0, payload: 'lost', requests: 0, reason: 'its result is cut off: 3 of 9 lines came, but no end' }] },
    'the result of k6-2 is lost (its result is cut off: 3 of 9 lines came, but no end): the numbers are of the others only',
  ],
  [
    'a runner killed after its result came',
    { runners: [{ name: 'k6-2', exitCode: 137, payload: 'received', requests: 3, reason: 'OOMKilled' }] },
    'k6-2 ended with exit code 137: it ran out of memory (OOMKilled)',
  ],
  [
    'a runner stopped by itself',
    { runners: [{ name: 'k6-2', exitCode: 103, payload: 'received', requests: 3 }] },
    'k6-2 ended with exit code 103: it was stopped by its REST API',
  ],
  ['without a request', { metrics: recordedSinks(0, 0), checks: [] }, 'no request was finished'],
] as const)('%s is incomplete', (_name, changes, reason) => {
  expect(summarise(finishedTest(changes))).toMatchObject({ verdict: 'incomplete', reasons: [reason] });
});

test('runners that were stopped with the test are as they should be', () => {
  const runners = [103, 105].map((exitCode) => ({ name: `k6-${exitCode}`, exitCode, payload: 'received', requests: 3 }) as const);
  expect(summarise(finishedTest({ interrupted: true, ms: 4_000, runners })).reasons).toEqual(['interrupted after 4 s of 10 s: the numbers are of that time only']);
});

test('a script that marks the test as failed fails it', () => {
  const runners = [{ name: 'k6-1', exitCode: 110, payload: 'received', requests: 20 }] as const;
  expect(summarise(finishedTest({ runners }))).toMatchObject({ verdict: 'failed', reasons: ['the script marked the test as failed on k6-1'] });
});

test('a runner of whose end nothing is known has no reason', () => {
  expect(summarise(finishedTest()).runners).toEqual([{ name: 'worker-1', exitCode: 0, payload: 'received', requests: 20, reason: null }]);
});

test("a script's thresholds are judged beside the profile's, each once", () => {
  const thresholds = { http_req_duration: ['max<15', 'avg<11'], http_reqs: ['count==20'] };
  const result = summarise(finishedTest({ thresholds }, ['http_req_duration:avg<11']));
  expect(result.thresholds.map(({ metric, expression, ok }) => `${metric} ${expression} ${ok}`)).toEqual([
    'http_req_duration avg<11 true',
    'http_req_duration max<15 false',
    'http_reqs count==20 true',
  ]);
  expect(result).toMatchObject({ verdict: 'failed', reasons: ['http_req_duration: max<15 does not hold, it is 20 ms'] });
});

test('an incomplete test still names the thresholds that were crossed', () => {
  const result = summarise(finishedTest({ interrupted: true, metrics: recordedSinks(4, 4) }));
  expect(result.verdict).toBe('incomplete');
  expect(result.reasons.slice(1)).toEqual(['http_req_failed: rate==0 does not hold, it is 1', 'checks: rate==1 does not hold, it is 0']);
});

test('a threshold that nothing was measured for is pointed out', () => {
  const { warnings, verdict } = summarise(finishedTest({ warnings: ['first'] }, ['group_duration:avg<1', 'dropped_iterations:count==0']));
  expect(verdict).toBe('passed');
  expect(warnings).toEqual(['first', expect.stringContaining('group_duration: avg<1 was judged without samples')]);
});

test.each([
  ['http_req_duration:p(95)<19.05', histogramPercentiles, 1],
  ['http_req_duration:med<10.504', histogramPercentiles, 1],
  ['http_req_duration:med<10.51', histogramPercentiles, 0],
  ['http_req_duration:p(95)<19.05', { method: 'exact', relativeError: 0 } as const, 0],
  ['http_req_duration:max<20', histogramPercentiles, 0],
  ['http_req_duration:p(100)<20', histogramPercentiles, 0],
  ['http_reqs:count<20', histogramPercentiles, 0],
])('with %s and %j, %d thresholds are too close to tell', (threshold, percentiles, expected) => {
  expect(summarise(finishedTest({ percentiles }, [threshold])).warnings).toHaveLength(expected);
});
