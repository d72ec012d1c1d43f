import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createBehavior } from '../../autoscale/behavior.ts';
import { defaultServerSettings } from '../../server/settings.ts';
import { clusterSettings, manifestValues, ofKind, renderExample, valueAt } from './manifests.fixture.ts';
import { containerPort, ownLabels, podLabels } from './service-objects.ts';

const pod = 'spec.template.spec';
const container = `${pod}.containers.0`;
const url = { kind: 'url', url: 'https://prices.example.test/list' } as const;
const gzip = { kind: 'gzip', base64: 'H4sI', data: { rows: 9, bytes: 99, sha256: 'cd34' } } as const;

test('objects come in the order of applying: what pods need before the pods, and the autoscaler last', async () => {
  const kinds = (await renderExample()).map(({ kind }) => kind);
  expect(kinds).toEqual(['Namespace', 'ServiceAccount', 'NetworkPolicy', 'ConfigMap', 'Service', 'PodDisruptionBudget', 'Deployment', 'HorizontalPodAutoscaler']);
});

test('a namespace that was there has no manifest', async () => {
  expect((await renderExample({ ownsNamespace: false })).map(({ kind }) => kind)).not.toContain('Namespace');
});

test('our namespace holds its pods to the restricted standard, and belongs to no service alone', async () => {
  expect(ofKind(await renderExample(), 'Namespace').metadata).toEqual({
    name: 'shop',
    labels: {
      'app.kubernetes.io/managed-by': 'pricectl',
      'app.kubernetes.io/part-of': 'pricectl',
      'pod-security.kubernetes.io/enforce': 'restricted',
      'pod-security.kubernetes.io/warn': 'restricted',
      'pod-security.kubernetes.io/audit': 'restricted',
    },
  });
});

test('pods keep to the restricted standard, and get no token', async () => {
  const manifests = await renderExample();
  // https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
  expect(valueAt(ofKind(manifests, 'Deployment'), pod)).toMatchObject({
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [{ securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ['ALL'] } } }],
    volumes: [{ name: 'prices', configMap: expect.anything() }],
  });
  expect(valueAt(ofKind(manifests, 'ServiceAccount'), 'automountServiceAccountToken')).toBe(false);
});

test('every object but the namespace is in it, is known as ours and says the version', async () => {
  for (const manifest of (await renderExample({ name: 'other', version: '1.0.0-rc.1+x' })).slice(1)) {
    expect(manifest.metadata).toMatchObject({ namespace: 'shop', labels: { ...ownLabels('other'), 'app.kubernetes.io/version': '1.0.0-rc.1_x' } });
  }
});

test('pods are known as ours, and each selector selects them', async () => {
  const manifests = await renderExample();
  const deployment = ofKind(manifests, 'Deployment');
  const labels = valueAt(deployment, 'spec.template.metadata.labels');
  expect(labels).toEqual({ ...podLabels('price-api'), ...ownLabels('price-api'), 'app.kubernetes.io/part-of': 'pricectl' });
  const selectors = [
    valueAt(deployment, 'spec.selector.matchLabels'),
    valueAt(ofKind(manifests, 'Service'), 'spec.selector'),
    valueAt(ofKind(manifests, 'PodDisruptionBudget'), 'spec.selector.matchLabels'),
    valueAt(ofKind(manifests, 'NetworkPolicy'), 'spec.podSelector.matchLabels'),
  ];
  for (const selector of selectors) expect(selector).toEqual(podLabels('price-api'));
});

test('no pod is replaced for another version of ours, other bounds or another price list', async () => {
  const before = valueAt(ofKind(await renderExample(), 'Deployment'), 'spec');
  const settings = { ...clusterSettings, min: 1, max: 20, cpuTarget: 70, port: 80, prices: '/elsewhere' };
  expect(valueAt(ofKind(await renderExample({ version: '9.9.9', settings, prices: gzip }), 'Deployment'), 'spec')).toEqual(before);
  expect(valueAt(ofKind(await renderExample({ prices: { kind: 'kept', data: { rows: 1, bytes: 4, sha256: 'a' } } }), 'Deployment'), 'spec')).toEqual(before);
});

test('the settings are on the Deployment, for the next up', async () => {
  const { metadata } = ofKind(await renderExample(), 'Deployment');
  const text = valueAt(metadata, 'annotations');
  expect(text).toEqual({ 'pricectl.dev/settings': JSON.stringify(clusterSettings), 'kube-score/ignore': 'container-image-pull-policy' });
});

test('settings with any path stay printable', async () => {
  const prices = '/tmp/a\u0085b\u2028ä😀\uFEFF\u009F.txt';
  const { metadata } = ofKind(await renderExample({ settings: { ...clusterSettings, prices } }), 'Deployment');
  const text = String(Reflect.get(Object(metadata['annotations']), 'pricectl.dev/settings'));
  expect(text).toMatch(/^[ -~]+$/);
  expect(JSON.parse(text)).toEqual({ ...clusterSettings, prices });
});

test('the number of replicas is left to the autoscaler', async () => {
  expect(valueAt(ofKind(await renderExample(), 'Deployment'), 'spec')).not.toHaveProperty('replicas');
});

test('the time for a pod to end covers preStop and drain', async () => {
  const deployment = ofKind(await renderExample(), 'Deployment');
  const preStop = valueAt(deployment, `${container}.lifecycle.preStop.sleep.seconds`);
  expect(preStop).toBe(5);
  expect(valueAt(deployment, `${pod}.terminationGracePeriodSeconds`)).toBe(5 + defaultServerSettings.drainDeadlineMs / 1_000 + 10);
});

test('the server listens where Service, probes and policy look', async () => {
  const manifests = await renderExample();
  const deployment = ofKind(manifests, 'Deployment');
  expect(valueAt(deployment, `${container}.env`)).toEqual([
    { name: 'PRICECTL_HOST', value: '0.0.0.0' },
    { name: 'PRICECTL_PORT', value: String(containerPort) },
    { name: 'PRICECTL_PRICES', value: '/etc/pricectl/prices/prices.txt' },
  ]);
  expect(valueAt(deployment, `${container}.ports`)).toEqual([{ name: 'http', protocol: 'TCP', containerPort }]);
  for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) expect(valueAt(deployment, `${container}.${probe}.httpGet.port`)).toBe('http');
  expect(valueAt(ofKind(manifests, 'Service'), 'spec')).toMatchObject({ type: 'ClusterIP', ports: [{ port: 8_080, targetPort: 'http' }] });
});

test('CPU and memory are what the settings say', async () => {
  const settings = { ...clusterSettings, cpuRequestMillicores: 250, cluster: { ...clusterSettings.cluster, cpuLimitMillicores: 2_000 } };
  const deployment = ofKind(await renderExample({ settings, memoryLimitBytes: 209_715_200 }), 'Deployment');
  expect(valueAt(deployment, `${container}.resources`)).toEqual({
    requests: { cpu: '250m', memory: '200Mi', 'ephemeral-storage': '32Mi' },
    limits: { cpu: '2', memory: '200Mi', 'ephemeral-storage': '256Mi' },
  });
});

test('a request of CPU above its limit is refused', async () => {
  const settings = { ...clusterSettings, cpuRequestMillicores: 600 };
  await expect(renderExample({ settings })).rejects.toMatchObject({ code: 'PRICECTL_E_USAGE', message: expect.stringContaining('--cpu-request 600m') });
});

test.each([
  ['text', manifestValues.prices, { data: { 'prices.txt': 'P124,49.5\n' } }, '{"rows":1,"bytes":10,"sha256":"ab12"}'],
  ['gzip', gzip, { binaryData: { 'prices.txt': 'H4sI' } }, '{"rows":9,"bytes":99,"sha256":"cd34"}'],
])('prices as %s are in the ConfigMap, and the pods mount it', async (_, prices, content, annotation) => {
  const manifests = await renderExample({ prices });
  const { metadata, apiVersion, kind, ...rest } = ofKind(manifests, 'ConfigMap');
  expect([apiVersion, kind, metadata.name]).toEqual(['v1', 'ConfigMap', 'price-api-prices']);
  expect(metadata['annotations']).toEqual({ 'pricectl.dev/prices': annotation });
  expect(rest).toEqual(content);
});

test('prices that are kept have no ConfigMap of ours but are mounted', async () => {
  const manifests = await renderExample({ prices: { kind: 'kept', data: { rows: 1, bytes: 4, sha256: 'a' } } });
  expect(manifests.map(({ kind }) => kind)).not.toContain('ConfigMap');
  const deployment = ofKind(manifests, 'Deployment');
  expect(valueAt(deployment, `${pod}.volumes`)).toEqual([{ name: 'prices', configMap: { name: 'price-api-prices' } }]);
  expect(valueAt(deployment, `${container}.volumeMounts`)).toEqual([{ name: 'prices', mountPath: '/etc/pricectl/prices', readOnly: true }]);
});

test('for a URL nothing is mounted', async () => {
  const manifests = await renderExample({ prices: url });
  expect(manifests.map(({ kind }) => kind)).not.toContain('ConfigMap');
  const deployment = ofKind(manifests, 'Deployment');
  expect(valueAt(deployment, `${container}.env.2`)).toEqual({ name: 'PRICECTL_PRICES', value: url.url });
  expect(valueAt(deployment, pod)).not.toHaveProperty('volumes');
  expect(valueAt(deployment, container)).not.toHaveProperty('volumeMounts');
});

test.each([
  ['the usual', createBehavior()],
  ['other windows and periods', createBehavior({ scaleDownWindowMs: 10_000, policyPeriodMs: 5_000 })],
])("the autoscaler's behavior is the emulation's: %s", async (_, behavior) => {
  const hpa = ofKind(await renderExample({ settings: { ...clusterSettings, behavior } }), 'HorizontalPodAutoscaler');
  expect({ scaleUp: rulesInMs(valueAt(hpa, 'spec.behavior.scaleUp')), scaleDown: rulesInMs(valueAt(hpa, 'spec.behavior.scaleDown')) }).toEqual(behavior);
});

test('the autoscaler has the bounds and target of the settings, and a tolerance only where it is another than the usual one', async () => {
  const { behavior } = clusterSettings;
  const settings = { ...clusterSettings, min: 2, max: 7, cpuTarget: 65, behavior: { ...behavior, scaleUp: { ...behavior.scaleUp, tolerance: 0.05 } } };
  const { spec } = ofKind(await renderExample({ settings }), 'HorizontalPodAutoscaler');
  expect(spec).toMatchObject({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'price-api' },
    minReplicas: 2,
    maxReplicas: 7,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 65 } } }],
    behavior: { scaleUp: { tolerance: '50m' } },
  });
  expect(valueAt(spec, 'behavior.scaleDown')).not.toHaveProperty('tolerance');
});

test.each(['namespace', 'service-account', 'network-policy', 'prices-config-map', 'service', 'disruption-budget', 'deployment', 'autoscaler'])(
  'the template %s declares the variables that it uses',
  async (name) => {
    const text = await readFile(new URL(`../../../templates/${name}.yaml`, import.meta.url), 'utf8');
    const declared = /^# Variables: (.+)$/m.exec(text)?.[1]?.split(', ');
    expect(declared).toEqual([...new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, variable = '']) => variable))].toSorted((a, b) => a.localeCompare(b)));
  },
);

/** One direction of an HPA's behavior in the words of the emulation. */
function rulesInMs(rules: unknown) {
  const policies: unknown = valueAt(rules, 'policies');
  const tolerance = valueAt(rules, 'tolerance');
  return {
    stabilizationWindowMs: Number(valueAt(rules, 'stabilizationWindowSeconds')) * 1_000,
    selectPolicy: valueAt(rules, 'selectPolicy'),
    tolerance: typeof tolerance === 'string' ? Number.parseFloat(tolerance) / 1_000 : 0.1,
    policies: (Array.isArray(policies) ? policies : []).map((policy: unknown) => ({
      type: valueAt(policy, 'type'),
      value: valueAt(policy, 'value'),
      periodMs: Number(valueAt(policy, 'periodSeconds')) * 1_000,
    })),
  };
}
