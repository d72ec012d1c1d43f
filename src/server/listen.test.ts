import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listenOnPort, listenOnSocket } from './listen.ts';
import { exchange, requestOf } from './raw-client.fixture.ts';

const umask = process.umask();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl-listen-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const ignore = () => {};

test('names the URL that it listens on', async () => {
  const listener = await listenOnPort('127.0.0.1', 0, ignore);
  expect(listener.address).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
  listener.close();
});

test('says that a port is taken', async () => {
  const listener = await listenOnPort('127.0.0.1', 0, ignore);
  const port = Number(new URL(listener.address).port);
  await expect(listenOnPort('127.0.0.1', port, ignore)).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_PORT_TAKEN', kind: 'environment' }));
  listener.close();
});

test.each(['203.0.113.1', 'no.such.host.invalid'])('says that %s is not an address of this machine', async (host) => {
  await expect(listenOnPort(host, 0, ignore)).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_HOST', kind: 'environment' }));
});

test('listens on a socket that only its owner can use, and removes it', async () => {
  const path = join(folder, 's');
  const listener = await listenOnSocket(path, createServer((_, response) => response.end('hello')));
  expect(process.umask()).toBe(umask);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await exchange(path, requestOf('GET', '/'))).toMatchObject({ status: 200, body: 'hello' });
  listener.close();
  await expect(stat(path)).rejects.toThrow(expect.objectContaining({ code: 'ENOENT' }));
});

test('leaves a file alone that is where its socket should be', async () => {
  const path = join(folder, 's');
  await writeFile(path, 'mine');
  await expect(listenOnSocket(path, createServer())).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_PORT_TAKEN' }));
  expect(await readFile(path, 'utf8')).toBe('mine');
});

test('leaves the socket of another server alone', async () => {
  const path = join(folder, 's');
  const listener = await listenOnSocket(path, createServer((_, response) => response.end('hello')));
  await expect(listenOnSocket(path, createServer())).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_PORT_TAKEN' }));
  expect((await exchange(path, requestOf('GET', '/'))).body).toBe('hello');
  listener.close();
});

test.each(['missing/s', 'x'.repeat(200)])('says why it cannot listen on the socket %s', async (name) => {
  await expect(listenOnSocket(join(folder, name), createServer())).rejects.toThrow(expect.objectContaining({ kind: 'environment' }));
});
