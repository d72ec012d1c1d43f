import { expect, test } from 'vitest';
import { finishedTest, recordedSinks } from '../load/summary.fixture.ts';
import { summarise } from '../load/summary.ts';
import { toJunit } from './junit.ts';

test('a passed test', () => {
  expect(toJunit(summarise(finishedTest()))).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="pricectl loadtest" tests="4" failures="0" errors="0" time="10.000">
  <testsuite name="2026-11-24-120301-loadtest" timestamp="2026-11-24T12:03:01.000Z" tests="4" failures="0" errors="0" time="10.000">
    <testcase classname="run" name="4 VUs for 10 s, thinking 1 s after each request"/>
    <testcase classname="thresholds" name="http_req_failed: rate==0"/>
    <testcase classname="thresholds" name="checks: rate==1"/>
    <testcase classname="checks" name="status was 200"/>
  </testsuite>
</testsuites>
`);
});

test('crossed thresholds and failed checks are failures, a run without its whole data is an error', () => {
  const checks = [{ name: 'status was 200', passes: 19, fails: 1 }];
  const xml = toJunit(summarise(finishedTest({ metrics: recordedSinks(20, 1), checks, interrupted: true }, ['http_req_duration:p(95)<5', 'vus:value>0'])));
  expect(xml).toContain('tests="4" failures="2" errors="1"');
  expect(xml).toContain('name="http_req_duration: p(95)&lt;5"><failure message="it is 19.05"/></testcase>');
  expect(xml).toContain('name="vus: value&gt;0"/>');
  expect(xml).toContain('name="status was 200"><failure message="1 of 20 failed"/></testcase>');
  expect(xml).toMatch(/classname="run" .*><error message="interrupted after 10 s of 10 s: [^"]*"\/><\/testcase>/);
});

test.each([
  [`a & b < c > d "e" 'f'`, `a &amp; b &lt; c &gt; d &quot;e&quot; 'f'`],
  [']]>', ']]&gt;'],
  ['&amp;', '&amp;amp;'],
  ['tab\tline\nreturn\r', 'tab&#9;line&#10;return&#13;'],
  ['\0\u{1}\u{8}\u{b}\u{1b}\u{fffe}\u{ffff}', '\u{fffd}'.repeat(7)],
  ['\ud800 alone', '\u{fffd} alone'],
  ['Preis 49,5 € 💶', 'Preis 49,5 € 💶'],
])('escapes %j', (name, escaped) => {
  expect(toJunit(summarise(finishedTest({ checks: [{ name, passes: 1, fails: 0 }] })))).toContain(`classname="checks" name="${escaped}"/>`);
});
