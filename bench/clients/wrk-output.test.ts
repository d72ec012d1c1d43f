import { expect, test } from 'vitest';
import { parseWrk } from './wrk-output.ts';

/** Output of wrk 4.1.0 (Debian) with `-t1 -c64 -d1s --latency`. */
function outputOf(p99: string, problems: string): string {
  return `Running 1s test @ http://127.0.0.1:40373/price?product_id=P124
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     0.88ms    1.04ms  22.47ms   97.56%
    Req/Sec    81.59k     6.62k   87.79k    90.91%
  Latency Distribution
     50%  703.00us
     75%  760.00us
     90%    1.19ms
     99%  ${p99}
  88998 requests in 1.10s, 14.43MB read
${problems}Requests/sec:  80984.35
Transfer/sec:     13.13MB
`;
}

test('rate and 99th percentile are read, the latter in milliseconds; seconds have a space behind them', () => {
  expect(parseWrk(outputOf('  3.37ms', ''))).toEqual({ requestsPerSecond: 80_984.35, p99Ms: 3.37, failed: 0 });
  expect(parseWrk(outputOf('703.00us', '')).p99Ms).toBeCloseTo(0.703);
  expect(parseWrk(outputOf('  1.02s ', '')).p99Ms).toBe(1_020);
});

test('socket errors and answers of errors are failures', () => {
  const problems = '  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 100\n';
  expect(parseWrk(outputOf('  3.37ms', problems)).failed).toBe(110);
});

test('another text is no measurement', () => {
  expect(() => parseWrk('unable to connect to 127.0.0.1:1 Connection refused')).toThrow('wrk said');
});
