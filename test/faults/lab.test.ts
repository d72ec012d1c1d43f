import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PodSnapshot, Snapshot } from '../../src/targets/target.ts';
import { createSandbox } from '../cli/sandbox.ts';

interface Sample {
  readonly ms: number;
  readonly snapshot: Snapshot;
}

/** The sample nearest to a moment of the load. */
function sampleAt(samples: readonly Sample[], ms: number): Sample {
  const [nearest] = samples.toSorted((a, b) => Math.abs(a.ms - ms) - Math.abs(b.ms - ms));
  if (nearest === undefined) throw new Error('nothing was sampled');
  return nearest;
}

function requestsOf(sample: Sample): ReadonlyMap<string, number> {
  return new Map(sample.snapshot.pods.map((pod: PodSnapshot) => [pod.name, pod.requests ?? 0]));
}

/** Replicas that were ready from one moment to another, ends included. */
function readyThroughout(samples: readonly Sample[], fromMs: number, toMs: number): readonly string[] {
  const ready = samples.filter(({ ms }) => ms >= fromMs && ms <= toMs).map(({ snapshot }) => new Set(snapshot.pods.filter((pod) => pod.ready).map(({ name }) => name)));
  return [...(ready[0] ?? [])].filter((name) => ready.every((names) => names.has(name)));
}

/** What each of these replicas answered between two samples, by their own counters, as a share of what would be fair. */
function sharesOf(names: readonly string[], from: Sample, to: Sample): ReadonlyMap<string, number> {
  const [before, after] = [requestsOf(from), requestsOf(to)];
  const answered = names.map((name) => [name, (after.get(name) ?? 0) - (before.get(name) ?? 0)] as const);
  const fair = answered.reduce((sum, [, count]) => sum + count, 0) / answered.length;
  return new Map(answered.map(([name, count]) => [name, count / fair]));
}

test('the quick lab scales out to at least 6 replicas and starts back, without a failed request, and each replica gets its share', async () => {
  await using sandbox = await createSandbox();
  const lab = await sandbox.run(['lab', '--profile', 'quick', '--json']);
  expect(lab, lab.stdout.slice(0, 2_000) + lab.stderr).toMatchObject({ exitCode: 0, stderr: '' });
  const result = lab.json();
  expect(result).toMatchObject({ loadtest: { verdict: 'passed', metrics: { http_req_failed: { values: { passes: 0 } } } }, report: `${result.loadtest.folder}/report.html` });
  expect(result.scaling.maxReady).toBeGreaterThanOrEqual(6);
  expect(result.scaling.timeline.at(-1).ready).toBeLessThan(result.scaling.maxReady);
  expect(result.events.length).toBeGreaterThanOrEqual(2);

  const lines = (await readFile(join(result.loadtest.folder, 'snapshots.ndjson'), 'utf8')).trim().split('\n');
  const samples: readonly Sample[] = lines.map((line) => JSON.parse(line));
  // The hold at the peak goes from 20 s to 55 s. Where it was widest is for the autoscaler to say: on a busy machine it goes up and down.
  const ends = Array.from({ length: 16 }, (_, index) => 40_000 + index * 1_000);
  const widest = ends.map((endMs) => ({ endMs, names: readyThroughout(samples, endMs - 15_000, endMs) })).toSorted((a, b) => b.names.length - a.names.length)[0];
  if (widest === undefined) throw new Error('there is no moment in the hold');
  const shares = sharesOf(widest.names, sampleAt(samples, widest.endMs - 10_000), sampleAt(samples, widest.endMs));
  expect(shares.size).toBeGreaterThanOrEqual(6);
  for (const [name, share] of shares) expect(share, name).toBeGreaterThan(0.5);
});
