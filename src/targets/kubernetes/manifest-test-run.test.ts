import { expect, test } from 'vitest';
import { testRun, testRunConfigMap, testRunName, type TestRunValues } from './manifest-test-run.ts';
import { ownLabels, podLabels } from './service-objects.ts';

const values: TestRunValues = {
  identity: { namespace: 'pricectl', name: 'price-api' },
  suffix: 'abcde',
  parallelism: 3,
  files: new Map([['main.js', 'a'], ['ids.json', '[]']]),
  env: { A: 'x', B: '$(A) $$' },
  args: ['--no-thresholds', '--tag', 'a=b c$'],
  hasArgs: true,
  keepsSamples: false,
};

// oxlint-disable-next-line typescript/no-explicit-any -- what a test looks for in it is what it checks
function specOf(changes: Partial<TestRunValues> = {}): any {
  return testRun({ ...values, ...changes }).spec;
}

test('its labels are ours, and not those of a server', () => {
  for (const object of [testRun(values), testRunConfigMap(values)]) {
    expect(object.metadata).toMatchObject({ name: 'price-api-k6-abcde', namespace: 'pricectl', labels: { ...ownLabels('price-api'), 'app.kubernetes.io/component': 'load' } });
  }
  for (const part of ['initializer', 'runner', 'starter']) {
    expect(specOf()[part].metadata.labels).toMatchObject({ ...ownLabels('price-api'), 'app.kubernetes.io/component': 'load' });
    expect(specOf()[part].metadata.labels).not.toMatchObject(podLabels('price-api'));
  }
});

test('the script is the ConfigMap, and is told as it is', () => {
  expect(testRunConfigMap(values).data).toEqual({ 'main.js': 'a', 'ids.json': '[]' });
  expect(specOf()).toMatchObject({ parallelism: 3, script: { configMap: { name: 'price-api-k6-abcde', file: 'main.js' } } });
  expect(specOf()).not.toHaveProperty('cleanup');
});

test('arguments and variables come as they are through what Kubernetes replaces in them', () => {
  expect(specOf().args).toEqual(['--no-thresholds', '--tag', 'a=b c$$']);
  for (const part of ['initializer', 'runner']) expect(specOf()[part].env).toEqual([{ name: 'A', value: 'x' }, { name: 'B', value: '$$(A) $$$$' }]);
});

test('an operator before 1.6 gets one text, which can hold no white space', () => {
  expect(specOf({ hasArgs: false, args: ['--no-thresholds', '--no-color'] })).toMatchObject({ arguments: '--no-thresholds --no-color' });
  expect(specOf({ hasArgs: false, args: [] })).not.toHaveProperty('args');
  expect(() => specOf({ hasArgs: false })).toThrow(TypeError);
});

test('its pods may nothing that they do not need, in images of one version', () => {
  const restricted = { automountServiceAccountToken: 'false', containerSecurityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] } } };
  const scratch = { volumes: [{ name: 'tmp', emptyDir: {} }], volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] };
  const k6 = { image: 'grafana/k6:2.2.0', ...restricted, ...scratch, securityContext: { runAsNonRoot: true, runAsUser: 12_345, seccompProfile: { type: 'RuntimeDefault' } } };
  expect(specOf()).toMatchObject({ initializer: k6, runner: k6, starter: { image: 'ghcr.io/grafana/k6-operator:starter-v1.6.0', ...restricted, securityContext: { runAsUser: 65_532 } } });
  for (const part of ['initializer', 'runner', 'starter']) expect(specOf()[part].metadata.annotations).toMatchObject({ 'sidecar.istio.io/inject': 'false' });
});

test('runners spread over nodes where they can, and are not ended for being busy', () => {
  const { runner } = specOf();
  expect(runner.topologySpreadConstraints).toEqual([{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { k6_cr: 'price-api-k6-abcde', runner: 'true' } } }]);
  expect(runner.livenessProbe).toMatchObject({ httpGet: { path: '/v1/status', port: 6_565 }, timeoutSeconds: 10, periodSeconds: 10, failureThreshold: 60 });
  expect(runner.readinessProbe.periodSeconds).toBeLessThan(5);
});

test('a runner that keeps its samples sends them from a container beside k6, and its image can', () => {
  expect(specOf().runner).not.toHaveProperty('initContainers');
  const { args, runner, initializer } = specOf({ keepsSamples: true });
  expect(args).toEqual(['--no-thresholds', '--tag', 'a=b c$$', '--out', 'json=/tmp/samples.json']);
  expect(runner.initContainers).toMatchObject([{ name: 'samples', image: runner.image, restartPolicy: 'Always', volumeMounts: runner.volumeMounts }]);
  // Kubernetes would replace `$(NAME)`.
  expect(runner.initContainers[0].command.at(-1)).not.toMatch(/(^|[^$])(\$\$)*\$[^$]/);
  expect(initializer).not.toHaveProperty('initContainers');
  expect(specOf({ keepsSamples: true, hasArgs: false, args: ['--no-color'] })).toMatchObject({ arguments: '--no-color --out json=/tmp/samples.json' });
});

test.each([
  ['price-api', 'price-api-k6-abcde'],
  ['n'.repeat(63), `${'n'.repeat(41)}-k6-abcde`],
  [`${'n'.repeat(40)}-${'m'.repeat(20)}`, `${'n'.repeat(40)}-k6-abcde`],
])('the TestRun of %s is %s, which leaves room for what is made of it', (name, expected) => {
  expect(testRunName(name, 'abcde')).toBe(expected);
  expect(expected.length).toBeLessThanOrEqual(50);
});
