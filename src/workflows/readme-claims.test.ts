import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type ClaimedRun, noteContradictions, readmeClaims } from './readme-claims.ts';

interface Changes {
  readonly failed?: number;
  readonly events?: number;
  readonly loadMs?: number;
  readonly interrupted?: boolean;
  readonly target?: 'local' | 'minikube';
}

function run({ failed = 0, events = 3, loadMs = 90_000, interrupted = false, target = 'local' }: Changes): ClaimedRun {
  return {
    up: { target, ms: 500 },
    loadtest: { profile: 'quick', ms: loadMs, interrupted, metrics: { http_req_failed: { type: 'rate', contains: 'default', values: { passes: failed } } } },
    events: Array.from({ length: events }, () => ({ ms: 0, from: 1, to: 2, explanation: '' })),
    down: { ms: 500 },
  };
}

test('the README says what is held against it', async () => {
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');
  for (const { words } of readmeClaims) expect(readme.replaceAll('\n', ' ')).toContain(words);
});

test('a run that bears the README out has no note', () => {
  expect(noteContradictions(run({}))).toEqual([]);
  expect(noteContradictions(run({ failed: 5, events: 0 })), 'no replica ended').toEqual([]);
  expect(noteContradictions(run({ failed: 5, interrupted: true }))).toEqual([]);
  expect(noteContradictions(run({ loadMs: 300_000, target: 'minikube' }))).toEqual([]);
});

test('a run that contradicts the README says so', () => {
  expect(noteContradictions(run({ failed: 5 }))).toMatchObject([expect.stringMatching(/no request is lost.*5 requests failed/)]);
  expect(noteContradictions(run({ loadMs: 130_000 }))).toMatchObject([expect.stringMatching(/within two minutes.*131 s/)]);
});
