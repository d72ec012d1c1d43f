import type { ConfigMap, KubeObject } from '../../tools/kube-objects.ts';
import type { ServiceIdentity } from '../target.ts';
import { samplesArguments, samplesSidecar } from './manifest-test-run-samples.ts';
import { ownLabels } from './service-objects.ts';

/** Images that a test runs with: the runners' and the initializer's, and what starts the runners. */
const k6Image = 'grafana/k6:2.2.0';
const starterImage = 'ghcr.io/grafana/k6-operator:starter-v1.6.0';

/** Label that the operator puts on all that it makes for a TestRun, with the TestRun's name. */
export const testRunLabel = 'k6_cr';

/** Name of the container of runners and initializer. */
export const k6Container = 'k6';

/** Port of a runner's REST API. */
export const k6ApiPort = 6_565;

/** The file that k6 runs. */
const mainFile = 'main.js';

/** Names of what the operator makes are longer, and may have 63 characters. */
const longestName = 50;

/** Users of the images; a number is what `runAsNonRoot` can check. */
const k6User = 12_345;
const starterUser = 65_532;

/** All that a TestRun and its ConfigMap are made of. */
export interface TestRunValues {
  readonly identity: Pick<ServiceIdentity, 'namespace' | 'name'>;
  /** Tells this run from others of the service: some lower-case letters and digits. */
  readonly suffix: string;
  readonly parallelism: number;
  /** Contents by keys of the ConfigMap; one is `main.js`. */
  readonly files: ReadonlyMap<string, string>;
  /** Environment of k6. */
  readonly env: Readonly<Record<string, string>>;
  /** Arguments of `k6 run`, one each. */
  readonly args: readonly string[];
  /** Whether the cluster's TestRun has `args`; before 1.6 it had `arguments` alone, split at white space. */
  readonly hasArgs: boolean;
  /** Whether each runner writes every sample, and sends them in the log of a container of their own (`manifest-test-run-samples.ts`). */
  readonly keepsSamples: boolean;
}

/** Name of a TestRun, and of its ConfigMap. */
export function testRunName(name: string, suffix: string): string {
  const end = `-k6-${suffix}`;
  return `${name.slice(0, longestName - end.length).replace(/-+$/, '')}${end}`;
}

/** Name of the Job of a runner, counted from 1. */
export function runnerJobName(testRun: string, index: number): string {
  return `${testRun}-${index}`;
}

/** API path of the TestRuns of a namespace. */
export function testRunsPath(namespace: string): string {
  return `/apis/k6.io/v1alpha1/namespaces/${namespace}/testruns`;
}

/** The ConfigMap with the script. */
export function testRunConfigMap(values: TestRunValues): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadataOf(values), data: Object.fromEntries(values.files) };
}

/**
 * The TestRun. No `cleanup`: that would delete the pods with their logs, which hold the results. What a runner's pod description says isn't taken over
 * by the initializer's, so each has all of it. Throws TypeError for an argument with white space where there are only `arguments`.
 */
export function testRun(values: TestRunValues): KubeObject & { readonly spec: object } {
  const { parallelism, hasArgs, env, keepsSamples } = values;
  const args = keepsSamples ? [...values.args, ...samplesArguments] : values.args;
  const metadata = metadataOf(values);
  const variables = Object.entries(env).map(([name, value]) => ({ name, value: escape(value) }));
  const k6 = { ...pod(values, k6User), image: k6Image, env: variables, ...scratchFolder };
  return {
    apiVersion: 'k6.io/v1alpha1',
    kind: 'TestRun',
    metadata,
    spec: {
      parallelism,
      script: { configMap: { name: metadata.name, file: mainFile } },
      ...(hasArgs ? { args: args.map(escape) } : { arguments: joinArguments(args) }),
      initializer: { ...k6, resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } } },
      runner: {
        ...k6,
        ...(keepsSamples && { initContainers: [samplesSidecar(k6Image, escape)] }),
        resources: runnerResources,
        livenessProbe: { ...probe, periodSeconds: 10, failureThreshold: 60 },
        readinessProbe: { ...probe, periodSeconds: 2, failureThreshold: 30 },
        topologySpreadConstraints: spread(metadata.name),
      },
      starter: { ...pod(values, starterUser), image: starterImage },
    },
  };
}

/** A generator that is held back measures itself: it gets what the node has. */
const runnerResources = { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '8', memory: '4Gi' } } as const;

/** k6's archive goes to /tmp; the rest of the file system can't be written. */
const scratchFolder = { volumes: [{ name: 'tmp', emptyDir: {} }], volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }] } as const;

/** What every pod of a test has. A sidecar that outlives k6 would keep its Job from ending. */
function pod(values: TestRunValues, user: number) {
  const annotations = { 'sidecar.istio.io/inject': 'false', 'linkerd.io/inject': 'disabled', 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' };
  return {
    metadata: { labels: { ...metadataOf(values).labels, 'sidecar.istio.io/inject': 'false' }, annotations },
    imagePullPolicy: 'IfNotPresent',
    automountServiceAccountToken: 'false',
    securityContext: { runAsNonRoot: true, runAsUser: user, runAsGroup: user, seccompProfile: { type: 'RuntimeDefault' } },
    containerSecurityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
  } as const;
}

/** A runner under full load answers late: that's no reason to end it. Before the load, the operator waits for its readiness. */
const probe = { httpGet: { path: '/v1/status', port: k6ApiPort }, timeoutSeconds: 10 } as const;

/** Runners go to different nodes where there are some. */
function spread(name: string) {
  const labelSelector = { matchLabels: { [testRunLabel]: name, runner: 'true' } };
  return [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway', labelSelector }] as const;
}

/** Kubernetes replaces `$(NAME)` in what a container gets, and `$$` by `$`. */
function escape(text: string): string {
  return text.replaceAll('$', () => '$$');
}

function joinArguments(args: readonly string[]): string {
  const broken = args.find((arg) => arg === '' || /\s/.test(arg));
  if (broken !== undefined) throw new TypeError(`this k6-operator can't pass on the argument ${JSON.stringify(broken)}`);
  return args.join(' ');
}

function metadataOf({ identity, suffix }: TestRunValues) {
  const labels = { ...ownLabels(identity.name), 'app.kubernetes.io/name': 'price-load', 'app.kubernetes.io/component': 'load' };
  return { name: testRunName(identity.name, suffix), namespace: identity.namespace, labels } as const;
}
