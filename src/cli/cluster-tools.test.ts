import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createClusterTools } from './cluster-tools.ts';

/** Runs a check with programs on a PATH of their own that write down how they are called. */
async function withTools(names: readonly string[], check: (tools: ReturnType<typeof createClusterTools>, calls: () => Promise<string>) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl tools '));
  try {
    for (const name of names) {
      await writeFile(join(folder, name), `#!/bin/sh\necho "${name} $*" >>'${join(folder, 'calls')}'\n`);
      await chmod(join(folder, name), 0o700);
    }
    await check(createClusterTools({ PATH: folder }, 'pricectl'), () => readFile(join(folder, 'calls'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const signal = AbortSignal.timeout(10_000);

test.each([
  ['kind-dev', 'kind', 'kind load docker-image a:1 --name dev\n'],
  ['k3d-my-lab', 'k3d', 'k3d image import a:1 --cluster my-lab\n'],
])('the images of %s are loaded by %s', (context, tool, call) =>
  withTools([tool], async (tools, calls) => {
    const loader = tools.imageLoader(context);
    expect(loader?.tool).toBe(tool);
    await loader?.load('a:1', signal);
    expect(await calls()).toBe(call);
  }),
);

test.each(['team', 'kind', 'kind-', 'my-kind-dev', 'minikube'])('%s has no such tool', (context) =>
  withTools([], async (tools) => {
    expect(tools.imageLoader(context)).toBeUndefined();
  }),
);

test('programs are those of the PATH', () =>
  withTools([], async (tools) => {
    expect(await tools.minikube.version(signal)).toBeUndefined();
    expect(await tools.docker.engineVersion(signal)).toBeUndefined();
    expect(await tools.kubectl('team').clientVersion(signal)).toBeUndefined();
  }));
