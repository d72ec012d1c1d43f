import type { EngineName } from '../load/engine.ts';
import type { TargetKind } from '../targets/target.ts';
import { UsageError } from '../tools/errors.ts';

/** Values of the flags that say what makes the load, and where. */
export interface EngineFlagValues {
  readonly engine?: EngineName | undefined;
  readonly 'in-cluster'?: boolean | undefined;
  readonly parallelism?: number | undefined;
  readonly script?: string | undefined;
  readonly 'k6-binary'?: string | undefined;
  readonly 'operator-bundle'?: string | undefined;
  readonly raw?: boolean | undefined;
  readonly keep?: boolean | undefined;
  readonly url?: string | undefined;
}

/** What makes the load, and whether it does so in the cluster of the service. */
export interface ChosenEngine {
  readonly name: EngineName;
  readonly isInside: boolean;
  /** How many k6 processes or pods share the load; 1 of the node engine. */
  readonly runners: number;
}

/** The engines that a flag is for. */
const engineOfFlag = {
  'in-cluster': ['node'],
  parallelism: ['k6', 'k6-operator'],
  script: ['k6', 'k6-operator'],
  'k6-binary': ['k6'],
  'operator-bundle': ['k6-operator'],
  raw: ['k6', 'k6-operator'],
  keep: ['k6-operator'],
} as const satisfies Partial<Record<keyof EngineFlagValues, readonly EngineName[]>>;

/**
 * The engine that the flags ask for; without one it is node for a service on this machine, one that isn't ours and --in-cluster, else k6-operator.
 * Throws UsageError for flags of another engine, and for an engine in the cluster of a service that is in none.
 */
export function chooseEngine(flags: EngineFlagValues, target: TargetKind): ChosenEngine {
  const hasCluster = target !== 'local' && flags.url === undefined;
  const usual = hasCluster && flags['in-cluster'] !== true ? 'k6-operator' : 'node';
  const name = flags.engine ?? (flags.script === undefined || hasCluster ? usual : 'k6');
  for (const [flag, engines] of Object.entries(engineOfFlag)) {
    const isGiven = ![undefined, false].includes(Reflect.get(flags, flag));
    if (isGiven && !engines.some((engine) => engine === name)) {
      throw new UsageError('PRICECTL_E_USAGE', `--${flag} is for ${engines.map((engine) => `--engine ${engine}`).join(' and ')}, and the engine is ${name}`);
    }
  }
  const isInside = name === 'k6-operator' || flags['in-cluster'] === true;
  if (isInside && !hasCluster) {
    const why = flags.url === undefined ? 'this service runs on this machine' : 'the service at --url is not ours';
    throw new UsageError('PRICECTL_E_USAGE', `${name === 'node' ? '--in-cluster' : '--engine k6-operator'} makes load in the cluster of a service, and ${why}`);
  }
  return { name, isInside, runners: flags.parallelism ?? (name === 'k6-operator' ? 2 : 1) };
}
