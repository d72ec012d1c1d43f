import { expect, test } from 'vitest';
import { toHtmlPage } from './html-page.ts';
import { emptyReportData, hugeReportData, reportData } from './report.fixture.ts';

const assets = { style: 'p{}', script: '1' };

test('a page has every section, and its policy the hashes of its style and script', () => {
  const page = toHtmlPage(reportData(), assets);
  for (const title of ['Thresholds and checks', 'Over time', 'Decisions', 'Latency distribution', 'Requests per pod', 'Runners', 'All metrics', 'Measured on', 'Do it again']) {
    expect(page).toContain(`>${title}</h`);
  }
  // openssl dgst -sha256 -binary | base64
  expect(page).toContain(`default-src 'none'; style-src 'sha256-gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y='; script-src 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='`);
  expect(page).not.toContain('class="unknown"');
});

test('what is not known is said, not left out', () => {
  const page = toHtmlPage(emptyReportData(), assets);
  expect(page.match(/class="unknown"/g)).toHaveLength(14);
  expect(page).toContain('of the record: series.json is damaged');
  expect(page).toContain('<span class="verdict incomplete">');
});

test('an hour of all that a page can hold stays small, keeps its extremes and says that it is reduced', () => {
  const page = toHtmlPage(hugeReportData(), assets);
  expect(page.length).toBeLessThan(280_000);
  expect(page).toContain('peak 9.88 s');
  expect(page).toContain('3,600 points are drawn in 241 columns, each with the lowest and highest of its values.');
  expect(page.match(/… and [\d,]+ more/g)).toHaveLength(7);
});

test('text from outside is inert wherever it stands', () => {
  const evil = `"'><script>alert(1)</script><img src=x onerror=alert(2)>`;
  const { result, pods, decisions, ...others } = reportData();
  const page = toHtmlPage(
    {
      ...others,
      service: { context: evil, namespace: evil, name: evil, autoscaler: 'kubernetes', image: evil, prices: { rows: 1, sha256: evil } },
      result: {
        ...result,
        id: evil,
        url: evil,
        description: evil,
        startedAt: evil,
        reasons: [evil],
        warnings: [evil],
        thresholds: [{ metric: evil, expression: evil, value: null, ok: false }],
        checks: [{ name: evil, passes: 1, fails: 0 }],
        runners: [{ name: evil, exitCode: 0, payload: 'lost', requests: 1, reason: evil }],
        metrics: { [evil]: { type: 'counter', contains: 'default', values: { [evil]: 1 } } },
        measuredOn: { ...result.measuredOn, cpu: evil, platform: evil },
      },
      pods: pods.map((pod) => ({ ...pod, name: evil })),
      decisions: decisions.map((decision) => ({ ...decision, explanation: evil })),
      distribution: { metric: evil, count: 2, quantiles: [[0, 1], [1, 2]] },
      commands: [{ purpose: evil, line: evil }],
      problems: [evil],
    },
    assets,
  );
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page).not.toContain('<img');
  expect(page).not.toContain(`"'>`);
});

test('what failed is not what a long list leaves out', () => {
  const { result } = reportData();
  const checks = Array.from({ length: 500 }, (_, index) => ({ name: `check ${index}`, passes: 1, fails: index === 499 ? 1 : 0 }));
  expect(toHtmlPage(reportData({ result: { ...result, checks } }), assets)).toContain('check 499');
});
