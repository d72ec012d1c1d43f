import { expect, test } from 'vitest';
import { createMemoryKubeApi } from '../../../test/fakes/memory-kube-api.ts';
import { KubeApiError } from '../../tools/kube-api.ts';
import { isOnAllNodes } from './node-images.ts';

const signal = new AbortController().signal;

test('an image is there when every node says so', async () => {
  const api = createMemoryKubeApi();
  const node = (name: string, images: readonly string[]) => api.objects.set(`/api/v1/nodes/${name}`, Object.assign({ apiVersion: 'v1', kind: 'Node', metadata: { name } }, { status: { images: [{ names: images }] } }));
  expect(await isOnAllNodes(api, 'a:1', signal), 'no node').toBe(false);
  node('one', ['a:1', 'b:1']);
  expect(await isOnAllNodes(api, 'a:1', signal)).toBe(true);
  node('two', ['b:1']);
  expect(await isOnAllNodes(api, 'a:1', signal)).toBe(false);
});

test('of nodes that may not be seen nothing is known', async () => {
  const api = createMemoryKubeApi();
  api.list = async () => {
    throw new KubeApiError(403, 'Forbidden', 'nodes is forbidden');
  };
  expect(await isOnAllNodes(api, 'a:1', signal)).toBe(false);
});
