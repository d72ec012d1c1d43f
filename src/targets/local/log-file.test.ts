import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../tools/clock.ts';
import type { LogLine } from '../target.ts';
import { parseLogLine } from '../log-line.ts';
import { LogFile, olderLog } from './log-file.ts';
import { LogReader } from './log-reader.ts';
import { readLogs } from './logs.ts';
import { listLoggedReplicas, pruneLogs, replicaLogPath } from './replica-logs.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl logs '));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function clockAt(...times: readonly string[]) {
  const left = times.map((time) => Date.parse(time));
  return { ...systemClock, now: () => left.shift() ?? 0 };
}

async function collect(lines: AsyncIterable<LogLine>): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const line of lines) texts.push(line.text);
  return texts;
}

test('a line gets the time, unless it brings its own', async () => {
  const path = join(folder, 'a.log');
  using log = new LogFile(path, clockAt('2026-11-24T10:00:00.000Z'));
  log.write('plain');
  log.write('2026-11-24T09:00:00.000Z of its own');
  expect(await readFile(path, 'utf8')).toBe('2026-11-24T10:00:00.000Z plain\n2026-11-24T09:00:00.000Z of its own\n');
});

test('a line is taken apart as it was put together', () => {
  expect(parseLogLine('2026-11-24T10:00:00.000Z a b')).toEqual({ timeMs: Date.parse('2026-11-24T10:00:00Z'), text: 'a b' });
  expect(parseLogLine('2026-11-24 a b')).toEqual({ timeMs: null, text: '2026-11-24 a b' });
});

test('a full file becomes the older one, and two files are all that there is', async () => {
  const path = join(folder, 'a.log');
  using log = new LogFile(path, systemClock, 200);
  for (let line = 0; line < 20; line += 1) log.write(`line ${line}`);
  const [older, newer] = await Promise.all([readFile(olderLog(path), 'utf8'), readFile(path, 'utf8')]);
  expect(older.length).toBeLessThanOrEqual(200);
  expect(newer).toContain('line 19');
  const all = (older + newer).trim().split('\n');
  expect(all.at(-1)).toContain('line 19');
  expect(all.length).toBeGreaterThan(5);
});

test('what can not be written is dropped, and the rest is written when that is possible again', async () => {
  const path = join(folder, 'later', 'a.log');
  using log = new LogFile(path, systemClock);
  log.write('lost');
  await rm(folder, { recursive: true });
  await mkdir(join(folder, 'later'), { recursive: true });
  log.write('kept');
  expect(await readFile(path, 'utf8')).toContain('kept');
});

test('a reader goes on where it was, through a rotation', async () => {
  const path = join(folder, 'a.log');
  using log = new LogFile(path, systemClock, 150);
  await using reader = new LogReader('a', path);
  expect(await collect(reader.readNew())).toEqual([]);
  const read: string[] = [];
  for (let line = 0; line < 12; line += 1) {
    log.write(`line ${line}`);
    if (line % 3 === 0) read.push(...(await collect(reader.readNew())));
  }
  read.push(...(await collect(reader.readNew())));
  expect(read).toEqual(Array.from({ length: 12 }, (_, line) => `line ${line}`));
});

test('logs are merged by time; a line without time stays behind the one before it', async () => {
  await writeFile(olderLog(replicaLogPath(folder, 'a')), '2026-11-24T10:00:01.000Z a1\n    at stack\n');
  await writeFile(replicaLogPath(folder, 'a'), '2026-11-24T10:00:04.000Z a2\n');
  await writeFile(replicaLogPath(folder, 'b'), '2026-11-24T10:00:02.000Z b1\n2026-11-24T10:00:03.000Z b2\n');
  const signal = AbortSignal.timeout(5_000);
  expect(await collect(readLogs(folder, systemClock, { follow: false, signal }))).toEqual(['a1', '    at stack', 'b1', 'b2', 'a2']);
  const clock = { ...systemClock, now: () => Date.parse('2026-11-24T10:00:05.000Z') };
  expect(await collect(readLogs(folder, clock, { follow: false, sinceMs: 2_500, signal }))).toEqual(['b2', 'a2']);
});

test('of replicas that are gone the logs written last are kept', async () => {
  const gone = Array.from({ length: 23 }, (_, index) => `gone-${index}`);
  for (const name of [...gone, 'present']) await writeFile(replicaLogPath(folder, name), '');
  await pruneLogs(folder, new Set(['present']));
  const left = await listLoggedReplicas(folder);
  expect(left).toHaveLength(21);
  expect(left).toContain('present');
});
