import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { mostSampleBytes, samplesContainer } from '../../targets/kubernetes/manifest-test-run-samples.ts';
import { testRunLabel } from '../../targets/kubernetes/manifest-test-run.ts';
import { servicePaths } from '../../targets/kubernetes/service-objects.ts';
import { waitUntil } from '../../tools/clock.ts';
import { PricectlError, systemCode, ToolError } from '../../tools/errors.ts';
import { isRecord, parseJson } from '../../tools/json.ts';
import type { Pod } from '../../tools/kube-objects.ts';
import type { RunnerPayload } from '../merge-payload.ts';
import type { TestRunContext } from './look.ts';

/** How long pods may take to send their samples: the kubelet gives them 30 s. */
const sendMs = 45_000;
const pollMs = 500;

/** How often a log is read that doesn't come as a whole. */
const mostReads = 2;

const base64Line = /^[A-Za-z0-9+/]+={0,2}$/;

/** A runner that has ended. */
export interface SampledRunner {
  readonly pod: string;
  /** What it measured; anything else counts as lost. */
  readonly payload: RunnerPayload | string | undefined;
}

/**
 * Writes the samples of each runner as k6 wrote them, a file `k6-1.samples.json` for each. What doesn't come as a whole isn't written: why not, in words, is returned.
 * Throws the signal's reason.
 */
export async function keepSamples(run: TestRunContext, folder: string, runners: readonly SampledRunner[]): Promise<readonly string[]> {
  await awaitEnds(run, runners);
  const missing: string[] = [];
  // One after the other: each may be large.
  for (const [index, runner] of runners.entries()) {
    const name = `k6-${index + 1}.samples.json`;
    const why = await keepRunner(run, join(folder, name), runner);
    if (why !== undefined) missing.push(`${name} is missing: ${why}`);
  }
  return missing;
}

/** The pods send when k6 has ended, and end after that. One that doesn't end is read as it is. */
async function awaitEnds(run: TestRunContext, runners: readonly SampledRunner[]): Promise<void> {
  const { api, clock, name, signal } = run;
  const awaited = new Set(runners.filter(({ payload }) => typeof payload === 'object').map(({ pod }) => pod));
  try {
    await waitUntil({
      poll: async () => (await api.list<Pod>(servicePaths(run).pods, { labelSelector: `${testRunLabel}=${name},runner=true` }, signal)).items,
      isDone: (pods) => pods.every(({ metadata, status }) => !awaited.has(metadata.name) || status?.phase === 'Succeeded' || status?.phase === 'Failed'),
      describe: () => 'runners send their samples',
      everyMs: pollMs,
      timeoutMs: sendMs,
      signal,
      clock,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof PricectlError)) throw error;
  }
}

/** Why there is no file; undefined when there is. */
async function keepRunner(run: TestRunContext, file: string, { pod, payload }: SampledRunner): Promise<string | undefined> {
  if (typeof payload !== 'object') return "the runner's result is lost, and nobody knows whether these would be all";
  const requests = payload.metrics['http_reqs'];
  const part = `${file}.part`;
  let why: string | undefined;
  for (let reads = 0; reads < mostReads; reads += 1) {
    try {
      await download(run, pod, part);
      await checkSamples(part, requests?.type === 'counter' ? requests.count : 0);
      await rename(part, file);
      return undefined;
    } catch (error) {
      run.signal.throwIfAborted();
      await rm(part, { force: true });
      why = explain(error);
    }
  }
  return why;
}

/** Throws ToolError, and what streams, files, zlib and KubeApi throw. */
async function download(run: TestRunContext, pod: string, file: string): Promise<void> {
  const words: string[] = [];
  const lines = run.api.lines(`${servicePaths(run).pods}/${pod}/log?container=${samplesContainer}`, run.signal);
  try {
    await pipeline(decodeLines(lines, words), createGunzip(), limitBytes, createWriteStream(file, { mode: 0o600 }), { signal: run.signal });
  } catch (error) {
    if (words[0] !== undefined) throw missingSamples(words[0]);
    throw error;
  }
  if (words[0] !== undefined) throw missingSamples(words[0]);
}

/** What isn't base64 is a word of the container's on why there is none. */
async function* decodeLines(lines: AsyncIterable<string>, words: string[]): AsyncGenerator<Uint8Array> {
  let isEmpty = true;
  for await (const line of lines) {
    if (line === '') continue;
    isEmpty = false;
    if (base64Line.test(line)) yield Buffer.from(line, 'base64');
    else words.push(line.slice(0, 200));
  }
  if (isEmpty) throw missingSamples('none came');
}

async function* limitBytes(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > mostSampleBytes) throw missingSamples(`more than ${mostSampleBytes / 1_000_000} MB`);
    yield chunk;
  }
}

/** Throws ToolError unless the samples are those of so many requests, to the last line. */
async function checkSamples(file: string, requests: number): Promise<void> {
  let counted = 0;
  let last: string | undefined;
  await using handle = await open(file);
  for await (const line of handle.readLines()) {
    last = line;
    if (line.includes('"http_reqs"')) counted += requestsOf(parseJson(line));
  }
  if (last === undefined) throw missingSamples('none came');
  if (parseJson(last) === undefined) throw missingSamples('its end is cut off');
  if (counted !== requests) throw missingSamples(`they tell of ${counted.toLocaleString('en-US')} requests, the runner's result of ${requests.toLocaleString('en-US')}`);
}

function requestsOf(sample: unknown): number {
  if (!isRecord(sample) || sample['type'] !== 'Point' || sample['metric'] !== 'http_reqs') return 0;
  const data = sample['data'];
  return isRecord(data) && typeof data['value'] === 'number' ? data['value'] : 0;
}

function missingSamples(why: string): ToolError {
  return new ToolError('PRICECTL_E_SAMPLES', why);
}

/** Throws what nobody foresees. */
function explain(error: unknown): string {
  if (error instanceof PricectlError) return error.message;
  const code = systemCode(error);
  if (!(error instanceof Error) || code === undefined) throw error;
  return code.startsWith('Z_') ? `they came damaged: ${error.message}` : error.message;
}
