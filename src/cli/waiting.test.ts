import { expect, test } from 'vitest';
import { createFakeClock } from '../../test/fakes/fake-clock.ts';
import { systemClock } from '../tools/clock.ts';
import { showWaiting } from './waiting.ts';

function record() {
  const shown: string[] = [];
  const createLine = async () => ({ show: (text: string) => void shown.push(text), clear: () => void shown.push('cleared') });
  return { shown, createLine };
}

test('a long wait is shown with what is awaited, and the line goes when it is over', async () => {
  const { shown, createLine } = record();
  const work = Promise.withResolvers<number>();
  const clock = createFakeClock();
  const sleep = async (ms: number, signal?: AbortSignal) => {
    await clock.sleep(ms, signal);
    if (clock.now() === 3_000) {
      work.resolve(42);
      // The end of the wait is seen before the next second.
      await new Promise(setImmediate);
    }
  };
  expect(await showWaiting('looks at the service', work.promise, { clock: { ...clock, sleep }, createLine })).toBe(42);
  expect(shown).toEqual(['looks at the service … 1 s', 'looks at the service … 2 s', 'cleared']);
});

test('a short wait is not shown', async () => {
  const { shown, createLine } = record();
  expect(await showWaiting('looks', Promise.resolve('there'), { clock: systemClock, createLine })).toBe('there');
  expect(shown).toEqual([]);
});

test('a failure is thrown, and the line goes', async () => {
  const { shown, createLine } = record();
  const work = Promise.withResolvers<never>();
  const clock = createFakeClock();
  const sleep = async (ms: number, signal?: AbortSignal) => {
    await clock.sleep(ms, signal);
    if (clock.now() < 2_000) return;
    work.reject(new Error('no'));
    await new Promise(setImmediate);
  };
  await expect(showWaiting('looks', work.promise, { clock: { ...clock, sleep }, createLine })).rejects.toThrow('no');
  expect(shown).toEqual(['looks … 1 s', 'cleared']);
});
