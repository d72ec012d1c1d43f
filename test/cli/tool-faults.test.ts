import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CliResult, createSandbox, isAlive, type Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

const tools = ['docker', 'k3d', 'k6', 'kind', 'kubectl', 'minikube'] as const;

/** A folder in which all tools are this shell script. */
async function installTools(name: string, script: string): Promise<string> {
  const folder = join(sandbox.folder, name);
  await mkdir(folder);
  const pids = join(folder, 'pids').replaceAll("'", String.raw`'\''`);
  await Promise.all(tools.map((tool) => writeFile(join(folder, tool), `#!/bin/sh\necho $$ >>'${pids}'\n${script}\n`, { mode: 0o700 })));
  return folder;
}

async function expectNobodyLeft(folder: string): Promise<void> {
  const pids = (await readFile(join(folder, 'pids'), 'utf8')).trim().split('\n').map(Number);
  await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([]);
}

/** What people get of a failure: one sentence, what was said below it, and hints; no stack, and nothing that a terminal acts on. */
function expectCalm({ stdout, stderr }: CliResult): void {
  expect(`${stdout}${stderr}`).not.toMatch(/[^\P{Cc}\n]/u);
  expect(stderr).not.toMatch(/Bug:|\n\s+at /);
  expect(stderr).toMatch(/^Error: .+(\n {2}.+)*\n {2}try: .+/m);
}

const commands: readonly (readonly [exitCode: number, command: string])[] = [
  [4, 'up --target minikube'],
  [4, 'down --target minikube --name second'],
  [4, 'down --target minikube --name third --cluster'],
  [4, 'status --target minikube'],
  [4, 'logs --target minikube'],
  [4, 'price P124 --target minikube'],
  [4, 'prices push prices.txt --target minikube --name fourth'],
  [4, 'loadtest --target minikube --duration 1s'],
  [3, 'loadtest --engine k6 --url http://127.0.0.1:1 --ids prices.txt --duration 1s'],
];

const evil = String.raw`\033]0;pwned\007\033[2J\033[31m\377\000`;

test.each([
  ['garbage, with 0', `printf '${evil}{"half": '; printf '${evil}bad news\\n' >&2`, commands],
  ['garbage, with 9', `printf '${evil}{"half": '; printf '${evil}bad news\\n' >&2; exit 9`, commands.filter(([, command]) => /^up|k6/.test(command))],
] as const)('commands whose tools print %s', { timeout: 120_000 }, async (name, script, asked) => {
  await sandbox.write('prices.txt', 'P124,49.5\n');
  const PATH = await installTools(name, script);
  const results = await Promise.all(asked.map(async ([, command]) => [command, await sandbox.run(command.split(' '), { env: { PATH } })] as const));
  for (const [, result] of results) expectCalm(result);
  expect(results.map(([command, { exitCode }]) => [exitCode, command])).toEqual(asked);
  const doctor = await sandbox.run(['doctor', '--target', 'minikube'], { env: { PATH } });
  expect(doctor, 'the doctor goes on').toMatchObject({ exitCode: 3, stderr: '', stdout: expect.stringMatching(/✖ minikube +minikube version .+\n {4}try: .+\n[^]*✖ kubectl +kubectl version/) });
  expect(doctor.stdout).not.toMatch(/[^\P{Cc}\n]/u);
  await expectNobodyLeft(PATH);
});
