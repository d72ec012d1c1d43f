import { PricectlError } from '../../tools/errors.ts';
import type { Connection, ServiceShell, Step } from '../target.ts';
import { notUp, urlOf } from '../not-up.ts';
import type { Access } from './control-protocol.ts';
import { findSupervisor, type FoundSupervisor, type LocalService } from './local-service.ts';
import { silenceOf, takeSnapshot, urlOfPort } from './snapshot.ts';
import { upSteps } from './up-steps.ts';

/** The loopback port of the service. Throws EnvironmentError `PRICECTL_E_NOT_UP`. */
export async function connect(service: LocalService, signal: AbortSignal): Promise<Connection> {
  return { url: await findUrl(service, signal), warning: null, async [Symbol.asyncDispose]() {} };
}

/** A snapshot has the URL too, but for it the supervisor asks every replica. */
async function findUrl(service: LocalService, signal: AbortSignal): Promise<string> {
  const found = await findSupervisor(service, signal);
  const access = found.kind === 'running' ? await askAccess(found, signal) : undefined;
  return urlOf(access === undefined ? await takeSnapshot(service, signal) : { url: urlOfPort(access.port), problem: access.problem });
}

async function askAccess({ control, state }: Extract<FoundSupervisor, { kind: 'running' }>, signal: AbortSignal): Promise<Access | undefined> {
  try {
    return await control.access(signal);
  } catch (error) {
    if (!(error instanceof PricectlError) || signal.aborted) throw error;
    throw notUp(silenceOf(state));
  }
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
