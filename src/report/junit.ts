import type { LoadTestResult } from '../load/summary.ts';

/** A test case of a JUnit report and what went wrong with it: a `failure` is a negative answer, an `error` no answer at all. */
interface TestCase {
  readonly className: string;
  readonly name: string;
  readonly problem: { readonly kind: 'failure' | 'error'; readonly message: string } | null;
}

/**
 * A load test as JUnit XML, in the form that CI systems read (https://github.com/testmoapp/junitxml): a case for the run's completeness, one
 * for each threshold and one for each check.
 */
export function toJunit(result: LoadTestResult): string {
  const cases = [runCase(result), ...thresholdCases(result), ...checkCases(result)];
  const counts = {
    tests: cases.length,
    failures: cases.filter(({ problem }) => problem?.kind === 'failure').length,
    errors: cases.filter(({ problem }) => problem?.kind === 'error').length,
    time: (result.ms / 1_000).toFixed(3),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: 'pricectl loadtest', ...counts })}>`,
    `  <testsuite ${attributes({ name: result.id, timestamp: result.startedAt, ...counts })}>`,
    ...cases.map(caseXml),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function runCase({ verdict, description, reasons }: LoadTestResult): TestCase {
  const problem = verdict === 'incomplete' ? { kind: 'error' as const, message: reasons.join('; ') } : null;
  return { className: 'run', name: description, problem };
}

function thresholdCases({ thresholds }: LoadTestResult): readonly TestCase[] {
  return thresholds.map(({ metric, expression, value, ok }) => ({
    className: 'thresholds',
    name: `${metric}: ${expression}`,
    problem: ok ? null : { kind: 'failure', message: value === null ? 'there are no samples' : `it is ${value}` },
  }));
}

function checkCases({ checks }: LoadTestResult): readonly TestCase[] {
  return checks.map(({ name, passes, fails }) => ({
    className: 'checks',
    name,
    problem: fails === 0 ? null : { kind: 'failure', message: `${fails} of ${passes + fails} failed` },
  }));
}

function caseXml({ className, name, problem }: TestCase): string {
  const head = `    <testcase ${attributes({ classname: className, name })}`;
  if (problem === null) return `${head}/>`;
  return `${head}><${problem.kind} ${attributes({ message: problem.message })}/></testcase>`;
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escapeXml(String(value))}"`)
    .join(' ');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Text for an attribute. Characters that XML 1.0 can't hold at all (its section 2.2) become U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replaceAll(/[&<>"\t\n\r]/g, (character) => entities[character] ?? character);
}
