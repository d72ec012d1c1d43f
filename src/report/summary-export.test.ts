import { expect, test } from 'vitest';
import { finishedTest, recordedSinks } from '../load/summary.fixture.ts';
import { summarise } from '../load/summary.ts';
import { toSummaryExport } from './summary-export.ts';

test("has the shape of k6's --summary-export", () => {
  const checks = [{ name: 'status was 200', passes: 19, fails: 1 }];
  const { root_group: group, metrics } = toSummaryExport(summarise(finishedTest({ metrics: recordedSinks(20, 1), checks })));
  expect(group).toEqual({
    name: '',
    path: '',
    id: 'd41d8cd98f00b204e9800998ecf8427e',
    groups: {},
    checks: {
      'status was 200': { name: 'status was 200', path: '::status was 200', id: '1461660757a913d4fb82ac4c5e1009de', passes: 19, fails: 1 },
    },
  });
  expect(metrics['http_reqs']).toEqual({ count: 20, rate: 2 });
  expect(metrics['vus']).toEqual({ value: 3, min: 3, max: 4 });
  expect(metrics['http_req_duration']).toMatchObject({ avg: 10.5, 'p(95)': 19.05 });
});

test('a rate is under value, and a threshold is true when it was crossed', () => {
  const { metrics } = toSummaryExport(summarise(finishedTest({ metrics: recordedSinks(20, 1) }, ['http_req_failed:rate==0', 'http_req_failed:rate<0.1'])));
  expect(metrics['http_req_failed']).toEqual({ value: 0.05, passes: 1, fails: 19, thresholds: { 'rate==0': true, 'rate<0.1': false } });
});
