import { describe, expect, test } from 'vitest';
import { readGuides, shellBlocks, shellLines, withoutComment } from '../guides.ts';
import { type Ending, endingOf, isRun, needsService, runIds, targetAfter, withPorts, withRunIds } from './documented-rules.ts';
import { createGuideShell, type LineResult, prepareFiles } from './documented-shell.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

const blocks = (await readGuides()).flatMap(({ path, text }) =>
  shellBlocks(text)
    .map((block) => shellLines(block).filter(isRun))
    .filter((lines) => lines.length > 0)
    .map((lines, index) => ({ title: `${path}, block ${index + 1}`, lines })),
);

test('every documented line has a rule', () => {
  expect(blocks.flatMap(({ lines }) => lines).filter((line) => endingOf(line) === undefined)).toEqual([]);
});

describe.concurrent('what the guides say can be run, in its order', () => {
  test.each(blocks)('$title', async ({ lines }) => expect(await firstSurprise(lines)).toBeUndefined(), 180_000);
});

test.each([
  ['of a command that there is not', 'pricectl price --no-such-flag P124'],
  ['that ends in another way than it says', 'pricectl price P124  # exits with 6'],
  ['that would need no cluster after all', 'pricectl runs list --context kind-dev'],
])('a line %s is found', async (_, line) => {
  expect(await firstSurprise([line])).toContain(line.replace(/ +#.*/, ''));
});

/** Runs the lines of a block; the first that doesn't do what its rule says, with what it printed. */
async function firstSurprise(lines: readonly string[]): Promise<string | undefined> {
  await using sandbox = await createSandbox();
  const otherPort = await prepareFiles(sandbox);
  const shell = await createGuideShell(sandbox);
  let env: Readonly<Record<string, string>> = {};
  for (const line of lines) {
    env = targetAfter(line, env);
    const isLocal = ['local', undefined].includes(env['PRICECTL_TARGET']);
    const ending = endingOn(line, isLocal);
    if (ending.kind !== 'refused' && !/pricectl lab/.test(line)) await ensureService(sandbox, line);
    const ids = await ensureRuns(sandbox, runIds(line).length);
    const command = withPorts(withRunIds(withoutComment(line), ids), sandbox.port, otherPort);
    const result = await shell.run(command, ending, env);
    const surprise = surpriseOf(command, ending, result);
    if (surprise !== undefined) return `${command}\n${surprise}\n${result.stdout}\n${result.stderr}`;
  }
  return undefined;
}

/** What asks a service on a cluster can't where there is none. */
function endingOn(line: string, isLocal: boolean): Ending {
  const ending = endingOf(line) ?? { kind: 'itself', exitCode: 0 };
  return !isLocal && needsService(line) ? { kind: 'refused' } : ending;
}

/** An interrupted load test has its summary; where that goes to another program or a file, this one says what came of it. */
function surpriseOf(line: string, ending: Ending, { exitCode, stdout, stderr }: LineResult): string | undefined {
  const expected = ending.kind === 'itself' ? ending.exitCode : ending.kind === 'refused' ? 3 : 130;
  if (exitCode !== expected) return `exit code ${exitCode}, not ${expected}`;
  if (ending.kind === 'refused' && !/^ {2}try: /m.test(stderr)) return 'no hint';
  const hasSummary = ending.kind !== 'interrupted' || ending.after !== 'load' || /[|>]/.test(line) || /^INCOMPLETE |"verdict": "incomplete"/m.test(stdout);
  return hasSummary ? undefined : 'no summary';
}

/** Brings the service up where a line takes for granted that it is there. */
async function ensureService(sandbox: Sandbox, line: string): Promise<void> {
  if (!needsService(line)) return;
  const { state } = (await sandbox.run(['status', '--json'])).json();
  if (state === 'absent') await succeed(sandbox, ['up', '--port', String(sandbox.port), '--sync-period', '500ms', '--metric-resolution', '500ms']);
}

/** At least so many recorded runs, as their ids. */
async function ensureRuns(sandbox: Sandbox, count: number): Promise<readonly string[]> {
  if (count === 0) return [];
  const { runs } = (await sandbox.run(['runs', 'list', '--json'])).json();
  const ids: string[] = runs.map(({ id }: { id: string }) => id);
  while (ids.length < count) {
    await ensureService(sandbox, 'pricectl loadtest');
    ids.push((await succeed(sandbox, ['loadtest', '--rate', '50/s', '--duration', '3s'])).json().id);
  }
  return ids;
}

async function succeed(sandbox: Sandbox, args: readonly string[]) {
  const result = await sandbox.run([...args, '--json']);
  if (result.exitCode !== 0) throw new Error(`${args.join(' ')}\n${result.stdout}`);
  return result;
}
