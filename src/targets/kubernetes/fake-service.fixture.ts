import { createFakeKubeApi, type FakeKubeApi } from '../../../test/fakes/fake-kube-api.ts';
import { type Clock, systemClock } from '../../tools/clock.ts';
import type { ClusterService } from './cluster-service.ts';
import type { RolloutCase } from './rollout-cases.fixture.ts';
import { servicePaths } from './service-objects.ts';

/** A service on a cluster in memory. */
export interface FakeService {
  readonly service: ClusterService;
  readonly api: FakeKubeApi;
  readonly clock: Clock;
  readonly paths: ReturnType<typeof servicePaths>;
}

/** Puts what was captured of a service into a cluster in memory; without a clock its time goes on from the capture. kubectl and HTTP are not there. */
export function createFakeService(captured: RolloutCase, clock = clockFrom(Date.parse(captured.capturedAt))): FakeService {
  const { deployment, replicaSets, pods, events, autoscaler } = captured;
  const { name, namespace = 'default' } = deployment.metadata;
  const api = createFakeKubeApi();
  const paths = servicePaths({ namespace });
  api.collection(paths.deployments, [deployment]);
  api.collection(paths.replicaSets, replicaSets);
  api.collection(paths.pods, pods);
  api.collection(paths.events, events);
  api.collection(paths.autoscalers, autoscaler === null ? [] : [autoscaler]);
  const service: ClusterService = {
    identity: { target: 'minikube', context: 'test', namespace, name },
    kubectl: {
      clientVersion: absent('kubectl'),
      context: 'test',
      versions: absent('kubectl'),
      contexts: absent('kubectl'),
      serverUrl: absent('kubectl'),
      openApi: absent('kubectl'),
      portForward: absent('kubectl'),
      argumentsFor: absent('kubectl'),
    },
    api: async () => api,
    http: { request: absent('HTTP') },
    clock,
  };
  return { service, api, clock, paths };
}

/** The machine's clock, as if it were that time now. */
function clockFrom(startMs: number): Clock {
  const aheadMs = startMs - Date.now();
  return { ...systemClock, now: () => Date.now() + aheadMs };
}

function absent(what: string): () => never {
  return () => {
    throw new Error(`this service has no ${what}`);
  };
}
