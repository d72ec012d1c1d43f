import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFakeTarget } from '../../test/fakes/fake-target.ts';
import { findFreePort } from '../tools/free-port.ts';
import { checkCores, checkMachine, checkMemory, checkPlatform, type TargetCheck } from './check-machine.ts';
import { resolveSettings } from './service-settings.ts';

const signal = new AbortController().signal;

async function inTemporaryFolder(check: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl doctor '));
  try {
    await check(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function stateOf({ checks }: TargetCheck, name: string): string | undefined {
  return checks.find((check) => check.name === name)?.state;
}

test('Linux and macOS can run replicas, Windows says how', () => {
  expect(checkPlatform('linux').state).toBe('ok');
  expect(checkPlatform('darwin').state).toBe('ok');
  expect(checkPlatform('win32')).toMatchObject({ state: 'problem', mend: expect.stringMatching(/WSL/) });
});

test('fewer cores and less memory than are asked for are a warning with advice', () => {
  expect(checkCores(1, 1_000)).toMatchObject({ state: 'warning', mend: expect.any(String) });
  expect(checkCores(2, 1_000)).toMatchObject({ state: 'ok', mend: null });
  expect(checkCores(2, 1_001)).toMatchObject({ state: 'warning', needed: '3: 1001m for the service, 1 for the load' });
  expect(checkMemory(5e8, 10)).toMatchObject({ state: 'warning', needed: '1.0 GB for 10 replicas', mend: 'pricectl up --max 5' });
  expect(checkMemory(5e8, 5)).toMatchObject({ state: 'ok', mend: null });
});

test('a state folder that is a file makes the target unusable', () =>
  inTemporaryFolder(async (folder) => {
    const stateFolder = join(folder, 'file');
    await writeFile(stateFolder, '');
    const result = await checkMachine({ target: createFakeTarget(), stateFolder, port: await findFreePort(), signal });
    expect(result.usable).toBe(false);
    expect(stateOf(result, 'state folder')).toBe('problem');
    expect(stateOf(result, 'socket folder')).toBe('ok');
  }));

test('a state folder that others can write into makes the target unusable, as up refuses it', () =>
  inTemporaryFolder(async (stateFolder) => {
    await chmod(stateFolder, 0o770);
    const { checks, usable } = await checkMachine({ target: createFakeTarget(), stateFolder, port: await findFreePort(), signal });
    expect(usable).toBe(false);
    expect(checks.find(({ name }) => name === 'state folder')).toMatchObject({ state: 'problem', found: expect.stringMatching(/other users can write/), mend: expect.stringMatching(/chmod 700/) });
  }));

test('a port is free, ours, or taken by somebody else', () =>
  inTemporaryFolder(async (stateFolder) => {
    const port = await findFreePort();
    const target = createFakeTarget();
    const check = async () => stateOf(await checkMachine({ target, stateFolder, port, signal }), `port ${port}`);
    expect(await check()).toBe('ok');
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await expect.poll(check).toBe('warning');
      target.running = resolveSettings({ port }, { running: undefined, defaultPrices: '/p.txt', target: 'local' });
      expect(await check()).toBe('ok');
    } finally {
      server.close();
    }
  }));
