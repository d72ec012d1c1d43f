import { expect, test } from 'vitest';
import { loadPlaceOf } from './load-request.ts';

test.each(['local', 'minikube', 'kube', null] as const)('load on %s is made here unless it is asked for elsewhere', (target) => {
  expect(loadPlaceOf({}, target)).toBe('here');
});

test.each(['minikube', 'kube'] as const)('load can be made in the cluster of %s', (target) => {
  expect(loadPlaceOf({ 'in-cluster': true }, target)).toBe('in-cluster');
});

test.each([
  ['local', /this machine/],
  [null, /--url is not ours/],
] as const)('load can not be made in the cluster of %s', (target, words) => {
  expect(() => loadPlaceOf({ 'in-cluster': true }, target)).toThrow(expect.objectContaining({ kind: 'usage', message: expect.stringMatching(words) }));
});
