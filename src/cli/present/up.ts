import type { DownResult } from '../../workflows/down.ts';
import type { UpResult } from '../../workflows/up.ts';
import type { Style } from '../style.ts';
import { formatMs } from './numbers.ts';

/** What `up` did, after its steps were shown: changed settings and where the service answers. */
export function presentUp(result: UpResult, style: Style): string {
  const changes = result.changes.map((change) => `  ${change.setting}: ${change.from} -> ${change.to}`);
  const isUnchanged = result.changes.length === 0 && result.steps.every((step) => step.outcome !== 'done');
  const { ready, min, max } = result.replicas;
  const warnings = result.steps.flatMap((step) => step.warnings).map((warning) => `  ${style.careful('warning:')} ${warning}`);
  if (result.dryRun) return [...changes, ...warnings, `${style.bold(result.name)} ${describePlan(result)}`].join('\n');
  return [
    ...changes,
    ...warnings,
    `${style.bold(result.name)} ${isUnchanged ? 'unchanged' : style.good('ready')} at ${result.url ?? `Service ${result.name} in namespace ${result.namespace}, inside the cluster`}`,
    style.dim(`  ${ready} replicas (${min} to ${max}), ${formatMs(result.ms)}`),
  ].join('\n');
}

function describePlan({ changes, steps }: UpResult): string {
  const isUnchanged = changes.length === 0 && steps.every((step) => step.outcome === 'unchanged');
  return isUnchanged ? 'would stay as it is' : 'is as it was: this was a dry run';
}

/** What `down` did, after its steps were shown. */
export function presentDown(result: DownResult, style: Style): string {
  if (!result.removed) return `${style.bold(result.name)} is not up: nothing to remove`;
  const runs = result.runsDeleted === 0 ? '' : `, with ${result.runsDeleted} recorded runs`;
  return `${style.bold(result.name)} is gone${runs} ${style.dim(`(${formatMs(result.ms)})`)}`;
}
