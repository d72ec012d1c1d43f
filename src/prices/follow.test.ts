import { setImmediate } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { EnvironmentError } from '../tools/errors.ts';
import { createSteppedClock } from './feed.fixture.ts';
import { type FeedContext, findFirstTable, Follower } from './follow.ts';
import { listOf, toBuffer } from './prices.fixture.ts';
import type { Look } from './source-watch.ts';

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 5 });
const candidate = (content: string, settle = () => {}): Look => ({ kind: 'candidate', input: { kind: 'bytes', bytes: toBuffer(content) }, settle });
const changing = new EnvironmentError('PRICECTL_E_PRICES_CHANGING', 'it changed while it was read');
const memory = new EnvironmentError('PRICECTL_E_PRICES_MEMORY', 'not enough memory');

/** A context whose watch finds these one after the other, and then nothing. */
function createContext(finds: (Look | Error)[], signal: AbortSignal): FeedContext {
  const look = async () => {
    const found = finds.shift() ?? { kind: 'none' as const };
    if (found instanceof Error) throw found;
    return found;
  };
  return { watch: { look }, label: 'the list', clock: createSteppedClock(() => setImmediate()), random: () => 0.5, pollIntervalMs: 1_000, signal };
}

/** Follows until everything is found, and returns what was told. */
async function follow(finds: (Look | Error)[]) {
  const controller = new AbortController();
  const first = await findFirstTable(createContext([candidate('a,1\n')], controller.signal));
  const told: string[] = [];
  const observer = {
    onLoaded: () => void told.push('loaded'),
    onRejected: (error: Error) => void told.push(error.message),
    onUnchanged: () => void told.push('unchanged'),
  };
  const following = new Follower(createContext(finds, controller.signal), first, observer).run();
  await until(() => expect(finds).toEqual([]));
  await until(() => expect(told).not.toEqual([]));
  controller.abort();
  await following;
  return told;
}

test('tells a problem that goes on once, until it is another or gone', async () => {
  const settled = vi.fn<() => void>();
  const finds = [memory, memory, changing, changing, memory, candidate('a,1\n', settled), memory, { kind: 'unsettled' } as const, memory, candidate('b,1\n', settled)];
  expect(await follow([...finds, { kind: 'none' }])).toEqual([memory.message, changing.message, memory.message, 'unchanged', memory.message, 'loaded']);
  expect(settled).toHaveBeenCalledTimes(2);
});

test('tells each bad content, and settles it', async () => {
  const settled = vi.fn<() => void>();
  const bad = () => candidate('x\n', settled);
  const problem = 'the list: line 1: "x" has no comma';
  expect(await follow([bad(), bad(), { kind: 'none' }, { kind: 'none' }])).toEqual([problem, problem]);
  expect(settled).toHaveBeenCalledTimes(2);
});

test('does not settle what it failed to read', async () => {
  const settled = vi.fn<() => void>();
  const unreadable: Look = { kind: 'candidate', input: { kind: 'file', path: '/no/such/file', expectedState: undefined }, settle: settled };
  expect(await follow([unreadable, unreadable, { kind: 'none' }])).toEqual(["can't read the list: no such file or directory"]);
  expect(settled).not.toHaveBeenCalled();
});

test('tries a first table three times when the failure may pass, else once', async () => {
  const { signal } = new AbortController();
  expect(await findFirstTable(createContext([changing, { kind: 'unsettled' }, changing, candidate(listOf(4))], signal))).toMatchObject({ rows: 4 });
  await expect(findFirstTable(createContext([changing, changing, changing, candidate(listOf(4))], signal))).rejects.toBe(changing);
  await expect(findFirstTable(createContext([memory, candidate(listOf(4))], signal))).rejects.toBe(memory);
});

test('lets a bug of its observer out, and leaves no thread', async () => {
  const controller = new AbortController();
  const first = await findFirstTable(createContext([candidate('a,1\n')], controller.signal));
  const bug = new Error('a bug');
  const observer = {
    onLoaded() {
      throw bug;
    },
    onRejected() {},
    onUnchanged() {},
  };
  const context = createContext([candidate(listOf(50_000))], controller.signal);
  await expect(new Follower(context, first, observer).run()).rejects.toBe(bug);
  expect(process.getActiveResourcesInfo()).not.toContain('MessagePort');
});
