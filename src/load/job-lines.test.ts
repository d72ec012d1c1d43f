import { expect, test } from 'vitest';
import { EnvironmentError, NegativeError, ToolError, UsageError } from '../tools/errors.ts';
import { readJobLine, writeJobLine } from './job-lines.ts';
import { finishedTest } from './summary.fixture.ts';

const progress = { elapsedMs: 1, vus: 1, requests: 1, failed: 0, requestsPerSecond: 1, p50Ms: null, p95Ms: null, p99Ms: null, droppedIterations: 0 };

test('reports come as they went, a line each', () => {
  const lines = [writeJobLine({ type: 'started' }), writeJobLine({ type: 'progress', progress }), writeJobLine({ type: 'result', result: finishedTest().result })];
  for (const line of lines) expect(line).toMatch(/^[^\n]+\n$/);
  expect(lines.map((line) => readJobLine(line.trimEnd()))).toMatchObject([{ type: 'started' }, { type: 'progress', progress }, { type: 'result', result: { ms: 10_000.4 } }]);
});

test.each([
  [new UsageError('PRICECTL_E_USAGE', 'no', { hints: ['a', 'b'] }), UsageError],
  [new EnvironmentError('PRICECTL_E_UNREACHABLE', 'no'), EnvironmentError],
  [new ToolError('PRICECTL_E_X', 'no'), ToolError],
  [new NegativeError('PRICECTL_E_X', 'no'), ToolError],
])('a failure comes as an error: %s', (error, type) => {
  const report = readJobLine(writeJobLine({ type: 'failed', error }));
  if (report?.type !== 'failed') throw new Error('it is a failure');
  expect(report.error).toBeInstanceOf(type);
  expect(report.error).toMatchObject({ code: error.code, message: 'no', hints: error.hints });
});

test.each(['', 'Error: Cannot find module', '{"type":"resu', '[]', 'null', '{"type":"other"}', '{}'])('%j is no report', (line) => {
  expect(readJobLine(line)).toBeUndefined();
});

test.each(['{"type":"started","format":2}', '{"type":"started"}'])('a program that reports in another form is told by its first line, %s', (line) => {
  expect(() => readJobLine(line)).toThrow(expect.objectContaining({ code: 'PRICECTL_E_LOAD_IMAGE' }));
});
