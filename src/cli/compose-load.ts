import type { EngineName, LoadEngine, LoadRequest } from '../load/engine.ts';
import type { MeasuredOn } from '../load/summary.ts';
import type { ChosenLoad, Connect } from '../workflows/choose-load.ts';
import { chooseLoad } from '../workflows/choose-load.ts';
import { describeMachine } from '../workflows/measured-on.ts';
import { chooseEngine } from './choose-engine.ts';
import type { ChosenTarget } from './compose.ts';
import type { LoadContext, LoadTargetFlags } from './load-context.ts';

/** What a load test is put together from; the way to the service ends on disposal. */
export interface ComposedLoad extends AsyncDisposable {
  readonly chosen: ChosenLoad;
  readonly engine: EngineName;
  /** How many k6 processes or pods share the load; 1 of the node engine. */
  readonly runners: number;
  readonly measuredOn: MeasuredOn;
  /** The engine for a request whose run is kept in a folder. Throws UsageError for what it can't make. */
  createEngine(request: LoadRequest, folder: string): Promise<LoadEngine>;
}

/** Finds what is loaded and what makes the load. Throws what `chooseLoad` throws, and UsageError for flags that don't fit the engine. */
export async function composeLoad(flags: LoadTargetFlags, choice: ChosenTarget, context: LoadContext): Promise<ComposedLoad> {
  const { target } = choice;
  const { name, isInside, runners } = chooseEngine(flags, target.identity.target);
  const inside = isInside ? await choice.inside?.(context.signal) : undefined;
  const connect: Connect = (signal) => (inside === undefined ? target.connect(signal) : Promise.resolve({ url: inside.url, warning: null, async [Symbol.asyncDispose]() {} }));
  const load = { url: flags.url, idsFile: flags.ids, needsIds: flags.script === undefined };
  const chosen = await chooseLoad(load, target, context.signal, connect);
  return {
    chosen,
    engine: name,
    runners,
    measuredOn: describeMachine(context.version, name, chosen.target?.identity.target ?? null),
    async createEngine(request, folder) {
      const { composeEngine } = await import('./compose-engine.ts');
      return composeEngine({ name, runners, inside, flags, request, folder, context });
    },
    [Symbol.asyncDispose]: async () => chosen[Symbol.asyncDispose](),
  };
}
