import type { ConfigMap, KubeObject } from '../../tools/kube-objects.ts';
import type { ServiceIdentity } from '../target.ts';
import { ownLabels } from './service-objects.ts';

/** Name of the container that makes the load. */
export const loadContainer = 'load';

/** Label of the pod with the name of its job: by it the pod is found. */
export const loadJobLabel = 'pricectl.dev/load-job';

/** File in the image that makes the load, and where it finds what load to make. */
const loadProgram = '/app/load.js';
const requestFolder = '/etc/pricectl/load';
const requestKey = 'request.json.gz';

/** Longest name of a job that is ours to choose: the name of its pod, which begins so, may have 63 characters. */
const longestName = 52;

/** How long the last pod of a job stays for whoever lost sight of it, in s. */
const ttlSeconds = 300;

/** Time for the pod to start and to end, beyond the load itself, in s. */
const spareSeconds = 300;

/** All that a load job is made of. */
export interface LoadJobValues {
  readonly identity: Pick<ServiceIdentity, 'namespace' | 'name'>;
  /** Tells this job from others of the service: some lower-case letters and digits. */
  readonly suffix: string;
  /** Image of ours, as the cluster's nodes know it. */
  readonly image: string;
  /** The gzipped request, base64. */
  readonly request: string;
  /** Length of the load with its graceful stop, in s. */
  readonly seconds: number;
}

/** Name of a load job, and of its ConfigMap. */
export function loadJobName(name: string, suffix: string): string {
  const end = `-load-${suffix}`;
  return `${name.slice(0, longestName - end.length).replace(/-+$/, '')}${end}`;
}

/** URL of a service for pods of its own namespace: one look-up by DNS, where a longer name takes several. */
export function insideUrl(name: string, port: number): string {
  return `http://${name}:${port}`;
}

/** Longest that the pod has from SIGTERM to its end, in s: the program ends at once, and writes what it measured. */
export const loadGraceSeconds = 30;

/** The ConfigMap with the request. */
export function loadConfigMap(values: LoadJobValues): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadataOf(values), binaryData: { [requestKey]: values.request } };
}

/** The Job: one pod, once. Its labels are not those by which the Service, the HPA or a policy find the server's pods. */
export function loadJob(values: LoadJobValues): KubeObject & { readonly spec: object } {
  const { labels, name } = metadataOf(values);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadataOf(values),
    spec: {
      backoffLimit: 0,
      activeDeadlineSeconds: Math.ceil(values.seconds) + spareSeconds,
      ttlSecondsAfterFinished: ttlSeconds,
      template: {
        metadata: { labels: { ...labels, [loadJobLabel]: name }, annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' } },
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: loadGraceSeconds,
          securityContext: { runAsNonRoot: true, runAsUser: 10_001, runAsGroup: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [container(values.image)],
          volumes: [{ name: 'request', configMap: { name } }],
        },
      },
    },
  };
}

function container(image: string): object {
  return {
    name: loadContainer,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: ['node', loadProgram, `${requestFolder}/${requestKey}`],
    // A generator that is held back measures itself: it gets what the node has.
    resources: {
      requests: { cpu: '250m', memory: '128Mi', 'ephemeral-storage': '32Mi' },
      limits: { cpu: '8', memory: '2Gi', 'ephemeral-storage': '256Mi' },
    },
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'request', mountPath: requestFolder, readOnly: true }],
  };
}

function metadataOf({ identity, suffix }: LoadJobValues) {
  const labels = { ...ownLabels(identity.name), 'app.kubernetes.io/name': 'price-load', 'app.kubernetes.io/component': 'load' };
  return { name: loadJobName(identity.name, suffix), namespace: identity.namespace, labels } as const;
}
