import { pricectlCommands } from '../guides.ts';

/** How a documented command line ends in the test. */
export type Ending =
  /** By itself, with this exit code. */
  | { readonly kind: 'itself'; readonly exitCode: number }
  /** By Ctrl-C, as soon as it has made load or shown something. */
  | { readonly kind: 'interrupted'; readonly after: 'load' | 'stdout' | 'stderr' }
  /** With exit code 3 and a hint: it takes a cluster or a program that isn't there. */
  | { readonly kind: 'refused' };

/** What holds for the command lines that match. */
interface Rule {
  readonly lines: RegExp;
  readonly ending: Ending;
}

const itself: Ending = { kind: 'itself', exitCode: 0 };

/** The first one that matches a command counts. */
const rules: readonly Rule[] = [
  { lines: /^render |^doctor$|^down (?!.*--context )/, ending: itself },
  { lines: /^watch\b/, ending: { kind: 'interrupted', after: 'stdout' } },
  { lines: /--target (minikube|kube)\b|--context |--in-cluster\b|--parallelism |--engine k6|--script /, ending: { kind: 'refused' } },
  { lines: /^(loadtest|lab)\b/, ending: { kind: 'interrupted', after: 'load' } },
  { lines: /^logs .*--follow|^autoscaler explain .*--watch/, ending: { kind: 'interrupted', after: 'stdout' } },
  { lines: /^serve\b/, ending: { kind: 'interrupted', after: 'stderr' } },
  { lines: /^(up|down|status|price|logs|shell|completion|report|autoscaler (explain|replay)|prices (check|show|push)|runs (list|show|compare|delete))\b/, ending: itself },
  { lines: /^(--version|--help|$)/, ending: itself },
];

/**
 * How a line ends: by its first command of pricectl, or as its comment says (`# exits with 6: ...`). Undefined when no rule is for it.
 * A line without pricectl ends by itself.
 */
export function endingOf(line: string): Ending | undefined {
  const documented = /\s# exits with (\d+)\b/.exec(line)?.[1];
  if (documented !== undefined) return { kind: 'itself', exitCode: Number(documented) };
  const command = pricectlCommands(line)[0];
  if (command === undefined) return itself;
  const words = command.replace(/^.*?pricectl ?/, '');
  return rules.find(({ lines }) => lines.test(words))?.ending;
}

/** Whether a line is run: one with pricectl, or one that prepares or reads what pricectl reads or writes. */
export function isRun(line: string): boolean {
  return pricectlCommands(line).length > 0 || /^(cat|cp|curl|echo|jq|printf|seq) /.test(line);
}

/** Whether the command asks a service that has to be there. A watch waits for one. */
export function needsService(line: string): boolean {
  return pricectlCommands(line).some((command) => /pricectl (price |status|loadtest|lab|logs|shell|prices (push|show)|autoscaler explain)/.test(command)) || line.startsWith('curl ');
}

const runId = /\b(?:RUN|\d{4}-\d\d-\d\d-\d{6}-(?:lab|loadtest))\b/g;

/** The ids of runs in a line, each once: they stand for runs of whoever reads. */
export function runIds(line: string): readonly string[] {
  return [...new Set(line.match(runId))];
}

/** A line with the ids of runs that are there, the n-th for the n-th of its own. */
export function withRunIds(line: string, ids: readonly string[]): string {
  const named = runIds(line);
  return line.replaceAll(runId, (id) => ids[named.indexOf(id)] ?? id);
}

/** A line with free ports instead of the documented ones: the default service's, and `--port`. */
export function withPorts(line: string, servicePort: number, otherPort: number): string {
  return line.replaceAll('127.0.0.1:8080', `127.0.0.1:${servicePort}`).replaceAll('127.0.0.1:5000', `127.0.0.1:${otherPort}`).replace(/--port \d+/, `--port ${otherPort}`);
}

/** The variables that make a block go on with the target that a line of it named; `env` are those before the line. */
export function targetAfter(line: string, env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, target] = /--target (\w+)/.exec(line) ?? [];
  const [, context] = /--context (\S+)/.exec(line) ?? [];
  if (target === undefined) return env;
  return { PRICECTL_TARGET: target, ...(context === undefined ? {} : { PRICECTL_CONTEXT: context }) };
}
