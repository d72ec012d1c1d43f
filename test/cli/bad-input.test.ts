import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, freePort, type Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

/** A refusal is one line that says what is wrong, hints below, no stack; nothing on stdout. */
async function expectRefusal(args: readonly string[], exitCode: number, words: RegExp): Promise<void> {
  const result = await sandbox.run(args);
  expect(result, result.stderr).toMatchObject({ exitCode, stdout: '' });
  const [first = '', ...rest] = result.stderr.trimEnd().split('\n').filter((line) => !/^$|^local target:|^Load:|^ {6}|^ {2}[✔✖-]/u.test(line));
  expect(first).toMatch(/^Error: /);
  expect(first).toMatch(words);
  for (const line of rest) expect(line).toMatch(/^ {2}try: /);
}

/** The same with `--json`: one error object on stdout and nothing on stderr. */
async function expectJsonRefusal(args: readonly string[], exitCode: number): Promise<void> {
  const result = await sandbox.run([...args, '--json']);
  expect(result, result.stdout).toMatchObject({ exitCode, stderr: '' });
  expect(result.json()).toEqual({
    error: { name: expect.any(String), code: expect.stringMatching(/^PRICECTL_E_/), message: expect.any(String), exitCode, hints: expect.any(Array) },
  });
}

test.each<[readonly string[], RegExp]>([
  [['up', '--unknown'], /--unknown$/],
  [['up', '--cpu-taget', '50'], /--cpu-taget; did you mean --cpu-target\?$/],
  [['status', 'extra'], /extra/],
  [['loadtest', '--vus', '0'], /--vus/],
  [['loadtest', '--vus', 'many'], /many/],
  [['loadtest', '--stages', '2x:1'], /2x:1/],
  [['loadtest', '--stages', ''], /--stages/],
  [['loadtest', '--duration', '-5s'], /--duration/],
  [['loadtest', '--rate', 'fast'], /--rate/],
  [['loadtest', '--rate', '5/s', '--vus', '3'], /--rate/],
  [['loadtest', '--stages', '1s:1', '--duration', '1s'], /--stages/],
  [['loadtest', '--threshold', 'no_such_metric:rate<1', '--url', 'http://127.0.0.1:1'], /no_such_metric/],
  [['loadtest', '--threshold', 'http_req_duration:p(95)=<1', '--url', 'http://127.0.0.1:1'], /threshold/],
  [['loadtest', '--threshold', 'http_req_duration:rate<1', '--url', 'http://127.0.0.1:1'], /rate/],
  [['loadtest', '--engine', 'steam'], /steam/],
  [['loadtest', '--in-cluster', '--target', 'local'], /--in-cluster/],
  [['up', '--min', '5', '--max', '4'], /--min 5/],
  [['up', '--name', '../x'], /--name/],
  [['up', '--target', 'mars'], /mars/],
  [['up', '--prices', 'ftp://example.test/p'], /ftp/],
  [['price'], /id/],
])('%j is a usage error', async (args, words) => {
  await expectRefusal(args, 2, words);
  await expectJsonRefusal(args, 2);
});

test('an unknown command is a usage error', async () => {
  await expectRefusal(['upp'], 2, /upp/);
  await expectJsonRefusal(['upp'], 2);
});

test.each<[string, string | Uint8Array, RegExp]>([
  ['empty.txt', '', /empty|no price/],
  ['comma.txt', 'A,1\nB\n', /line 2/],
  ['price.txt', 'A,1\n\nB,abc\n', /line 3.*abc/],
  ['twice.txt', 'A,1\nB,2\nA,3\n', /line 3/],
  ['noid.txt', ',1\n', /line 1/],
  ['binary.bin', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe, 10, 0x1b, 0x5b, 0x32, 0x4a]), /line 1/],
])('prices in %s are refused with their line', async (name, content, words) => {
  const path = await sandbox.write(name, content);
  await expectRefusal(['up', '--prices', path, '--port', String(await freePort())], 6, words);
  const check = await sandbox.run(['prices', 'check', path, '--json']);
  expect(check).toMatchObject({ exitCode: 6, stderr: '' });
  expect(check.json()).toMatchObject({ valid: false, prices: null, problem: { message: expect.stringMatching(words) } });
  expect(check.stdout).not.toContain('\u001B');
});

test('prices that are missing, a directory or unreadable are an error of the environment', async () => {
  const folder = join(sandbox.folder, 'folder');
  await mkdir(folder);
  await expectRefusal(['up', '--prices', 'nowhere.txt'], 3, /nowhere\.txt/);
  await expectRefusal(['up', '--prices', folder], 3, /directory/);
  await expectJsonRefusal(['prices', 'check', 'nowhere.txt'], 3);
  const path = await sandbox.write('secret.txt', 'A,1\n');
  await chmod(path, 0o000);
  if (process.getuid?.() !== 0) await expectRefusal(['up', '--prices', path], 3, /permission/);
});

test('without a service, commands that need one say how to get it', async () => {
  await expectRefusal(['price', 'P124'], 3, /not up/);
  await expectRefusal(['loadtest'], 3, /not up/);
  await expectRefusal(['shell'], 3, /not up/);
  const status = await sandbox.run(['status', '--json']);
  expect(status.exitCode).toBe(0);
  expect(status.json()).toMatchObject({ state: 'absent', url: null, pods: [] });
  expect(await sandbox.run(['down'])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/nothing to remove/) });
});

test('a URL that nobody answers is an error of the environment', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const ids = await sandbox.write('ids.txt', 'P124\n');
  await expectRefusal(['price', 'P124', '--url', url], 3, /127\.0\.0\.1/);
  await expectRefusal(['loadtest', '--url', url, '--ids', ids, '--duration', '1s'], 3, /127\.0\.0\.1/);
  expect((await sandbox.run(['runs', 'list', '--json'])).json()).toEqual({ runs: [] });
});

test('a settings file that makes no sense is a usage error', async () => {
  for (const content of ['{', '{"minn": 3}', '{"min": {}}', '{"context": "a\\u0000b"}', '{"prices": "\\ud800"}', '{"name": "../x"}', '{"name": "x\\n: {}"}']) {
    const config = await sandbox.write('bad.json', content);
    await expectRefusal(['up', '--config', config], 2, /bad\.json|in the settings file/);
  }
});

test('a port that another program has is named', async () => {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(sandbox.port, '127.0.0.1', resolve));
  try {
    await expectRefusal(['up', '--port', String(sandbox.port)], 3, new RegExp(String(sandbox.port)));
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test('pricectl alone says where things stand and what to do next', async () => {
  const result = await sandbox.run([]);
  expect(result).toMatchObject({ exitCode: 0, stderr: '' });
  expect(result.stdout).toMatch(/service {3}price-api is not up\n[\s\S]*pricectl lab /);
  expect((await sandbox.run(['--help'])).stdout).not.toMatch(/overview/);
});

test('pricectl alone takes the flags of all commands', async () => {
  const result = await sandbox.run(['--target', 'local', '--json']);
  expect(result, result.stderr).toMatchObject({ exitCode: 0, stderr: '' });
  expect(result.json()).toMatchObject({ target: { kind: 'local' }, service: { state: 'absent' } });
  expect((await sandbox.run(['--json'])).json()).toMatchObject({ service: { state: 'absent' } });
  await expectRefusal(['--unknown'], 2, /--unknown/);
});

test.each([
  [['statsu'], 'pricectl status'],
  [['prices', 'psh', 'list.txt'], 'pricectl prices push'],
  [['runs', 'shw'], 'pricectl runs show'],
])('%j is no command, and the one that was meant is named', async (args, meant) => {
  const result = await sandbox.run(args);
  expect(result).toMatchObject({ exitCode: 2, stdout: '' });
  expect(result.stderr).toContain(`try: ${meant}\n`);
});
