import { expect, test } from 'vitest';
import { UsageError } from '../tools/errors.ts';
import { SinkRecorder } from './recorder.ts';
import { parseThresholds } from './threshold-parser.ts';
import { judgeThresholds } from './thresholds.ts';

test.each([
  ['http_req_duration:p(95)<200', 'http_req_duration', 'p(95)<200'],
  ['http_req_duration:p(99.9) < 200', 'http_req_duration', 'p(99.9) < 200'],
  [' http_req_duration : avg<=1.5 ', 'http_req_duration', 'avg<=1.5'],
  ['http_req_duration:med!=.5', 'http_req_duration', 'med!=.5'],
  ['http_req_failed:rate===0', 'http_req_failed', 'rate===0'],
  ['http_reqs:count>=1e3', 'http_reqs', 'count>=1e3'],
  ['http_reqs:rate>100', 'http_reqs', 'rate>100'],
  ['vus:value==3', 'vus', 'value==3'],
  ['http_req_resent:count<10', 'http_req_resent', 'count<10'],
  ['http_req_duration{expected_response:true}:max<1000', 'http_req_duration{expected_response:true}', 'max<1000'],
  [`http_reqs{ expected_response : "true", url:'http://a/b' }:count>0`, 'http_reqs{expected_response:true,url:http://a/b}', 'count>0'],
])('reads %s', (text, metric, expression) => {
  expect(parseThresholds([text])).toEqual({ [metric]: [expression] });
});

test.each([
  ['', 'METRIC:EXPRESSION'],
  ['p(95)<200', 'METRIC:EXPRESSION'],
  [':p(95)<200', 'METRIC:EXPRESSION'],
  ['http_req_duration', 'METRIC:EXPRESSION'],
  ['http_req_duration{expected_response:true:p(95)<200', 'METRIC:EXPRESSION'],
  ['http_req_duration{}:p(95)<200', 'TAG:VALUE'],
  ['http_req_duration{expected_response}:p(95)<200', 'TAG:VALUE'],
  ['http_req_duration{a:b,}:p(95)<200', 'TAG:VALUE'],
  ['latency:p(95)<200', 'http_req_duration'],
  ['__proto__:p(95)<200', 'http_req_duration'],
  ['http_req_duration:rate<200', 'avg, min, max, med, p(N)'],
  ['http_reqs:p(95)<200', 'count, rate'],
  ['http_req_failed:count==0', 'rate'],
  ['vus:max<5', 'value'],
  ['http_req_duration:p95<200', 'p(N)'],
  ['http_req_duration:p<200', 'p(N)'],
  ['http_req_duration:constructor<200', 'p(N)'],
  ['http_req_duration:p(101)<200', 'p(100)'],
  ['http_req_duration:p(-1)<200', 'p(0)'],
  ['http_req_duration:p()<200', 'p(0)'],
  ['http_req_duration:p(95)=200', '==='],
  ['http_req_duration:p(95)=<200', '==='],
  ['http_req_duration:p(95)<>200', '==='],
  ['http_req_duration:p(95)200', '==='],
  ['http_req_duration:p(95)<', 'such as'],
  ['http_req_duration:p(95)<200ms', 'such as'],
  ['http_req_duration:p(95)<200<300', 'such as'],
  ['http_req_duration:p(95)<NaN', 'such as'],
  ['http_req_duration:p(95)<Infinity', 'such as'],
  ['http_req_duration:p(95)<1e999', 'such as'],
])('refuses %s and names what is allowed', (text, allowed) => {
  expect(() => parseThresholds([text])).toThrow(UsageError);
  expect(() => parseThresholds([text])).toThrow(expect.objectContaining({ code: 'PRICECTL_E_THRESHOLD', message: expect.stringContaining(allowed) }));
});

test('metrics that a script adds are known when told', () => {
  const kinds = new Map([['basket_size', { type: 'trend', contains: 'default' }]] as const);
  expect(parseThresholds(['basket_size:avg<5'], kinds)).toEqual({ basket_size: ['avg<5'] });
  expect(() => parseThresholds(['basket_size:avg<5'])).toThrow(UsageError);
});

function sinks() {
  const recorder = new SinkRecorder();
  for (const value of [10, 20, 30, 40]) recorder.trend('http_req_duration').record(value);
  recorder.counter('http_reqs').count = 40;
  recorder.rate('checks').total = 4;
  recorder.rate('checks').passes = 3;
  recorder.gauge('vus').set(9);
  recorder.gauge('vus').set(5);
  return recorder.sinks();
}

test.each<[string, string, number | null, boolean]>([
  ['http_req_duration', 'avg==25', 25, true],
  ['http_req_duration', 'min>10', 10, false],
  ['http_req_duration', 'max<=40', 40, true],
  ['http_req_duration', 'med!=25', 25, false],
  ['http_req_duration', 'p(90)<37', 37, false],
  ['http_req_duration', 'p(90)<37.1', 37, true],
  ['http_req_duration', 'p(0)===10', 10, true],
  ['http_reqs', 'count>=40', 40, true],
  ['http_reqs', 'rate>20', 20, false],
  ['checks', 'rate==1', 0.75, false],
  ['vus', 'value<6', 5, true],
])('judges %s:%s', (metric, expression, value, ok) => {
  const [result] = judgeThresholds(sinks(), { [metric]: [expression] }, 2_000);
  expect(result).toEqual({ metric, expression, value: expect.closeTo(value ?? 0, 9), ok });
});

test.each<[string, string, number | null, boolean]>([
  ['http_req_duration', 'p(95)<200', null, true],
  ['http_req_duration', 'p(95)>200', null, false],
  ['http_req_failed', 'rate==0', null, true],
  ['checks', 'rate==1', null, true],
  ['dropped_iterations', 'count==0', 0, true],
  ['http_reqs', 'rate>100', 0, false],
  ['http_reqs{expected_response:false}', 'count>0', 0, false],
  ['vus', 'value>0', null, false],
])('judges %s:%s without samples as k6 does', (metric, expression, value, ok) => {
  expect(judgeThresholds(new Map(), { [metric]: [expression] }, 2_000)).toEqual([{ metric, expression, value, ok }]);
});

test('a test that took no time has rates of 0', () => {
  expect(judgeThresholds(sinks(), { http_reqs: ['rate==0'] }, 0)).toMatchObject([{ value: 0, ok: true }]);
});
