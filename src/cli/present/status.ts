import { describePriceData } from '../../prices/describe-data.ts';
import { formatBytes } from '../../tools/bytes.ts';
import { plainText } from '../../tools/plain-text.ts';
import type { StatusPod, StatusResult } from '../../workflows/status.ts';
import type { Style } from '../style.ts';
import { formatColumns } from './columns.ts';

/** One look at the service, as text. */
export function presentStatus(status: StatusResult, style: Style): string {
  const where = `${style.bold(status.name)} on ${status.target}`;
  if (status.state === 'absent') return `${where}: not up. pricectl up${status.name === 'price-api' ? '' : ` --name ${status.name}`} starts it`;
  const { min, max, desired, ready } = status.replicas;
  const { kind, cpuPercent, cpuTarget, explanation } = status.autoscaler;
  return [
    `${where}: ${colourState(status, style)}${status.url === null ? '' : `, ${status.url}`}`,
    ...(status.problem === null ? [] : [`  ${style.bad(plainText(status.problem))}`]),
    `  replicas    ${ready} of ${desired} ready (${min} to ${max})`,
    `  autoscaler  ${kind}, CPU ${cpuPercent === null ? 'unknown' : `${cpuPercent} % of request`}, target ${cpuTarget} %`,
    `              ${style.dim(plainText(explanation))}`,
    ...(status.prices === null ? [] : [`  prices      ${describePriceData(status.prices)}`]),
    ...(status.pods.length === 0 ? [] : ['', presentPods(status.pods, style)]),
  ].join('\n');
}

function colourState(status: StatusResult, style: Style): string {
  if (status.state === 'ready') return style.good('ready');
  return status.state === 'starting' ? style.careful('starting') : style.bad(status.state);
}

function presentPods(pods: readonly StatusPod[], style: Style): string {
  const rows = pods.map((pod) => [
    pod.name,
    pod.ready ? 'ready' : 'not ready',
    pod.cpuMillicores === null ? '-' : `${Math.round(pod.cpuMillicores)}m`,
    pod.memoryBytes === null ? '-' : formatBytes(pod.memoryBytes),
    String(pod.restarts),
    pod.pricesSha256 === null ? '-' : `${pod.pricesSha256.slice(0, 6)}…`,
    plainText(pod.problem ?? ''),
  ]);
  return formatColumns(['REPLICA', 'STATE', 'CPU', 'MEMORY', 'RESTARTS', 'PRICES', ''], rows, style);
}
