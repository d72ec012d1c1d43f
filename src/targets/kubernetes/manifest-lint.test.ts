import { expect, test } from 'vitest';
import type { Manifest } from './manifest-template.ts';
import { ofKind, renderExample, valueAt, withValueAt } from './manifests.fixture.ts';

type Manifests = readonly Manifest[];

/** One default rule of a linter, and a change that breaks it: kind, path and value (undefined removes). */
interface Rule {
  readonly isKept: (manifests: Manifests) => boolean;
  readonly breaks: readonly (readonly [kind: string, path: string, value: unknown])[];
}

const template = 'spec.template.spec';
const container = `${template}.containers.0`;
const deployment = (manifests: Manifests, path: string) => valueAt(ofKind(manifests, 'Deployment'), path);
const inPod = (path: string) => (manifests: Manifests) => deployment(manifests, `${template}.${path}`);
const inContainer = (path: string) => (manifests: Manifests) => deployment(manifests, `${container}.${path}`);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const entries = (value: unknown): readonly (readonly [string, unknown])[] => Object.entries(typeof value === 'object' && value !== null ? value : {});
const ports = (manifests: Manifests) => list(inContainer('ports')(manifests));
const podLabelsOf = (manifests: Manifests) => deployment(manifests, 'spec.template.metadata.labels');
/** Whether a map of labels selects the pods. An empty one selects all, which no rule means. */
const selectsPods = (manifests: Manifests, selector: unknown) =>
  entries(selector).length > 0 && entries(selector).every(([key, value]) => Reflect.get(Object(podLabelsOf(manifests)), key) === value);
/** Whether a port is the number or name of one of the container's. */
const isOpen = (manifests: Manifests, port: unknown) => ports(manifests).some((open) => valueAt(open, 'containerPort') === port || valueAt(open, 'name') === port);
const probeIsOpen = (probe: string): Rule => ({
  isKept: (manifests) => isOpen(manifests, inContainer(`${probe}.httpGet.port`)(manifests)),
  breaks: [['Deployment', `${container}.${probe}.httpGet.port`, 5_001]],
});
const mustBe = (path: string, wanted: unknown, other: unknown): Rule => ({
  isKept: (manifests) => deployment(manifests, path) === wanted,
  breaks: [['Deployment', path, other]],
});
const isQuantity = (value: unknown) => typeof value === 'string' && /^\d+(m|Mi|Gi|Ki)?$/.test(value);
const mustHaveQuantities = (...paths: readonly string[]): Rule => ({
  isKept: (manifests) => paths.every((path) => isQuantity(inContainer(`resources.${path}`)(manifests))),
  breaks: paths.map((path) => ['Deployment', `${container}.resources.${path}`, undefined] as const),
});
const hasTag = (image: unknown) => typeof image === 'string' && /[:@][^/]+$/.test(image) && !image.endsWith(':latest');
const annotationsOf = (manifest: Manifest) => Object(manifest.metadata['annotations']);
const names = (value: unknown) => list(value).map((item) => valueAt(item, 'name'));
const isDistinct = (values: readonly unknown[]) => new Set(values).size === values.length;
const paths = (manifests: Manifests) => list(inPod('volumes')(manifests)).map((volume) => valueAt(volume, 'hostPath.path'));
const podSecurity = (manifests: Manifests, field: string) => inContainer(`securityContext.${field}`)(manifests) ?? inPod(`securityContext.${field}`)(manifests);

/** The checks of kube-linter that are on by default (pkg/defaultchecks), and what each looks at here. */
const kubeLinter: Readonly<Record<string, Rule>> = {
  'dangling-service': {
    isKept: (manifests) => selectsPods(manifests, valueAt(ofKind(manifests, 'Service'), 'spec.selector')),
    breaks: [['Service', 'spec.selector', { app: 'x' }]],
  },
  'deprecated-service-account-field': { isKept: (manifests) => inPod('serviceAccount')(manifests) === undefined, breaks: [['Deployment', `${template}.serviceAccount`, 'x']] },
  'docker-sock': {
    isKept: (manifests) => !paths(manifests).some((path) => String(path).includes('docker.sock')),
    breaks: [['Deployment', `${template}.volumes`, [{ hostPath: { path: '/var/run/docker.sock' } }]]],
  },
  'drop-net-raw-capability': {
    isKept: (manifests) => list(inContainer('securityContext.capabilities.drop')(manifests)).some((name) => name === 'ALL' || name === 'NET_RAW'),
    breaks: [['Deployment', `${container}.securityContext.capabilities`, undefined]],
  },
  'duplicate-env-var': {
    isKept: (manifests) => isDistinct(names(inContainer('env')(manifests))),
    breaks: [['Deployment', `${container}.env.1.name`, 'PRICECTL_HOST']],
  },
  'env-var-secret': {
    isKept: (manifests) => !names(inContainer('env')(manifests)).some((name) => /secret/i.test(String(name))),
    breaks: [['Deployment', `${container}.env.1.name`, 'MY_SECRET']],
  },
  'host-ipc': { isKept: (manifests) => inPod('hostIPC')(manifests) !== true, breaks: [['Deployment', `${template}.hostIPC`, true]] },
  'host-network': { isKept: (manifests) => inPod('hostNetwork')(manifests) !== true, breaks: [['Deployment', `${template}.hostNetwork`, true]] },
  'host-pid': { isKept: (manifests) => inPod('hostPID')(manifests) !== true, breaks: [['Deployment', `${template}.hostPID`, true]] },
  'invalid-target-ports': {
    isKept: (manifests) =>
      [...list(valueAt(ofKind(manifests, 'Service'), 'spec.ports')).map((port) => valueAt(port, 'targetPort')), ...names(ports(manifests))].every(
        (port) => typeof port === 'number' || /^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/.test(String(port)),
      ),
    breaks: [['Service', 'spec.ports.0.targetPort', 'Bad_Name']],
  },
  'job-ttl-seconds-after-finished': { isKept: (manifests) => manifests.every(({ kind }) => kind !== 'Job'), breaks: [['Service', 'kind', 'Job']] },
  'latest-tag': { isKept: (manifests) => hasTag(inContainer('image')(manifests)), breaks: [['Deployment', `${container}.image`, 'price-api:latest']] },
  'liveness-port': probeIsOpen('livenessProbe'),
  'readiness-port': probeIsOpen('readinessProbe'),
  'startup-port': probeIsOpen('startupProbe'),
  'mismatching-selector': {
    isKept: (manifests) => selectsPods(manifests, deployment(manifests, 'spec.selector.matchLabels')),
    breaks: [['Deployment', 'spec.selector.matchLabels', { app: 'x' }]],
  },
  'no-anti-affinity': {
    isKept: (manifests) =>
      list(inPod('affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution')(manifests)).some(
        (term) =>
          valueAt(term, 'podAffinityTerm.topologyKey') === 'kubernetes.io/hostname' &&
          selectsPods(manifests, valueAt(term, 'podAffinityTerm.labelSelector.matchLabels')),
      ),
    breaks: [['Deployment', `${template}.affinity`, undefined]],
  },
  'no-extensions-v1beta': {
    isKept: (manifests) => manifests.every(({ apiVersion }) => !apiVersion.startsWith('extensions/')),
    breaks: [['Deployment', 'apiVersion', 'extensions/v1beta1']],
  },
  'no-read-only-root-fs': mustBe(`${container}.securityContext.readOnlyRootFilesystem`, true, undefined),
  'non-existent-service-account': {
    isKept: (manifests) => inPod('serviceAccountName')(manifests) === ofKind(manifests, 'ServiceAccount').metadata.name,
    breaks: [['Deployment', `${template}.serviceAccountName`, 'x']],
  },
  'pdb-max-unavailable': {
    isKept: (manifests) => !['0', '0%', 'undefined'].includes(String(valueAt(ofKind(manifests, 'PodDisruptionBudget'), 'spec.maxUnavailable'))),
    breaks: [['PodDisruptionBudget', 'spec.maxUnavailable', 0]],
  },
  'pdb-min-available': {
    isKept: (manifests) => valueAt(ofKind(manifests, 'PodDisruptionBudget'), 'spec.minAvailable') === undefined,
    breaks: [['PodDisruptionBudget', 'spec.minAvailable', 3]],
  },
  'pdb-unhealthy-pod-eviction-policy': {
    isKept: (manifests) => valueAt(ofKind(manifests, 'PodDisruptionBudget'), 'spec.unhealthyPodEvictionPolicy') === 'AlwaysAllow',
    breaks: [['PodDisruptionBudget', 'spec.unhealthyPodEvictionPolicy', undefined]],
  },
  'privilege-escalation-container': mustBe(`${container}.securityContext.allowPrivilegeEscalation`, false, undefined),
  'privileged-container': {
    isKept: (manifests) => inContainer('securityContext.privileged')(manifests) !== true,
    breaks: [['Deployment', `${container}.securityContext.privileged`, true]],
  },
  'run-as-non-root': {
    isKept: (manifests) => podSecurity(manifests, 'runAsNonRoot') === true && podSecurity(manifests, 'runAsUser') !== 0,
    breaks: [['Deployment', `${container}.securityContext.runAsNonRoot`, false]],
  },
  'sensitive-host-mounts': {
    isKept: (manifests) => paths(manifests).every((path) => path === undefined),
    breaks: [['Deployment', `${template}.volumes`, [{ hostPath: { path: '/etc' } }]]],
  },
  'ssh-port': {
    isKept: (manifests) => !ports(manifests).some((port) => valueAt(port, 'containerPort') === 22),
    breaks: [['Deployment', `${container}.ports.0.containerPort`, 22]],
  },
  'unsafe-sysctls': {
    isKept: (manifests) => inPod('securityContext.sysctls')(manifests) === undefined,
    breaks: [['Deployment', `${template}.securityContext.sysctls`, [{ name: 'kernel.msgmax', value: '1' }]]],
  },
  'unset-cpu-requirements': mustHaveQuantities('requests.cpu'),
  'unset-memory-requirements': mustHaveQuantities('requests.memory', 'limits.memory'),
};

const probe = (manifests: Manifests, name: string) => inContainer(name)(manifests);

/** The checks of kube-score that are on by default (score/checks). */
const kubeScore: Readonly<Record<string, Rule>> = {
  'container-resources': mustHaveQuantities('requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'),
  'container-ephemeral-storage-request-and-limit': mustHaveQuantities('requests.ephemeral-storage', 'limits.ephemeral-storage'),
  'container-image-tag': { isKept: (manifests) => hasTag(inContainer('image')(manifests)), breaks: [['Deployment', `${container}.image`, 'localhost:5000/price-api']] },
  'container-security-context-user-group-id': {
    isKept: (manifests) => Number(podSecurity(manifests, 'runAsUser')) > 10_000 && Number(podSecurity(manifests, 'runAsGroup')) > 10_000,
    breaks: [
      ['Deployment', `${template}.securityContext.runAsUser`, 1_000],
      ['Deployment', `${template}.securityContext.runAsGroup`, undefined],
    ],
  },
  'container-security-context-readonlyrootfilesystem': mustBe(`${container}.securityContext.readOnlyRootFilesystem`, true, false),
  'container-security-context-privileged': {
    isKept: (manifests) => inContainer('securityContext.privileged')(manifests) !== true,
    breaks: [['Deployment', `${container}.securityContext.privileged`, true]],
  },
  'pod-probes': {
    isKept: (manifests) => probe(manifests, 'readinessProbe') !== undefined && probe(manifests, 'livenessProbe') !== undefined,
    breaks: [
      ['Deployment', `${container}.readinessProbe`, undefined],
      ['Deployment', `${container}.livenessProbe`, undefined],
    ],
  },
  'pod-probes-identical': {
    isKept: (manifests) => valueAt(probe(manifests, 'readinessProbe'), 'httpGet.path') !== valueAt(probe(manifests, 'livenessProbe'), 'httpGet.path'),
    breaks: [['Deployment', `${container}.readinessProbe.httpGet.path`, '/livez']],
  },
  'pod-networkpolicy': {
    isKept: (manifests) => {
      const policy = ofKind(manifests, 'NetworkPolicy');
      const types = list(valueAt(policy, 'spec.policyTypes'));
      return types.includes('Ingress') && types.includes('Egress') && selectsPods(manifests, valueAt(policy, 'spec.podSelector.matchLabels'));
    },
    breaks: [
      ['NetworkPolicy', 'spec.policyTypes', ['Ingress']],
      ['NetworkPolicy', 'spec.podSelector.matchLabels', { app: 'x' }],
    ],
  },
  'networkpolicy-targets-pod': {
    isKept: (manifests) => selectsPods(manifests, valueAt(ofKind(manifests, 'NetworkPolicy'), 'spec.podSelector.matchLabels')),
    breaks: [['NetworkPolicy', 'spec.podSelector.matchLabels', { app: 'x' }]],
  },
  'service-targets-pod': {
    isKept: (manifests) => selectsPods(manifests, valueAt(ofKind(manifests, 'Service'), 'spec.selector')),
    breaks: [['Service', 'spec.selector', { app: 'x' }]],
  },
  'service-type': {
    isKept: (manifests) => valueAt(ofKind(manifests, 'Service'), 'spec.type') !== 'NodePort',
    breaks: [['Service', 'spec.type', 'NodePort']],
  },
  'deployment-has-poddisruptionbudget': {
    isKept: (manifests) => selectsPods(manifests, valueAt(ofKind(manifests, 'PodDisruptionBudget'), 'spec.selector.matchLabels')),
    breaks: [['PodDisruptionBudget', 'spec.selector.matchLabels', { app: 'x' }]],
  },
  'poddisruptionbudget-has-policy': {
    isKept: (manifests) => valueAt(ofKind(manifests, 'PodDisruptionBudget'), 'spec.maxUnavailable') !== undefined,
    breaks: [['PodDisruptionBudget', 'spec.maxUnavailable', undefined]],
  },
  'deployment-has-host-podantiaffinity': {
    isKept: (manifests) => list(inPod('affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution')(manifests)).length > 0,
    breaks: [['Deployment', `${template}.affinity.podAntiAffinity`, undefined]],
  },
  'deployment-targeted-by-hpa-does-not-have-replicas-configured': mustBe('spec.replicas', undefined, 3),
  'deployment-strategy': mustBe('spec.strategy.type', 'RollingUpdate', 'Recreate'),
  'horizontalpodautoscaler-has-target': {
    isKept: (manifests) => {
      const target = valueAt(ofKind(manifests, 'HorizontalPodAutoscaler'), 'spec.scaleTargetRef');
      const { apiVersion, kind, metadata } = ofKind(manifests, 'Deployment');
      return valueAt(target, 'apiVersion') === apiVersion && valueAt(target, 'kind') === kind && valueAt(target, 'name') === metadata.name;
    },
    breaks: [['HorizontalPodAutoscaler', 'spec.scaleTargetRef.name', 'x']],
  },
  'horizontalpodautoscaler-replicas': {
    isKept: (manifests) => Number(valueAt(ofKind(manifests, 'HorizontalPodAutoscaler'), 'spec.minReplicas')) >= 2,
    breaks: [['HorizontalPodAutoscaler', 'spec.minReplicas', 1]],
  },
  'pod-topology-spread-constraints': {
    isKept: (manifests) => {
      const constraints = list(inPod('topologySpreadConstraints')(manifests));
      return constraints.length > 0 && constraints.every((one) => Number(valueAt(one, 'maxSkew')) > 0 && selectsPods(manifests, valueAt(one, 'labelSelector.matchLabels')));
    },
    breaks: [
      ['Deployment', `${template}.topologySpreadConstraints`, undefined],
      ['Deployment', `${template}.topologySpreadConstraints.0.labelSelector`, undefined],
    ],
  },
  'environment-variable-key-duplication': {
    isKept: (manifests) => isDistinct(names(inContainer('env')(manifests))),
    breaks: [['Deployment', `${container}.env.0.name`, 'PRICECTL_PORT']],
  },
  'stable-version': {
    isKept: (manifests) => manifests.every(({ apiVersion }) => /^([a-z.0-9]+\/)?v\d+$/.test(apiVersion)),
    breaks: [['PodDisruptionBudget', 'apiVersion', 'policy/v1beta1']],
  },
  'label-values': {
    isKept: (manifests) =>
      [...manifests.map(({ metadata }) => metadata['labels']), podLabelsOf(manifests)].every((labels) =>
        entries(labels).every(([, value]) => /^(?=.{0,63}$)([A-Za-z0-9]([\w.-]*[A-Za-z0-9])?)?$/.test(String(value))),
      ),
    breaks: [['Service', 'metadata.labels', { version: '1.0+x' }]],
  },
};

/** Rules that aren't kept, each with the annotation that says so to its linter. */
const waived: Readonly<Record<string, (manifests: Manifests) => boolean>> = {
  // kube-score wants Always. An image that was loaded into the node is in no registry; a tag that is a hash of the content needs no second look.
  'container-image-pull-policy': (manifests) =>
    inContainer('imagePullPolicy')(manifests) === 'IfNotPresent' && /\bcontainer-image-pull-policy\b/.test(String(annotationsOf(ofKind(manifests, 'Deployment'))['kube-score/ignore'])),
};

const sources = {
  file: { kind: 'text', text: 'A,1\n', data: { rows: 1, bytes: 4, sha256: 'ab' } },
  URL: { kind: 'url', url: 'https://prices.example.test/list' },
} as const;

test.each(Object.entries({ ...kubeLinter, ...kubeScore }))('%s holds, and is seen when it does not', async (_, { isKept, breaks }) => {
  for (const prices of Object.values(sources)) {
    const manifests = await renderExample({ prices });
    expect(isKept(manifests)).toBe(true);
    for (const [kind, path, value] of breaks) expect(isKept(withValueAt(manifests, kind, path, value)), path).toBe(false);
  }
});

test.each(Object.entries(waived))('%s is waived on purpose', async (_, isWaived) => {
  expect(isWaived(await renderExample())).toBe(true);
});
