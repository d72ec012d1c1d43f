import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { ProcessSpec } from '../../src/tools/process.ts';
import { installFakeTools } from '../fakes/bin/fake-tools.ts';
import { scriptProcesses } from '../fakes/scripted-process.ts';

function spec(file: string, args: readonly string[], changes: Partial<ProcessSpec> = {}): ProcessSpec {
  return { file, args, env: {}, timeoutMs: 1_000, signal: new AbortController().signal, ...changes };
}

async function call(path: string, tool: string, ...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string; readonly exitCode: unknown }> {
  const child = spawn(tool, args, { env: { PATH: path } });
  const [stdout, stderr, [exitCode]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { stdout, stderr, exitCode };
}

test('scripted programs answer what was expected, in its order', async () => {
  const processes = scriptProcesses([
    { command: ['kubectl', 'version'], reply: { stdout: 'v1\n' } },
    { command: ['kubectl', 'apply'], input: 'x', reply: { stderr: 'no', exitCode: 1 } },
    { command: ['docker'], reply: 'missing' },
  ]);
  expect(() => processes.assertUsedUp()).toThrow('not called: ["kubectl","version"]');
  await expect(processes.run(spec('kubectl', ['version']))).resolves.toEqual({ stdout: 'v1', stderr: '', exitCode: 0 });
  await expect(processes.run(spec('kubectl', ['apply'], { input: 'x' }))).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_FAILED', exitCode: 1, stderr: 'no' });
  await expect(processes.run(spec('docker', []))).rejects.toMatchObject({ code: 'PRICECTL_E_TOOL_MISSING' });
  expect(() => processes.assertUsedUp()).not.toThrow();
});

test.each([
  ['another argument', spec('kubectl', ['versions'])],
  ['one argument of two words', spec('kubectl version', [])],
  ['an argument more', spec('kubectl', ['version', ''])],
  ['an input', spec('kubectl', ['version'], { input: '' })],
])('a scripted program refuses %s, and does not forget it', async (_name, wrong) => {
  const processes = scriptProcesses([{ command: ['kubectl', 'version'] }]);
  await expect(processes.run(wrong)).rejects.toThrow(/^unscripted: .*next is \["kubectl","version"\]$/);
  await processes.run(spec('kubectl', ['version']));
  expect(() => processes.assertUsedUp()).toThrow('unscripted');
  await expect(processes.start(spec('kubectl', ['version']))).rejects.toThrow('next is nothing');
});

test('a scripted program in the background prints, ends by itself, by disposal or by its signal', async () => {
  const processes = scriptProcesses([
    { command: ['a'], reply: { stdout: '1\n2\n' } },
    { command: ['b'], reply: { exitCode: 3, stderr: 'no' } },
    { command: ['c'] },
  ]);
  const a = await processes.start(spec('a', []));
  const seen: string[] = [];
  for await (const line of a.lines) {
    seen.push(line);
    if (line === '2') processes.backgrounds[0]?.print('3');
    if (line === '3') processes.backgrounds[0]?.end(0);
  }
  expect(seen).toEqual(['1', '2', '3']);
  expect(await a.ended).toBeUndefined();
  expect(await (await processes.start(spec('b', []))).ended).toMatchObject({ exitCode: 3 });
  const abort = new AbortController();
  const c = await processes.start(spec('c', [], { signal: abort.signal }));
  abort.abort();
  expect(await c.ended).toBeUndefined();
  await a[Symbol.asyncDispose]();
  expect(processes.backgrounds.map(({ isDisposed }) => isDisposed)).toEqual([true, false, false]);
});

test('fake tools answer on a PATH of their own, the same question in its order', async () => {
  await using fakes = await installFakeTools({
    minikube: [
      { args: ['status', '-p', 'x y'], stdout: 'first', exitCode: 85 },
      { args: ['status', '-p', 'x y'], stdout: 'second' },
      { args: ['version'], times: 'any' },
      { args: ['build', '/<any>/context', 'a<any>'] },
    ],
  });
  await expect(fakes.assertUsedUp()).rejects.toThrow('called 0 of 1 times: ["minikube","status","-p","x y"]');
  expect(await call(fakes.path, 'minikube', 'status', '-p', 'x y')).toEqual({ stdout: 'first', stderr: '', exitCode: 85 });
  expect(await call(fakes.path, 'minikube', 'status', '-p', 'x y')).toMatchObject({ stdout: 'second', exitCode: 0 });
  expect(await call(fakes.path, 'minikube', 'build', '/tmp/1/context', 'abc')).toMatchObject({ exitCode: 0 });
  await fakes.assertUsedUp();
  expect(await fakes.calls()).toEqual([
    ['minikube', 'status', '-p', 'x y'],
    ['minikube', 'status', '-p', 'x y'],
    ['minikube', 'build', '/tmp/1/context', 'abc'],
  ]);
});

test.each([[['status', 'again']], [['status', '']], [['build', '/tmp/contex', 'a']], [[]]])('a fake tool refuses the arguments %j', async (args) => {
  await using fakes = await installFakeTools({ minikube: [{ args: ['status'] }, { args: ['build', '<any>/context', 'a'], times: 'any' }] });
  expect(await call(fakes.path, 'minikube', 'status')).toMatchObject({ exitCode: 0 });
  expect(await call(fakes.path, 'minikube', ...args)).toEqual({ stdout: '', stderr: `unscripted: ${JSON.stringify(['minikube', ...args])}\n`, exitCode: 99 });
  await expect(fakes.assertUsedUp()).rejects.toThrow('unscripted');
});

test('a fake tool is used up, and one without a script is not there', async () => {
  await using fakes = await installFakeTools({ docker: [{ args: ['version'] }] });
  expect(await call(fakes.path, 'docker', 'version')).toMatchObject({ exitCode: 0 });
  expect(await call(fakes.path, 'docker', 'version')).toMatchObject({ exitCode: 99 });
  await expect(call(fakes.path, 'minikube', 'version')).rejects.toMatchObject({ code: 'ENOENT' });
});
