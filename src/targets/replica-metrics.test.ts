import { expect, test } from 'vitest';
import { type MetricsReading, parseMetrics, usageBetween } from './replica-metrics.ts';

const text = `# HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.
# TYPE process_cpu_seconds_total counter
process_cpu_user_seconds_total 1.5
process_cpu_seconds_total 2.25
process_resident_memory_bytes 83275776
http_requests_total{method="GET",route="/price",code="200"} 1200
http_requests_total{method="GET",route="/price",code="404"} 3
http_requests_total{method="POST",route="/prices",code="200"} 40
http_requests_total{method="GET",route="/metrics",code="200"} 7
http_requests_total{method="GET",route="/price/route=",code="200"} 9
price_table_info{sha256="ab"} 1
`;

function reading(cpuSeconds: number, requests: number, monotonicMs: number): MetricsReading {
  return { cpuSeconds, requests, monotonicMs, memoryBytes: 1 };
}

test('CPU, memory and requests for prices are read', () => {
  expect(parseMetrics(text)).toEqual({ cpuSeconds: 2.25, memoryBytes: 83_275_776, requests: 1_243 });
});

test('a text without CPU is no reading', () => {
  expect(parseMetrics('<html></html>')).toBeUndefined();
  expect(parseMetrics('process_cpu_seconds_total 1\n')).toBeUndefined();
});

test('usage is what was used between two readings, with the window and its end', () => {
  expect(usageBetween(reading(2.25, 1_000, 5_000), reading(2.5, 1_300, 20_000))).toEqual({
    millicores: 17,
    requestsPerSecond: 20,
    monotonicMs: 20_000,
    windowMs: 15_000,
  });
});

test('millicores are rounded up, but not for what floating point adds', () => {
  expect(usageBetween(reading(0, 0, 0), reading(0.000_001, 0, 15_000))?.millicores).toBe(1);
  expect(usageBetween(reading(0.1, 0, 0), reading(0.3, 0, 2_000))?.millicores).toBe(100);
  expect(usageBetween(reading(0.1, 0, 0), reading(0.1, 0, 2_000))?.millicores).toBe(0);
});

test('no time, no usage', () => {
  expect(usageBetween(reading(1, 0, 5_000), reading(2, 0, 5_000))).toBeUndefined();
});
