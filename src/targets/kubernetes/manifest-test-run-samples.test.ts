import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mostSampleBytes, samplesArguments, samplesSidecar } from './manifest-test-run-samples.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl-sidecar-'));
  // The first that the script waits with: from then on it hears signals.
  await writeFile(join(folder, 'sleep'), '#!/bin/sh\n: > "$(dirname "$0")/ready"\n');
  await chmod(join(folder, 'sleep'), 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs what the container runs, with another folder and limit, and ends it as the kubelet does. */
async function endSidecar(limitBytes: number): Promise<string> {
  const { command: [file, ...args] } = samplesSidecar('k6', (script) => script.replaceAll('/tmp/', () => `${folder}/`).replace(`+${mostSampleBytes}c`, `+${limitBytes}c`));
  const child = spawn(file, args, { env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` }, stdio: ['ignore', 'pipe', 'inherit'] });
  const log = text(child.stdout);
  await expect.poll(() => existsSync(join(folder, 'ready'))).toBe(true);
  child.kill('SIGTERM');
  return log;
}

const samples = Array.from({ length: 20_000 }, (_, index) => `{"metric":"http_reqs","data":{"value":${Math.sin(index)}}}\n`).join('');

test('k6 writes where the container looks', () => {
  expect(samplesArguments).toEqual(['--out', 'json=/tmp/samples.json']);
  expect(samplesSidecar('k6', (script) => script).command.at(-1)).toContain(' /tmp/samples.json');
});

test('when it is told to end it sends the samples, in lines that no runtime splits', async () => {
  await writeFile(join(folder, 'samples.json'), samples);
  const lines = (await endSidecar(mostSampleBytes)).trim().split('\n');
  expect(lines.length).toBeGreaterThan(1);
  expect(Math.max(...lines.map((line) => line.length))).toBe(8_000);
  expect(gunzipSync(Buffer.concat(lines.map((line) => Buffer.from(line, 'base64')))).toString()).toBe(samples);
});

test('too many samples leave the disk, and it says so', async () => {
  await writeFile(join(folder, 'samples.json'), samples);
  expect(await endSidecar(samples.length - 1_000)).toBe('more than 100 MB\n');
  expect(await readFile(join(folder, 'samples.json'), 'utf8')).toBe('');
});
