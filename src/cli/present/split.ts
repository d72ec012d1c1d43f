import { type RunnerShare, splitLoad, usefulRunners } from '../../load/k6/split.ts';
import type { Profile } from '../../load/profile.ts';
import type { Style } from '../style.ts';
import { formatColumns } from './columns.ts';

/** What each of several runners gets of a load, a line for those that get the same; empty for one runner, and for a script, which k6 alone knows. */
export function presentSplit({ scenario }: Profile, runners: number, style: Style): string {
  if (runners < 2 || scenario.executor === 'script') return '';
  const shares = splitLoad(scenario, usefulRunners(scenario, runners));
  const groups = groupEqual(shares);
  const rows = groups.map(({ first, last, share }) => [first === last ? String(first) : `${first} to ${last}`, describeVus(share), describeRate(share)]);
  return formatColumns(['RUNNER', 'VUS EACH', 'RATE EACH'], rows, style);
}

interface Group {
  readonly first: number;
  readonly last: number;
  readonly share: RunnerShare;
}

/** Runners side by side that get the same, counted from 1. */
function groupEqual(shares: readonly RunnerShare[]): readonly Group[] {
  const groups: Group[] = [];
  for (const [index, share] of shares.entries()) {
    const before = groups.at(-1);
    if (before !== undefined && isSame(before.share, share)) groups[groups.length - 1] = { ...before, last: index + 1 };
    else groups.push({ first: index + 1, last: index + 1, share });
  }
  return groups;
}

function isSame(a: RunnerShare, b: RunnerShare): boolean {
  return a.vus === b.vus && a.maxVus === b.maxVus && a.rate === b.rate;
}

function describeVus({ vus, maxVus }: RunnerShare): string {
  return vus === maxVus ? String(vus) : `${vus} to ${maxVus}`;
}

function describeRate({ rate }: RunnerShare): string {
  return rate === null ? '-' : `${Number(rate.toFixed(2))}/s`;
}
