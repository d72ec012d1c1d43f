import { createFakeClock } from '../../../test/fakes/fake-clock.ts';
import { createMemoryKubeApi, type MemoryKubeApi } from '../../../test/fakes/memory-kube-api.ts';
import { EnvironmentError } from '../../tools/errors.ts';
import type { KubeObject } from '../../tools/kube-objects.ts';
import type { ServiceSettings, Step, StepContext, StepReport } from '../target.ts';
import type { ClusterParts } from './cluster-parts.ts';
import type { Whereabouts } from './cluster-platform.ts';
import { clusterSettings } from './manifests.fixture.ts';
import { ownLabels } from './service-objects.ts';

/** Settings of a service on our minikube profile. */
export function clusterServiceSettings(changes: Partial<ServiceSettings> = {}): ServiceSettings {
  return { ...clusterSettings, prices: '/prices.txt', cluster: { ...clusterSettings.cluster, serviceType: 'LoadBalancer' }, ...changes };
}

/** A cluster target's parts in memory. */
export interface FakeParts {
  readonly parts: ClusterParts;
  readonly api: MemoryKubeApi;
  /** Where the cluster is; `here` at first. */
  whereabouts: Whereabouts;
  /** Where it is once its kubeconfig was mended; undefined when nobody should. */
  mended: Whereabouts | undefined;
  recorded: ServiceSettings | undefined;
}

function unexpected(what: string): () => never {
  return () => {
    throw new Error(`nobody expects ${what}`);
  };
}

/** Creates parts whose cluster is empty; what a test doesn't expect to be called throws. */
export function createFakeParts(): FakeParts {
  const api = createMemoryKubeApi();
  const fake: FakeParts = {
    api,
    whereabouts: 'here',
    mended: undefined,
    recorded: undefined,
    parts: {
      service: {
        identity: { target: 'minikube', context: 'memory', namespace: 'shop', name: 'price-api' },
        kubectl: { context: 'memory', clientVersion: unexpected('clientVersion'), versions: unexpected('versions'), contexts: unexpected('contexts'), serverUrl: unexpected('serverUrl'), openApi: unexpected('openApi'), portForward: unexpected('portForward'), argumentsFor: unexpected('argumentsFor') },
        async api() {
          if (fake.whereabouts !== 'here') throw new EnvironmentError('PRICECTL_E_CLUSTER_DOWN', 'nobody answers');
          return api;
        },
        http: { request: unexpected('an HTTP request') },
        clock: createFakeClock(),
      },
      platform: {
        prepareSteps: () => [],
        planSteps: () => [],
        deliverImage: unexpected('deliverImage'),
        hasImage: unexpected('hasImage'),
        whereabouts: async () => fake.whereabouts,
        async mendAccess() {
          fake.whereabouts = fake.mended ?? unexpected('mendAccess')();
        },
        openUrl: unexpected('openUrl'),
        removeSteps: () => [{ title: 'cluster', run: async () => ({ outcome: 'done', detail: 'deleted' }) }],
      },
      images: { nameOf: unexpected('nameOf'), isBuilt: unexpected('isBuilt'), build: unexpected('build') },
      record: {
        stateFolder: '/nowhere',
        lockFile: '/nowhere',
        read: async () => fake.recorded,
        async write(settings) {
          fake.recorded = settings;
        },
        async remove() {
          const wasThere = fake.recorded !== undefined;
          fake.recorded = undefined;
          return wasThere;
        },
      },
      templatesFolder: new URL('../../../templates', import.meta.url).pathname,
      version: '0.0.0',
    },
  };
  return fake;
}

/** Puts an object of the service, or with `labels` of somebody else, at a path. */
export function putObject(api: MemoryKubeApi, path: string, kind: string, labels: Readonly<Record<string, string>> = ownLabels('price-api')): KubeObject {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const object = { apiVersion: 'v1', kind, metadata: { name, labels, resourceVersion: '0' } };
  api.objects.set(path, object);
  return object;
}

/** Runs steps in order, as the CLI would. */
export async function runAll(steps: readonly Step[]): Promise<readonly (StepReport & { readonly title: string })[]> {
  const context: StepContext = { signal: new AbortController().signal, progress: () => {} };
  const reports: (StepReport & { readonly title: string })[] = [];
  for (const step of steps) reports.push({ title: step.title, ...(await step.run(context)) });
  return reports;
}
