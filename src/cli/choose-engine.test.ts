import { expect, test } from 'vitest';
import { chooseEngine, type EngineFlagValues } from './choose-engine.ts';

test.each<[string, EngineFlagValues, 'local' | 'minikube' | 'kube', ReturnType<typeof chooseEngine>]>([
  ['a service here', {}, 'local', { name: 'node', isInside: false, runners: 1 }],
  ['a service in a cluster', {}, 'minikube', { name: 'k6-operator', isInside: true, runners: 2 }],
  ['a cluster, and load from here', { engine: 'node' }, 'kube', { name: 'node', isInside: false, runners: 1 }],
  ['a job in the cluster', { 'in-cluster': true }, 'kube', { name: 'node', isInside: true, runners: 1 }],
  ['a service that is not ours', { url: 'http://a' }, 'minikube', { name: 'node', isInside: false, runners: 1 }],
  ['a script here', { script: 'a.js' }, 'local', { name: 'k6', isInside: false, runners: 1 }],
  ['a script for a service that is not ours', { script: 'a.js', url: 'http://a' }, 'kube', { name: 'k6', isInside: false, runners: 1 }],
  ['a script in a cluster', { script: 'a.js' }, 'kube', { name: 'k6-operator', isInside: true, runners: 2 }],
  ['a k6 here, with all that is for it', { engine: 'k6', parallelism: 2, script: 'a.js', 'k6-binary': 'k6', raw: true }, 'local', { name: 'k6', isInside: false, runners: 2 }],
  ['every sample of runners in a cluster', { raw: true }, 'minikube', { name: 'k6-operator', isInside: true, runners: 2 }],
  ['switches that are off', { raw: false, keep: false, 'in-cluster': false }, 'local', { name: 'node', isInside: false, runners: 1 }],
])('%s', (_, flags, target, expected) => {
  expect(chooseEngine(flags, target)).toEqual(expected);
});

test.each<[string, EngineFlagValues, 'local' | 'minikube', RegExp]>([
  ['processes of the node engine', { parallelism: 2 }, 'local', /--parallelism is for --engine k6 and --engine k6-operator, and the engine is node/],
  ['a script for the node engine', { engine: 'node', script: 'a.js' }, 'local', /--script/],
  ['a k6 for the operator', { 'k6-binary': 'k6' }, 'minikube', /--k6-binary is for --engine k6,/],
  ['a bundle without operator', { engine: 'k6', 'operator-bundle': 'b.yaml' }, 'local', /--operator-bundle/],
  ['objects that nobody makes', { keep: true }, 'local', /--keep/],
  ['every sample of the node engine', { engine: 'node', raw: true }, 'minikube', /--raw is for --engine k6 and --engine k6-operator, and the engine is node/],
  ['a job of k6', { engine: 'k6', 'in-cluster': true }, 'minikube', /--in-cluster is for --engine node/],
  ['a job without a cluster', { 'in-cluster': true }, 'local', /runs on this machine/],
  ['a job for a service that is not ours', { 'in-cluster': true, url: 'http://a' }, 'minikube', /--url is not ours/],
  ['an operator without a cluster', { engine: 'k6-operator' }, 'local', /--engine k6-operator.*runs on this machine/],
  ['an operator for a service that is not ours', { engine: 'k6-operator', url: 'http://a' }, 'minikube', /--url is not ours/],
])('%s makes no sense', (_, flags, target, words) => {
  expect(() => chooseEngine(flags, target)).toThrow(expect.objectContaining({ kind: 'usage', message: expect.stringMatching(words) }));
});
