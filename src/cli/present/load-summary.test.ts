import { expect, test } from 'vitest';
import type { EngineResult } from '../../load/engine.ts';
import { finishedTest, recordedSinks } from '../../load/summary.fixture.ts';
import { summarise } from '../../load/summary.ts';
import { plainStyle, type Style } from '../style.ts';
import { presentLoadSummary } from './load-summary.ts';

function summaryOf(changes: Partial<EngineResult> = {}, thresholds?: readonly string[], style: Style = plainStyle): string {
  return presentLoadSummary(summarise(finishedTest(changes, thresholds)), style);
}

function tag(name: string): (text: string) => string {
  return (text) => `<${name}>${text}</${name}>`;
}

test("a passed test in k6's layout", () => {
  expect(summaryOf()).toBe(
    `
PASSED  20 requests, 0 failed, p95 19.05 ms

  █ THRESHOLDS

    http_req_failed
    ✓ 'rate==0' rate=0.00%

    checks
    ✓ 'rate==1' rate=100.00%

  █ TOTAL RESULTS

    checks_total...................: 20      2/s
    checks_succeeded...............: 100.00% 20 out of 20
    checks_failed..................: 0.00%   0 out of 20

    ✓ status was 200

    HTTP
    http_req_duration..............: avg=10.5ms min=1ms med=10.5ms max=20ms  p(90)=18.1ms p(95)=19.05ms
      { expected_response:true }...: avg=10.5ms min=1ms med=10.5ms max=20ms  p(90)=18.1ms p(95)=19.05ms
    http_req_failed................: 0.00%   0 out of 20
    http_reqs......................: 20      2/s

    EXECUTION
    iteration_duration.............: avg=1.01s  min=1s  med=1.01s  max=1.02s p(90)=1.01s  p(95)=1.01s
    iterations.....................: 20      2/s
    vus............................: 3       min=3        max=4
    vus_max........................: 4       min=4        max=4

    NETWORK
    data_received..................: 3.2 kB  320 B/s
    data_sent......................: 2.0 kB  200 B/s

  4 VUs for 10 s, thinking 1 s after each request; http://127.0.0.1:8080
  percentiles are exact; load from 2 cores, 8.0 GB, linux x64, Node 26.10.0; load and service shared the machine
`.trim(),
  );
});

test('failures stand out: in the first lines, at the threshold and at the check', () => {
  const checks = [{ name: 'status was 200', passes: 19, fails: 1 }];
  const lines = summaryOf({ metrics: recordedSinks(20, 1), checks }).split('\n');
  expect(lines[0]).toBe('FAILED  20 requests, 1 failed, p95 19.05 ms');
  expect(lines[1]).toBe('  http_req_failed: rate==0 does not hold, it is 0.05');
  expect(lines).toContain("    ✗ 'rate==0' rate=5.00%");
  expect(lines).toContain('    ✗ status was 200');
  expect(lines).toContain('      ↳  95% — ✓ 19 / ✗ 1');
});

test('a test without any sample has a summary', () => {
  const text = summaryOf({ metrics: new Map(), checks: [], interrupted: true, ms: 10 });
  expect(text).toMatch(/^INCOMPLETE {2}0 requests, 0 failed\n {2}interrupted after 10 ms of 10 s/);
  expect(text).toContain("✓ 'rate==0' no samples");
  expect(text).not.toContain('TOTAL RESULTS');
});

test('re-sent requests, dropped iterations, warnings and the error of percentiles are told', () => {
  const metrics = new Map(recordedSinks(20, 0));
  metrics.set('http_req_resent', { type: 'counter', contains: 'default', count: 12 });
  metrics.set('dropped_iterations', { type: 'counter', contains: 'default', count: 1_234 });
  const text = summaryOf({ metrics, warnings: ['the generator was the limit'], percentiles: { method: 'histogram', relativeError: 2 ** -11 } });
  expect(text).toMatch(/\n {4}http_req_resent\.+: 12 +1\.2\/s\n/);
  expect(text).toMatch(/\n {4}dropped_iterations\.+: 1,234 +123\.4\/s\n/);
  expect(text).toContain('\n  ! the generator was the limit\n');
  expect(text).toContain('percentiles are within 0.05 % of their value');
});

test('a threshold shows what was measured, also where the summary has no column for it', () => {
  const text = summaryOf({}, ['http_req_duration:p(99.9)<200', 'http_reqs:rate>1', 'dropped_iterations:count==0', 'data_sent:count > 5']);
  expect(text).toContain("✓ 'p(99.9)<200' p(99.9)=19.98ms");
  expect(text).toContain("✓ 'rate>1' rate=2/s");
  expect(text).toContain("✓ 'count==0' count=0");
  expect(text).toContain("✓ 'count > 5' count=2.0 kB");
});

test('a metric of a script comes first, its submetric after it', () => {
  const metrics = new Map(recordedSinks(20, 0));
  for (const name of ['basket', 'basket_size', 'basket{kind:big}']) metrics.set(name, { type: 'counter', contains: 'default', count: 2 });
  const lines = summaryOf({ metrics }).split('\n').map((line) => line.split('.')[0]);
  const custom = lines.indexOf('    CUSTOM');
  expect(lines.slice(custom + 1, custom + 4)).toEqual(['    basket', '      { kind:big }', '    basket_size']);
  expect(custom).toBeLessThan(lines.indexOf('    HTTP'));
});

test('colour comes from the style alone and does not shift columns', () => {
  const tags: Style = { good: tag('good'), careful: tag('careful'), bad: tag('bad'), dim: tag('dim'), bold: tag('bold') };
  const coloured = summaryOf({}, undefined, tags);
  expect(coloured).toContain('<good><bold>PASSED</bold></good>');
  expect(coloured.replaceAll(/<\/?\w+>/g, '')).toBe(summaryOf());
});
