import type { Connection, ServiceShell, Step } from '../target.ts';
import { notUp, urlOf } from '../not-up.ts';
import { findSupervisor, type LocalService } from './local-service.ts';
import { takeSnapshot } from './snapshot.ts';
import { upSteps } from './up-steps.ts';

/** The loopback port of the service. Throws EnvironmentError `PRICECTL_E_NOT_UP`. */
export async function connect(service: LocalService, signal: AbortSignal): Promise<Connection> {
  const url = urlOf(await takeSnapshot(service, signal));
  return { url, warning: null, async [Symbol.asyncDispose]() {} };
}

/** The user's own shell with the service's URL in its environment. Throws EnvironmentError `PRICECTL_E_NOT_UP`. */
export async function openShell(service: LocalService, signal: AbortSignal): Promise<ServiceShell> {
  const { url } = await connect(service, signal);
  return { file: service.env['SHELL'] || '/bin/sh', args: [], env: { PRICECTL_URL: url }, url, async [Symbol.asyncDispose]() {} };
}

/** Another price list is one changed setting: the replicas are told and watched as by `up`. Throws EnvironmentError `PRICECTL_E_NOT_UP`. */
export async function pushSteps(service: LocalService, prices: string, signal: AbortSignal): Promise<readonly Step[]> {
  const found = await findSupervisor(service, signal);
  if (found.kind !== 'running') throw notUp();
  return upSteps(service, { ...found.state.settings, prices });
}
