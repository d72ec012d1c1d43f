import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StateKeeper } from './state-keeper.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-keeper-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function fail(): never {
  throw new Error('no space left on the disk');
}

test('a state file that can not be written for once, or that somebody removed as soon as it was, is no reason to end; a folder that is gone is', async () => {
  const said: string[] = [];
  const keeper = new StateKeeper({ path: join(folder, 'state.json'), state: fail, log: (text) => said.push(text) });
  expect(await keeper.check()).toBe(true);
  expect(said).toEqual([expect.stringMatching(/is absent and is written anew$/), expect.stringMatching(/no space left/)]);
  await rm(folder, { recursive: true });
  expect(await keeper.check()).toBe(false);
});
