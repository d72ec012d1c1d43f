import { expect, test } from 'vitest';
import { isLocalContext } from './judge-context.ts';

test.each([
  ['kind-dev', 'https://10.0.0.1:6443', true],
  ['k3d-dev', 'https://10.0.0.1:6443', true],
  ['docker-desktop', 'https://kubernetes.docker.internal:6443', true],
  ['colima', undefined, true],
  ['colima-work', undefined, true],
  ['orbstack', undefined, true],
  ['rancher-desktop', undefined, true],
  ['anything', 'https://127.0.0.1:32769', true],
  ['anything', 'https://127.8.0.1:1', true],
  ['anything', 'https://localhost:6443', true],
  ['anything', 'https://[::1]:6443', true],
  ['minikube', 'https://192.168.49.2:8443', false],
  ['arn:aws:eks:eu-central-1:1:cluster/prices', 'https://x.eks.example', false],
  ['my-kind-dev', 'https://prod.example', false],
  ['prod', 'https://127.0.0.1.example', false],
  ['prod', 'https://localhost.example', false],
  ['prod', 'nonsense', false],
  ['prod', undefined, false],
])('%s at %s: %s', (context, serverUrl, expected) => {
  expect(isLocalContext({ context, serverUrl, isOurProfile: false })).toBe(expected);
});

test('our own profile is local wherever it is', () => {
  expect(isLocalContext({ context: 'pricectl', serverUrl: 'https://192.168.49.2:8443', isOurProfile: true })).toBe(true);
});
