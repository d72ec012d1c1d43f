import { expect, test } from 'vitest';
import { lookForObjects } from './ownership.ts';
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
