import { expect, test } from 'vitest';
import { createMemoryKubeApi } from '../../../test/fakes/memory-kube-api.ts';
import { createApiSession } from './api-session.ts';

/** A kubectl that counts what it opens and closes; `failures` are thrown first. */
function createFakeKubectl(failures: readonly Error[] = []) {
  const left = [...failures];
  const counts = { opened: 0, closed: 0 };
  return {
    counts,
    async openApi() {
      const failure = left.shift();
      if (failure !== undefined) throw failure;
      counts.opened += 1;
      return { ...createMemoryKubeApi(), async [Symbol.asyncDispose]() { counts.closed += 1; } };
    },
  };
}

const signal = new AbortController().signal;

test('the API is opened when it is needed, once, and closed with the session', async () => {
  const kubectl = createFakeKubectl();
  const session = createApiSession(kubectl);
  await session[Symbol.asyncDispose]();
  expect(kubectl.counts).toEqual({ opened: 0, closed: 0 });
  const [first, second] = await Promise.all([session.open(signal), session.open(signal)]);
  expect(first).toBe(second);
  await session[Symbol.asyncDispose]();
  await session[Symbol.asyncDispose]();
  expect(kubectl.counts).toEqual({ opened: 1, closed: 1 });
});

test('after a reset another one is opened', async () => {
  const kubectl = createFakeKubectl();
  const session = createApiSession(kubectl);
  const first = await session.open(signal);
  await session.reset();
  expect(await session.open(signal)).not.toBe(first);
  expect(kubectl.counts).toEqual({ opened: 2, closed: 1 });
});

test('one that could not be opened is tried again, and needs no close', async () => {
  const kubectl = createFakeKubectl([new Error('down'), new Error('still down')]);
  const session = createApiSession(kubectl);
  await expect(session.open(signal)).rejects.toThrow('down');
  await expect(session.open(signal)).rejects.toThrow('still down');
  await session.reset();
  await session.open(signal);
  expect(kubectl.counts).toEqual({ opened: 1, closed: 0 });
});
