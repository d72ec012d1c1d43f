import type { LoadEngine } from '../load/engine.ts';
import type { MeasuredOn } from '../load/summary.ts';
import { UsageError } from '../tools/errors.ts';
import { type ChosenLoad, chooseLoad, type Connect } from '../workflows/choose-load.ts';
import { type ChosenTarget, createEngine } from './compose.ts';
import { type LoadPlace, loadPlaceOf } from './load-request.ts';

/** Values of the flags that say what is loaded, and from where. */
export interface LoadTargetFlags {
  readonly url?: string | undefined;
  readonly ids?: string | undefined;
  readonly 'in-cluster'?: boolean | undefined;
}

/** What a load test is put together from; the way to the service ends on disposal. */
export interface ComposedLoad extends AsyncDisposable {
  readonly chosen: ChosenLoad;
  readonly engine: LoadEngine;
  readonly measuredOn: MeasuredOn;
}

/** Finds what is loaded and what makes the load: this process, or a Job beside the service. Throws what `chooseLoad` throws, and UsageError. */
export async function composeLoad(flags: LoadTargetFlags, choice: ChosenTarget, { version, signal }: { readonly version: string; readonly signal: AbortSignal }): Promise<ComposedLoad> {
  const { target } = choice;
  const place: LoadPlace = loadPlaceOf(flags, target.identity.target);
  const load = { url: flags.url, idsFile: flags.ids };
  if (place === 'here') {
    const chosen = await chooseLoad(load, target, signal);
    const { engine, measuredOn } = await createEngine(version, chosen.target?.identity.target ?? null);
    return { chosen, engine, measuredOn, [Symbol.asyncDispose]: async () => chosen[Symbol.asyncDispose]() };
  }
  if (flags.url !== undefined) throw new UsageError('PRICECTL_E_USAGE', '--in-cluster loads the service of this target: it goes without --url');
  return composeInside(load, choice, { version, signal });
}

async function composeInside(load: Parameters<typeof chooseLoad>[0], { target, inside }: ChosenTarget, { version, signal }: { readonly version: string; readonly signal: AbortSignal }): Promise<ComposedLoad> {
  const found = await inside?.(signal);
  if (found === undefined) throw new Error('a target on a cluster knows its service from inside');
  const connect: Connect = async () => ({ url: found.url, warning: null, async [Symbol.asyncDispose]() {} });
  const chosen = await chooseLoad(load, target, signal, connect);
  const { createInClusterEngine } = await import('../load/in-cluster/engine.ts');
  const { describeMachine } = await import('../workflows/measured-on.ts');
  const engine = createInClusterEngine({ service: found.service, image: found.image });
  return { chosen, engine, measuredOn: describeMachine(version, engine.name, target.identity.target), async [Symbol.asyncDispose]() {} };
}
