import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { codeBlocks, readGuides } from '../guides.ts';

/** What tests look for in a job of GitHub Actions. */
interface Job {
  readonly 'runs-on'?: string;
  readonly steps?: readonly { readonly uses?: string; readonly run?: string }[];
}

const blocks = (await readGuides()).flatMap(({ path, text }) => codeBlocks(text, 'yaml').map((block, index) => ({ title: `${path}, pipeline ${index + 1}`, block })));

test.each(blocks)('$title is YAML without errors and warnings', ({ block }) => {
  expect(parseAllDocuments(block).flatMap((document) => ('errors' in document ? [...document.errors, ...document.warnings] : []))).toEqual([]);
});

test('every job of GitHub Actions has a machine, and each of its steps does one thing', () => {
  const jobs = blocks.flatMap(({ block }): readonly Job[] => Object.values(parseAllDocuments(block)[0]?.toJS().jobs ?? {}));
  expect(jobs.length).toBeGreaterThan(0);
  for (const { steps = [], ...job } of jobs) {
    expect(job['runs-on']).toBeTypeOf('string');
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.filter(({ uses, run }) => (uses === undefined) === (run === undefined))).toEqual([]);
  }
});

test('an action is named with its version', () => {
  expect(blocks.flatMap(({ block }) => [...block.matchAll(/uses: (\S+)/g)].map(([, action = '']) => action)).filter((action) => !/^[\w-]+\/[\w-]+@v\d+$/.test(action))).toEqual([]);
});
