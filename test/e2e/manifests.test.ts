import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { toYaml } from '../../src/targets/kubernetes/manifest-yaml.ts';
import { clusterSettings, ofKind, renderExample, valueAt, withValueAt } from '../../src/targets/kubernetes/manifests.fixture.ts';
import { type ClusterHome, createClusterHome } from './cluster-home.ts';
import type { ManifestValues } from '../../src/targets/kubernetes/manifest-values.ts';

const why = inject('whyNoCluster');
const namespace = `manifests-${randomBytes(4).toString('hex')}`;

let home: ClusterHome;

/** kubectl for the cluster of these tests; what it is to read goes by a file. */
async function kubectl(args: readonly string[], input?: string) {
  const files = input === undefined ? [] : ['--filename', await home.write('input.yaml', input)];
  const { exitCode, stdout, stderr } = await home.tool('kubectl', '--context', 'pricectl', ...args, ...files);
  return { exitCode, stdout, stderr };
}

/** Lets the API server check objects and fill them in; returns them as they would be stored. */
async function tryToApply(objects: readonly object[]): Promise<readonly unknown[]> {
  const args = ['apply', '--server-side', '--field-manager=pricectl', '--dry-run=server', '--output=json'];
  const result = await kubectl(args, toYaml(objects));
  // A violated pod security standard is a warning.
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  const answer: unknown = JSON.parse(result.stdout);
  const items = valueAt(answer, 'items');
  return Array.isArray(items) ? items : [answer];
}

describe.skipIf(why !== null)('the API server takes the manifests', () => {
  // What is checked below is stored nowhere, but it has to have a namespace and an account to be in.
  beforeAll(async () => {
    home = await createClusterHome();
    await home.startProfile();
    const real = (await renderExample({ namespace })).filter(({ kind }) => kind === 'Namespace' || kind === 'ServiceAccount');
    const { exitCode, stderr } = await kubectl(['apply', '--server-side', '--field-manager=pricectl'], toYaml(real));
    if (exitCode !== 0) throw new Error(`can't make the namespace: ${stderr}`);
  }, 300_000);
  afterAll(() => home?.[Symbol.asyncDispose](), 120_000);

  const { behavior, cluster } = clusterSettings;
  test.each<[string, Partial<ManifestValues>]>([
    ['a small list', {}],
    ['the largest gzipped list', { prices: { kind: 'gzip', base64: randomBytes(1_048_576).toString('base64'), data: { rows: 1, bytes: 1, sha256: 'ab' } } }],
    ['the list that is there', { prices: { kind: 'kept', data: { rows: 1, bytes: 4, sha256: 'a' } } }],
    ['a list at a URL', { prices: { kind: 'url', url: 'https://prices.example.test:8443/list?format=csv' } }],
    ['line ends of Windows, and ids of many languages', { prices: { kind: 'text', text: 'ä€😀\u00A0,1\r\n\tx\u0301 \uFFFD,2', data: { rows: 2, bytes: 9, sha256: 'ab' } } }],
    ['a service for all', { settings: { ...clusterSettings, cluster: { ...cluster, serviceType: 'LoadBalancer' } } }],
    ['a port of each node', { settings: { ...clusterSettings, cluster: { ...cluster, serviceType: 'NodePort' } } }],
    ['an own tolerance', { settings: { ...clusterSettings, behavior: { ...behavior, scaleUp: { ...behavior.scaleUp, tolerance: 0.05 } } } }],
    ['whole cores and memory in thousands', { memoryLimitBytes: 200_000_000, settings: { ...clusterSettings, cluster: { ...cluster, cpuLimitMillicores: 2_000 } } }],
    ['the longest name', { name: 'a'.repeat(50), image: `a@sha256:${'0'.repeat(64)}` }],
  ])('%s: without a warning, and stored as it was sent', async (_, values) => {
    const manifests = await renderExample({ ...values, namespace });
    const stored = await tryToApply(manifests);
    expect(stored).toHaveLength(manifests.length);
    for (const [index, manifest] of manifests.entries()) expect(stored[index]).toMatchObject(withoutEmptyLists(manifest));
  });

  test('one byte more than a ConfigMap holds is refused', async () => {
    const prices = { kind: 'gzip', base64: randomBytes(1_048_577).toString('base64'), data: { rows: 1, bytes: 1, sha256: 'ab' } } as const;
    const configMap = ofKind(await renderExample({ prices, namespace }), 'ConfigMap');
    const result = await kubectl(['apply', '--server-side', '--dry-run=server'], toYaml([configMap]));
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/Too long/) });
  });

  test('a namespace that is held to the restricted standard takes the pods, and no others', async () => {
    const manifests = await renderExample({ namespace });
    const podOf = (deployment: unknown) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'try', namespace }, spec: valueAt(deployment, 'spec.template.spec') });
    await tryToApply([podOf(ofKind(manifests, 'Deployment'))]);
    const path = 'spec.template.spec.containers.0.securityContext.allowPrivilegeEscalation';
    const worse = podOf(ofKind(withValueAt(manifests, 'Deployment', path, true), 'Deployment'));
    const refused = await kubectl(['apply', '--server-side', '--dry-run=server'], toYaml([worse]));
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/violates PodSecurity "restricted/) });
  });
});

/** As Go writes objects: `egress: []` is left out. */
function withoutEmptyLists(value: object): object {
  return JSON.parse(JSON.stringify(value, (_, field: unknown) => (Array.isArray(field) && field.length === 0 ? undefined : field)));
}
