import { expect, test } from 'vitest';
import { KubeApiError } from '../../tools/kube-api.ts';
import { applyObject, lookForObjects } from './ownership.ts';
import { createFakeParts, putObject } from './parts.fixture.ts';
import { ownLabels, servicePaths } from './service-objects.ts';

const paths = servicePaths({ namespace: 'shop' });
const wanted = [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'price-api', namespace: 'shop' } }];
const signal = new AbortController().signal;

test('our own object is found, and so is none', async () => {
  const { api } = createFakeParts();
  expect(await lookForObjects(api, wanted, 'price-api', signal)).toEqual([{ wanted: wanted[0], path: `${paths.services}/price-api`, found: undefined }]);
  const found = putObject(api, `${paths.services}/price-api`, 'Service');
  expect(await lookForObjects(api, wanted, 'price-api', signal)).toMatchObject([{ found }]);
});

test.each([
  ['without labels', {}],
  ['made by somebody else', { ...ownLabels('price-api'), 'app.kubernetes.io/managed-by': 'Helm' }],
  ['of another instance', ownLabels('other')],
])('an object %s is refused', async (_, labels) => {
  const { api } = createFakeParts();
  putObject(api, `${paths.services}/price-api`, 'Service', labels);
  await expect(lookForObjects(api, wanted, 'price-api', signal)).rejects.toMatchObject({
    code: 'PRICECTL_E_FOREIGN_OBJECT',
    message: expect.stringMatching(/Service price-api in namespace shop/),
  });
});

test('a namespace of ours that the user may not change stays as it is; anything else is refused', async () => {
  const { api } = createFakeParts();
  api.apply = async () => {
    throw new KubeApiError(403, 'Forbidden', 'not you');
  };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
  const found = putObject(api, '/api/v1/namespaces/shop', 'Namespace');
  const standing = { wanted: namespace, path: '/api/v1/namespaces/shop', found };
  expect(await applyObject(api, standing, { signal })).toBe(found);
  await expect(applyObject(api, { ...standing, found: undefined }, { signal }), 'it is to be made').rejects.toThrow('not you');
  const [service] = wanted;
  if (service === undefined) throw new Error('there is one');
  await expect(applyObject(api, { wanted: service, path: `${paths.services}/price-api`, found: service }, { signal })).rejects.toThrow('not you');
});
