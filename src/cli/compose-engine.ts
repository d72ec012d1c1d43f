import type { EngineName, LoadEngine, LoadRequest } from '../load/engine.ts';
import type { K6Script } from '../load/k6/script.ts';
import type { InsideService } from '../targets/kubernetes/access.ts';
import { systemClock } from '../tools/clock.ts';
import { createHttpClient } from '../tools/http.ts';
import { createProcesses } from '../tools/process.ts';
import type { LoadContext, LoadTargetFlags } from './load-context.ts';

/** What an engine is put together from. */
export interface EngineComposition {
  readonly name: EngineName;
  readonly runners: number;
  /** The service as its cluster sees it, for load that is made there. */
  readonly inside: InsideService | undefined;
  readonly flags: LoadTargetFlags;
  readonly request: LoadRequest;
  /** Folder of the run. */
  readonly folder: string;
  readonly context: LoadContext;
}

/** Creates an engine for one request. Throws UsageError for a request or script that it can't make load of. */
export async function composeEngine(composition: EngineComposition): Promise<LoadEngine> {
  switch (composition.name) {
    case 'node':
      return composeNode(composition);
    case 'k6':
      return composeK6(composition);
    case 'k6-operator':
      return composeOperator(composition);
  }
}

async function composeNode({ inside }: EngineComposition): Promise<LoadEngine> {
  if (inside !== undefined) {
    const { createInClusterEngine } = await import('../load/in-cluster/engine.ts');
    return createInClusterEngine({ service: inside.service, image: inside.image });
  }
  const { createNodeEngine } = await import('../load/node/engine.ts');
  return createNodeEngine({});
}

async function composeK6({ runners, flags, request, folder, context }: EngineComposition): Promise<LoadEngine> {
  const { createK6Engine } = await import('../load/k6/engine.ts');
  return createK6Engine({
    processes: createProcesses(),
    http: createHttpClient(),
    clock: systemClock,
    env: process.env,
    binary: flags['k6-binary'],
    parallelism: runners,
    script: await ownScriptOf(flags, request, Infinity),
    folder,
    raw: flags.raw,
    onOwnLine: context.say,
  });
}

async function composeOperator({ inside, runners, flags, request, folder, context }: EngineComposition): Promise<LoadEngine> {
  if (inside === undefined) throw new Error('a target on a cluster knows its service from inside');
  const { createK6OperatorEngine } = await import('../load/k6-operator/engine.ts');
  const { generateScript } = await import('../load/k6/script-price.ts');
  return createK6OperatorEngine({
    service: inside.service,
    script: (await ownScriptOf(flags, request)) ?? generateScript(request),
    parallelism: runners,
    keep: flags.keep ?? false,
    bundle: flags['operator-bundle'],
    samplesFolder: flags.raw === true ? folder : undefined,
    // A change of a cluster that isn't local was confirmed when the target was chosen.
    confirmInstall: async (what) => {
      context.say(what);
      return true;
    },
    onNotice: context.say,
  });
}

/** The user's script, ready to run, with the URL of the service as `__ENV.PRICECTL_URL`; undefined without one. */
async function ownScriptOf({ script }: LoadTargetFlags, { url, profile }: LoadRequest, mostBytes?: number): Promise<K6Script | undefined> {
  if (script === undefined) return undefined;
  const { wrapUserScript } = await import('../load/k6/script-own.ts');
  return wrapUserScript(script, { thresholds: profile.thresholds, env: { PRICECTL_URL: url }, ...(mostBytes !== undefined && { mostBytes }) });
}
