// `npm run audit`: asks the registry for known faults of the packages that are shipped, and whether they are signed as it says. Names of checks as arguments
// choose. What the registry can't be asked is skipped, and said; with PRICECTL_AUDIT=1 that is a failure. The last line, and .vitest/counts-audit.txt, is
// as that of `npm test`.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { finish } from './run-tests.js';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Arguments of npm by the name of the check, and what its answer says: undefined is no answer. */
const checks = {
  vulnerabilities: {
    args: ['audit', '--omit=dev', '--audit-level=high'],
    judge: ({ vulnerabilities }, status) => vulnerabilities && { isFine: status === 0, words: `known faults: ${Object.values(vulnerabilities).map(({ name, severity }) => `${name} (${severity})`).join(', ') || 'none'}` },
  },
  signatures: {
    args: ['audit', 'signatures'],
    judge: ({ invalid, missing }, status) => invalid && missing && { isFine: status === 0 && invalid.length === 0, words: `signatures: ${invalid.length} wrong, ${missing.length} missing` },
  },
};

const counts = { passed: 0, failed: 0, skipped: 0 };
const chosen = process.argv.slice(2);
for (const [name, { args, judge }] of Object.entries(checks)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const outcome = ask(args, judge);
  const result = outcome.isFine === undefined ? (process.env.PRICECTL_AUDIT === '1' ? 'failed' : 'skipped') : outcome.isFine ? 'passed' : 'failed';
  counts[result] += 1;
  console.log(`${name}: ${result}, ${outcome.words}`);
}
finish(counts, 'counts-audit.txt');

/** Asks once and waits a little: a registry that has no audit, or a machine without a network, says so at once. */
function ask(args, judge) {
  const patience = ['--fetch-retries=0', '--fetch-timeout=30000'];
  const { status, stdout, error } = spawnSync('npm', [...args, '--json', ...patience], { cwd: root, encoding: 'utf8', timeout: 120_000, stdio: ['ignore', 'pipe', 'ignore'] });
  const said = parse(stdout ?? '');
  const reason = said.error?.summary || said.message || error?.message || `npm ended with ${status}`;
  return judge(said, status) ?? { words: `the registry gave no answer: ${reason.split('\n', 1)[0]}` };
}

function parse(text) {
  try {
    return JSON.parse(text.slice(text.indexOf('{')));
  } catch {
    return {};
  }
}
