import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClusterTools } from '../../src/cli/cluster-tools.ts';
import { composeClusterTarget } from '../../src/cli/compose-cluster.ts';
import type { Target } from '../../src/targets/target.ts';
import { stateFolder } from '../../src/tools/files.ts';
import { takeDown } from '../../src/workflows/down.ts';
import { runStep, type StepResult, type StepRunner } from '../../src/workflows/steps.ts';
import { bringUp } from '../../src/workflows/up.ts';
import { installLivingTools, type LivingTools, type Stop } from './living-tools.ts';
import { type CliResult, createSandbox, isAlive, type Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** What each step of a run asked for; the first entry is what came before the steps. */
type Steps = ReadonlyMap<string, readonly string[]>;

/** Runs a command's work here, step by step, and notes which events belong to which. */
async function recordSteps(tools: LivingTools, work: (target: Target, runSteps: StepRunner) => Promise<unknown>): Promise<Steps> {
  const steps = new Map<string, readonly string[]>();
  let seen: readonly string[] = await tools.events();
  const note = async (title: string) => {
    const now = await tools.events();
    const isOld = [...seen];
    // Programs and questions are listed one after the other.
    steps.set(title, now.filter((event) => {
      const at = isOld.indexOf(event);
      if (at !== -1) isOld.splice(at, 1);
      return at === -1;
    }));
    seen = now;
  };
  const runSteps: StepRunner = async (list) => {
    await note('');
    const results: StepResult[] = [];
    for (const step of list) {
      results.push(await runStep(step, { signal, progress: () => {} }));
      await note(step.title);
    }
    return results;
  };
  const identity = { target: 'minikube', context: 'pricectl', namespace: 'pricectl', name: 'price-api' } as const;
  const { target } = composeClusterTarget({ identity, tools: createClusterTools(tools.env, 'pricectl'), stateFolder: stateFolder(tools.env), env: tools.env, version: '0.0.0' });
  await using opened = target;
  await work(opened, runSteps);
  return steps;
}

const changing = /^(patch|create|delete|minikube start|minikube image load|docker build)/;

/** Where to stop each step: where it changes something, else at what no step before it asks, else at what it asks after a step before it. */
function stopsOf(steps: Steps): readonly (Stop & { readonly step: string })[] {
  const earlier: string[] = [];
  let signature: string | undefined;
  return [...steps].flatMap(([step, events]) => {
    const own = events.filter((event) => !earlier.includes(event));
    const event = own.find((one) => changing.test(one)) ?? own[0] ?? events.at(-1);
    const nth = own.length > 0 || signature !== undefined ? 1 : earlier.filter((one) => one === event).length + 1;
    const after = own.length > 0 ? undefined : signature;
    earlier.push(...events);
    if (step !== '') signature = own.at(-1) ?? signature;
    return step === '' || event === undefined ? [] : [{ step, event, after, nth }];
  });
}

const { signal } = new AbortController();
const runs = { up: ['up', '--target', 'minikube'], down: ['down', '--target', 'minikube'] } as const;
type Command = keyof typeof runs;

async function record(): Promise<Readonly<Record<Command, Steps>>> {
  await using tools = await installLivingTools();
  const defaultPrices = join(import.meta.dirname, '../../templates/prices.txt');
  const up = await recordSteps(tools, (target, runSteps) => bringUp({ target, runSteps, signal, reason: '', given: {}, defaultPrices }));
  const down = await recordSteps(tools, (target, runSteps) => takeDown({ target, runSteps, signal, cluster: false, runsToDelete: undefined }));
  expect(tools.cluster.strays).toEqual([]);
  return { up, down };
}

/** Runs a command to its end, which is a good one. */
async function finish(command: Command, tools: LivingTools): Promise<void> {
  const { exitCode, stderr } = await sandbox.run(runs[command], { env: tools.env });
  expect(exitCode, stderr).toBe(0);
}

/** Starts a command and ends it where it is to be stopped. */
async function interrupt(command: Command, tools: LivingTools, stop: Stop, name: NodeJS.Signals): Promise<CliResult> {
  await tools.hold(stop);
  const running = sandbox.start(runs[command], { env: tools.env });
  await expect.poll(() => tools.isHeld(), { timeout: 45_000, interval: 20 }).toBe(true);
  running.kill(name);
  const ended = await running.result;
  const pids = await tools.pids();
  const held = await tools.heldPid();
  // Who is killed can't end the program that it waits for; that goes on, as a user's minikube would.
  const meant = name === 'SIGKILL' || held === undefined ? pids : [...pids, held];
  await expect.poll(() => meant.filter(isAlive), { timeout: 10_000 }).toEqual([]);
  await tools.release();
  if (held !== undefined) await expect.poll(() => isAlive(held), { timeout: 10_000 }).toBe(false);
  return ended;
}

/** What is left of a service in the cluster and on this machine. */
async function left({ cluster, env }: LivingTools): Promise<readonly string[]> {
  const files = await readdir(env['HOME'] ?? '', { recursive: true });
  return [...[...cluster.store.objects.keys()].filter((path) => path.includes('/namespaces/pricectl')), ...files.filter((path) => path.endsWith('service.json'))];
}

const endings = [['SIGINT', { exitCode: 130 }, true], ['SIGTERM', { exitCode: 143 }, true], ['SIGKILL', { signal: 'SIGKILL' }, false]] as const;

/** Stops a command three times in the same step; what comes next finishes the job. */
async function interruptAndFinish(command: Command, { step, ...stop }: Stop & { readonly step: string }): Promise<void> {
  await using tools = await installLivingTools();
  if (command === 'down') await finish('up', tools);
  for (const [name, expected, saysWhere] of endings) {
    const ended = await interrupt(command, tools, stop, name);
    expect(ended, `${name} in ${step}: ${ended.stderr}`).toMatchObject(expected);
    expect(new RegExp(`✖ ${step} `).test(ended.stderr), ended.stderr).toBe(saysWhere);
  }
  await finish('up', tools);
  await finish('down', tools);
  expect(await left(tools), step).toEqual([]);
  expect(tools.cluster.strays).toEqual([]);
}

describe('every step that can be stopped, ended by SIGINT, SIGTERM and SIGKILL, is finished by up and down', { timeout: 180_000 }, () => {
  test.each<[Command, readonly string[]]>([
    ['up', ['prices', 'cluster', 'metrics', 'image', 'objects', 'rollout', 'pods', 'autoscaler']],
    // Its last step removes a file here, and asks nobody.
    ['down', ['objects', 'namespace']],
  ])('%s', async (command, steps) => {
    const stops = stopsOf((await record())[command]);
    expect(stops.map(({ step }) => step)).toEqual(steps);
    await Promise.all([0, 1].map(async (part) => {
      for (const stop of stops.filter((_, index) => index % 2 === part)) await interruptAndFinish(command, stop);
    }));
  });
});
