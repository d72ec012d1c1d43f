import { expect, test } from 'vitest';
import { describeChanges, judgeChange } from './judge-change.ts';

const metadata = { name: 'price-api', labels: { a: '1', b: '2' }, resourceVersion: '7', managedFields: [{ time: 'then' }], generation: 1 };
const found = { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80, name: 'http' }], type: 'NodePort' }, status: { a: 1 } };

test('what the server keeps for itself and the order of keys are no change', () => {
  expect(judgeChange(undefined, found)).toBe('create');
  const { status: _, ...rest } = found;
  const again = { ...rest, metadata: { ...metadata, labels: { b: '2', a: '1' }, resourceVersion: '8', managedFields: [] }, spec: { type: 'NodePort', ports: [{ name: 'http', port: 80 }] } };
  expect(judgeChange(found, again)).toBe('none');
});

test.each([
  ['a label', { ...found, metadata: { ...metadata, labels: { a: '1', b: '3' } } }],
  ['an annotation', { ...found, metadata: { ...metadata, annotations: { a: '' } } }],
  ['the order of a list', { ...found, spec: { ...found.spec, ports: [] } }],
  ['data beside the spec', { ...found, data: { a: 'b' } }],
])('%s is a change', (_, applied) => expect(judgeChange(found, applied)).toBe('change'));

test('changes in words', () => {
  expect(describeChanges([{ kind: 'Service', change: 'none' }])).toBeUndefined();
  const changes = [
    { kind: 'ConfigMap', change: 'delete' },
    { kind: 'Deployment', change: 'change' },
    { kind: 'Service', change: 'create' },
    { kind: 'Namespace', change: 'create' },
    { kind: 'ServiceAccount', change: 'none' },
  ] as const;
  expect(describeChanges(changes)).toBe('would create Service, Namespace; change Deployment; delete ConfigMap; 1 unchanged');
});
