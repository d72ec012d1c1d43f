import { createServer } from 'node:http';
import { appendFile, chmod, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../src/tools/clock.ts';
import { root } from '../contract/commands.ts';
import { createSandbox, freePort, type CliProcess, type Sandbox } from './sandbox.ts';

let sandbox: Sandbox;
let server: CliProcess;
let url = '';
let run: { readonly id: string; readonly folder: string };

beforeAll(async () => {
  sandbox = await createSandbox();
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  server = sandbox.start(['serve', '--port', String(port)]);
  const asked = () => sandbox.run(['price', 'P124', '--url', url]);
  await waitUntil({ poll: asked, isDone: ({ exitCode }) => exitCode === 0, describe: (last) => `no price: ${last?.stderr ?? ''}`, everyMs: 50, timeoutMs: 20_000 });
  await sandbox.write('ids.txt', 'P124\n');
  const load = await sandbox.run(['loadtest', '--url', url, '--ids', 'ids.txt', '--vus', '2', '--duration', '2s', '--think-time', '20ms', '--report', 'page.html', '--json'], {
    env: { GITHUB_STEP_SUMMARY: await sandbox.write('summary.md', 'before\n') },
  });
  if (load.exitCode !== 0 || load.stderr !== '') throw new Error(load.stderr);
  run = load.json();
});

afterAll(async () => {
  server.kill('SIGTERM');
  await server.result;
  await sandbox[Symbol.asyncDispose]();
});

const report = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => sandbox.run(['report', run.id, ...args], { env });

test('a load test leaves its page in its folder, where it was asked for, and in the summary of the job', async () => {
  const page = await readFile(join(run.folder, 'report.html'), 'utf8');
  expect(page).toContain(`<title>passed: ${run.id}</title>`);
  expect(await sandbox.read('page.html')).toBe(page);
  expect(await sandbox.read('summary.md')).toMatch(new RegExp(`^before\\n## ✅ passed: ${run.id}\\n`));
});

test.each([
  ['rate==1', 6],
  ['rate==0', 3],
])('what can not be written besides does not hide the verdict of %s', async (expression, exitCode) => {
  const load = ['loadtest', '--url', url, '--ids', 'ids.txt', '--vus', '1', '--duration', '1s', '--threshold', `http_req_failed:${expression}`, '--report', 'no-folder/page.html'];
  const result = await sandbox.run(load);
  expect(result, result.stderr).toMatchObject({ exitCode });
  expect(result.stderr).toContain("can't write no-folder/page.html");
});

test('a summary of the job that can not be written is said, and changes nothing', async () => {
  const load = ['loadtest', '--url', url, '--ids', 'ids.txt', '--vus', '1', '--duration', '1s'];
  const result = await sandbox.run(load, { env: { GITHUB_STEP_SUMMARY: join(sandbox.folder, 'no-folder', 'summary.md') } });
  expect(result, result.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('PASSED') });
  expect(result.stderr).toContain("can't add to the job's summary");
});

test('the page of a service that is not ours says what is not known, and how to do it again', async () => {
  const page = await readFile(join(run.folder, 'report.html'), 'utf8');
  expect(page).toContain('Not known: the service was not one of ours, or its pods are not recorded.');
  expect(page).toContain(`pricectl loadtest --url ${url} --ids ids.txt --vus 2 --duration 2s`);
  expect(page).not.toContain('of the record:');
});

test('a report made later is the one that the load test made', async () => {
  const path = join(run.folder, 'report.html');
  const page = await readFile(path, 'utf8');
  await rm(path);
  expect(await report([])).toMatchObject({ exitCode: 0, stdout: `${path}\n`, stderr: '' });
  expect(await readFile(path, 'utf8')).toBe(page);
});

test.each([
  ['markdown', 'report.md', /^## ✅ passed: /],
  ['junit', 'report.xml', /^<\?xml /],
  ['json', 'report.json', /^\{\n {2}"result": /],
])('as %s into the folder, into a file and to stdout', async (format, name, beginning) => {
  const path = join(run.folder, name);
  expect(await report(['--format', format])).toMatchObject({ exitCode: 0, stdout: `${path}\n` });
  const text = await readFile(path, 'utf8');
  expect(text).toMatch(beginning);
  expect(await report(['--format', format, '--output', 'elsewhere'])).toMatchObject({ exitCode: 0, stdout: 'elsewhere\n' });
  expect(await sandbox.read('elsewhere')).toBe(text);
  expect(await report(['--format', format, '--output', '-'])).toMatchObject({ exitCode: 0, stdout: text, stderr: '' });
  expect(await readdir(sandbox.folder)).not.toContain('-');
});

test('its JSON is what the schema says', async () => {
  const schema: object = JSON.parse(await readFile(join(root, 'schemas', 'report.json'), 'utf8'));
  const isValid = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
  const answer = (await report(['--json'])).json();
  expect(isValid(answer), JSON.stringify(isValid.errors)).toBe(true);
  expect(answer).toMatchObject({ format: 'html', path: join(run.folder, 'report.html'), opened: false, report: { result: { id: run.id }, service: null } });
});

test('--open shows it by the desktop, and says when there is none', async () => {
  const bin = join(sandbox.folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s' "$1" >"$HOME/opened"\n`);
  await chmod(join(bin, 'xdg-open'), 0o700);
  await writeFile(join(bin, 'open'), `#!/bin/sh\nprintf '%s' "$1" >"$HOME/opened"\n`);
  await chmod(join(bin, 'open'), 0o700);
  expect((await report(['--open', '--json'], { PATH: `${bin}:${process.env['PATH'] ?? ''}` })).json()).toMatchObject({ opened: true });
  expect(await sandbox.read('opened')).toBe(join(run.folder, 'report.html'));
  const without = await report(['--open'], { PATH: join(sandbox.folder, 'none') });
  expect(without).toMatchObject({ exitCode: 0, stdout: `${join(run.folder, 'report.html')}\n`, stderr: expect.stringMatching(/^nothing here can open it/) });
});

test('a half-written run has a page that says what is lost', async () => {
  const half = run.id.replace(/-loadtest.*/, '-half');
  const folder = join(run.folder, '..', half);
  await mkdir(folder);
  for (const name of ['run.json', 'series.json', 'snapshots.ndjson']) await writeFile(join(folder, name), await readFile(join(run.folder, name)));
  await truncate(join(folder, 'series.json'), 20);
  await appendFile(join(folder, 'snapshots.ndjson'), '{"ms":');
  const page = (await sandbox.run(['report', half, '--output', '-'])).stdout;
  for (const problem of ['series.json: 1 of 1 entries are damaged', 'timeline.json can&#39;t be read', 'snapshots.ndjson: 1 of 1 entries are damaged', 'The load of each second is not recorded.', 'Not recorded: no request has ended, or the run is of an older pricectl.']) {
    expect(page).toContain(problem);
  }
  await rm(folder, { recursive: true });
});

test.each([
  [['report', '2026-01-01-000000-lab'], 6, /no run/],
  [['report', '../../etc'], 6, /no run/],
  [['report'], 2, /run/],
  [['report', 'ID', '--format', 'pdf'], 2, /pdf/],
  [['report', 'ID', '--output', '-', '--json'], 2, /stdout/],
  [['report', 'ID', '--output', '-', '--open'], 2, /--open/],
  [['report', 'ID', '--output', '/no/such/folder/x.html'], 3, /can't write \/no\/such\/folder\/x\.html/],
])('%j ends with %i', async (args, exitCode, words) => {
  const result = await sandbox.run(args.map((arg) => (arg === 'ID' ? run.id : arg)));
  expect(result.exitCode).toBe(exitCode);
  expect(result.stdout + result.stderr).toMatch(words);
});

test('a run that is interrupted has a page', async () => {
  const seen = Promise.withResolvers<void>();
  const slow = createServer((_, response) => {
    seen.resolve();
    response.end('1');
  });
  const port = await freePort();
  await new Promise<void>((resolve) => slow.listen(port, '127.0.0.1', resolve));
  const load = sandbox.start(['loadtest', '--url', `http://127.0.0.1:${port}`, '--ids', 'ids.txt', '--vus', '1', '--duration', '60s']);
  await seen.promise;
  load.kill('SIGINT');
  const { exitCode, stdout } = await load.result;
  expect(exitCode).toBe(130);
  expect(await readFile(/^Report: (.*)$/m.exec(stdout)?.[1] ?? 'none', 'utf8')).toContain('<span class="verdict incomplete">');
  slow.closeAllConnections();
  slow.close();
});
