import { describePriceData } from '../../prices/describe-data.ts';
import { plainText } from '../../tools/plain-text.ts';
import type { Overview } from '../../workflows/overview.ts';
import type { StatusResult } from '../../workflows/status.ts';
import type { Style } from '../style.ts';
import { formatCount } from './numbers.ts';

/** Where things stand, a line each, and the commands that are of use next. */
export function presentOverview({ version, target, service, problem, lastRun, next }: Overview, style: Style): string {
  const lines = [
    `${style.bold('pricectl')} ${version}: a price list as an HTTP service that scales and is known to hold its load`,
    '',
    ...(service === null ? [] : [`  service   ${describeService(service, style)}`]),
    ...(problem === null ? [] : [`  service   ${style.careful(plainText(problem.message))}`, ...problem.hints.map((hint) => `            try: ${plainText(hint)}`)]),
    ...(target === null ? [] : [`            ${style.dim(`${target.kind} target: ${target.reason}`)}`]),
    `  last run  ${lastRun === null ? 'none' : `${lastRun.id}: ${lastRun.verdict}, ${formatCount(lastRun.requests)} requests`}`,
    '',
  ];
  const shown = [...next, { command: 'pricectl --help', purpose: 'all commands' }];
  const width = Math.max(...shown.map(({ command }) => command.length));
  return [...lines, ...shown.map(({ command, purpose }) => `  ${command.padEnd(width)}  ${style.dim(purpose)}`)].join('\n');
}

function describeService({ name, state, url, replicas, prices, problem }: StatusResult, style: Style): string {
  if (state === 'absent') return `${name} is not up`;
  const colour = state === 'ready' ? style.good : style.careful;
  const where = url === null ? '' : ` at ${url}`;
  const list = prices === null ? '' : `, ${describePriceData(prices)}`;
  return `${name} is ${colour(state)}${where}, ${replicas.ready} of ${replicas.desired} replicas ready${list}${problem === null ? '' : `: ${plainText(problem)}`}`;
}
