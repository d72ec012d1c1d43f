import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import type { EngineName } from '../load/engine.ts';
import type { MeasuredOn } from '../load/summary.ts';
import type { TargetKind } from '../targets/target.ts';

/** What the numbers of a run are measured on, as far as this process can know it. */
export function describeMachine(version: string, engine: EngineName, target: TargetKind | null): MeasuredOn {
  return {
    pricectl: version,
    node: process.versions.node,
    platform: `${platform()} ${arch()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    engine,
    target,
    sharedMachine: target === 'local' || target === 'minikube',
  };
}
