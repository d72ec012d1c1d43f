import { waitUntil } from '../../tools/clock.ts';
import { ToolError } from '../../tools/errors.ts';
import type { Service } from '../../tools/kube-objects.ts';
import { notUp } from '../not-up.ts';
import type { Connection } from '../target.ts';
import type { ClusterParts } from './cluster-parts.ts';
import type { ClusterService } from './cluster-service.ts';
import { insideUrl } from './manifest-load-job.ts';
import { findDeployment } from './running-settings.ts';
import { containerName, servicePaths } from './service-objects.ts';
import { externalUrls, findAnswering, isAnswering } from './service-url.ts';

const forwardWarning = 'through a port-forward, which leads to one pod: fit for single questions, no path for a load test';

/**
 * A way to the Service: by its load balancer or node port when this machine reaches them, else as the cluster's own tool opens it, else by a
 * supervised port-forward to one pod, with a warning. Throws EnvironmentError `PRICECTL_E_NOT_UP`.
 */
export async function connect(parts: ClusterParts, signal: AbortSignal): Promise<Connection> {
  const { service, platform } = parts;
  const { namespace, name } = service.identity;
  const direct = await findDirectUrl(parts, signal);
  if (direct !== undefined) return { url: direct, warning: null, async [Symbol.asyncDispose]() {} };
  const port = await servicePort(parts, signal);
  const opened = await platform.openUrl(namespace, name, signal).catch(otherwise);
  if (opened !== undefined) {
    if (await isAnswering(service.http, opened.url, signal)) return { url: opened.url, warning: null, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
    await opened[Symbol.asyncDispose]();
  }
  return forwardPort(parts, port, signal);
}

/** minikube knows no way to a Service of type ClusterIP, or to one whose pods aren't ready: there is still the port-forward. */
function otherwise(error: unknown): undefined {
  if (!(error instanceof ToolError)) throw error;
}

/** Ends the forward when nobody answers through it. */
async function forwardPort({ service }: ClusterParts, port: number, signal: AbortSignal): Promise<Connection> {
  const { namespace, name } = service.identity;
  await using opened = new AsyncDisposableStack();
  const { url } = opened.use(await service.kubectl.portForward({ namespace, service: name, port, signal }));
  await waitUntil({
    poll: () => isAnswering(service.http, url, signal),
    isDone: (answers) => answers,
    describe: () => `${name} doesn't answer through its port-forward`,
    everyMs: 200,
    timeoutMs: 15_000,
    signal,
    clock: service.clock,
  });
  const kept = opened.move();
  return { url, warning: forwardWarning, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** A URL of the Service that leads there from here without anything being opened for it. */
export async function findDirectUrl({ service }: Pick<ClusterParts, 'service'>, signal: AbortSignal): Promise<string | undefined> {
  return findAnswering(service.http, await externalUrls(service, signal), signal);
}

async function servicePort({ service }: ClusterParts, signal: AbortSignal): Promise<number> {
  const api = await service.api(signal);
  const found = await api.find<Service>(`${servicePaths(service.identity).services}/${service.identity.name}`, signal);
  const port = found?.spec.ports?.[0]?.port;
  if (port === undefined) throw notUp();
  return port;
}

/** The service as its cluster sees it. */
export interface InsideService {
  readonly service: ClusterService;
  /** The image that its pods run. */
  readonly image: string;
  /** Its URL within its namespace. */
  readonly url: string;
}

/** The service as its cluster sees it. Throws EnvironmentError `PRICECTL_E_NOT_UP`. */
export async function findInside(parts: ClusterParts, signal: AbortSignal): Promise<InsideService> {
  const deployment = await findDeployment(parts, signal);
  const image = deployment?.spec.template.spec.containers.find(({ name }) => name === containerName)?.image;
  if (image === undefined) throw notUp();
  return { service: parts.service, image, url: insideUrl(parts.service.identity.name, await servicePort(parts, signal)) };
}
