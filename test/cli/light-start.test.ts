import { createServer } from 'node:http';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, freePort, type Sandbox } from './sandbox.ts';
import { supervisorPid } from './service-processes.ts';

const starter = fileURLToPath(new URL('start-and-tell.js', import.meta.url));

/** A price service that knows some ids, fails for BROKEN, leaves for CUT and never answers SLOW. */
const service = createServer((request, response) => {
  const id = new URL(request.url ?? '', 'http://localhost').searchParams.get('product_id') ?? '';
  if (id === 'SLOW') service.emit('slow');
  else if (id === 'BROKEN') response.writeHead(500).end('broken');
  else if (id === 'CUT') request.socket.destroy();
  else if (['P124', '5', 'x=y', 'a b'].includes(id)) response.end('49.5');
  else response.writeHead(404).end();
});

let sandbox: Sandbox;
let empty: string;
let url: string;
let closed: string;

beforeAll(async () => {
  sandbox = await createSandbox();
  empty = await mkdtemp(join(tmpdir(), 'pricectl-light-'));
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  const address = service.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  closed = `http://127.0.0.1:${await freePort()}`;
  await sandbox.run(['up', '--port', String(sandbox.port), '--min', '1']);
}, 120_000);

afterAll(async () => {
  service.close();
  service.closeAllConnections();
  await sandbox[Symbol.asyncDispose]();
  await rm(empty, { recursive: true, force: true });
});

interface Case {
  readonly env?: Readonly<Record<string, string>>;
  /** Content of a settings file in the working folder. */
  readonly settings?: string;
  readonly isUp?: boolean;
  readonly interrupt?: boolean;
}

function replaceUrls(args: readonly string[]): string[] {
  return args.map((arg) => arg.replaceAll('URL', url).replaceAll('CLOSED', closed));
}

async function run(args: readonly string[], { env = {}, isUp = false, interrupt = false }: Case, cwd: string, isFull: boolean) {
  const child = execa(process.execPath, [starter, ...replaceUrls(args)], {
    cwd,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: isUp ? sandbox.folder : empty,
      TMPDIR: tmpdir(),
      NODE_COMPILE_CACHE: join(tmpdir(), 'pricectl-test-cache'),
      ...(isFull ? { START_FULLY: '1' } : {}),
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replaceAll('URL', url)])),
    },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    timeout: 60_000,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  if (interrupt) service.once('slow', () => child.kill('SIGINT'));
  const { exitCode, stdout, stderr, stdio } = await child;
  return { ended: { exitCode, stdout, stderr }, start: stdio[3] };
}

/** Runs the command both ways, compares all that can be seen, and returns it. */
async function runBoth(args: readonly string[], given: Case) {
  const cwd = await mkdtemp(join(empty, 'cwd-'));
  if (given.settings !== undefined) await writeFile(join(cwd, 'pricectl.config.json'), given.settings.replaceAll('URL', url));
  const asStarted = await run(args, given, cwd, false);
  const full = await run(args, given, cwd, true);
  expect(full.start).toBe('full');
  expect(asStarted.ended).toEqual(full.ended);
  return { ...asStarted.ended, start: asStarted.start };
}

const lightCases: readonly [exitCode: number, args: readonly string[], given?: Case][] = [
  [0, ['P124'], { isUp: true }],
  [0, ['P124', '--json'], { isUp: true }],
  [0, ['P124', 'P125'], { isUp: true }],
  [6, ['NOPE'], { isUp: true }],
  [6, ['NOPE', 'P124', 'ключ', 'a b', '%zz', 'x=y'], { isUp: true }],
  [6, ['NOPE', 'P124', '--json'], { isUp: true }],
  [0, ['P124', '--target', 'local'], { isUp: true }],
  [0, ['--target=local', 'P124', '--namespace', 'pricectl', '--name=price-api', '--quiet', '--timeout', '1m'], { isUp: true }],
  [3, ['P124', '--name', 'other', '--target', 'local'], { isUp: true }],
  [3, ['P124', '--target', 'local']],
  [3, ['P124', '--target', 'local', '--json']],
  [3, ['P124', '--target', 'local', '--verbose', '--no-color']],
  [0, ['P124', '--url', 'URL']],
  [0, ['--url=URL', '5', 'x=y', 'a b', '--json']],
  [0, ['P124', '--url', 'URL/', '--yes', '--context', 'none']],
  [6, ['x'.repeat(257), '--url', 'URL']],
  [4, ['P124', 'BROKEN', '--url', 'URL']],
  [4, ['CUT', '--url', 'URL', '--json']],
  [4, ['CUT', '--url', 'URL', '--verbose']],
  [3, ['P124', '--url', 'CLOSED']],
  [5, ['SLOW', '--url', 'URL', '--timeout', '300ms']],
  [5, ['SLOW', '--url', 'URL', '--timeout=300ms', '--json']],
  [130, ['SLOW', '--url', 'URL'], { interrupt: true }],
  [0, ['P124', '--url', 'URL'], { env: { NO_COLOR: '1', FORCE_COLOR: '1', NODE_ENV: 'development' } }],
  [2, ['P124', '--target', 'kube']],
];

test.each(lightCases)('light, exit %i: price %j %j', async (exitCode, args, given = {}) => {
  expect(await runBoth(['price', ...args], given)).toMatchObject({ exitCode, start: 'light' });
});

const fullCases: readonly [exitCode: number, args: readonly string[], given?: Case][] = [
  [0, ['--help']],
  [0, ['P124', '--help']],
  [2, []],
  [3, ['', '--target', 'local']],
  [2, ['P124', '--url', 'ftp://x']],
  [2, ['P124', '--url']],
  [2, ['P124', '--url=']],
  [2, ['P124', '--url', '']],
  [2, ['P124', '--url', '--json']],
  [2, ['P124', '--url', 'URL', '--url', 'URL/']],
  [2, ['P124', '--url', 'URL', '--timeout', 'soon']],
  [2, ['P124', '--url', 'URL', '--timeout', '-1s']],
  [2, ['P124', '--target', 'moon']],
  [2, ['P124', '--nope']],
  [2, ['P124', '--jsno', '--json']],
  [6, ['P124', '--json=true', '--url', 'URL']],
  [2, ['P124', '--name', 'Not A Name', '--target', 'local']],
  [2, ['P124', '-x', '--url', 'URL']],
  [2, ['P124', '--__proto__', 'x']],
  [0, ['P124', '-n', 'pricectl', '--url', 'URL']],
  [0, ['--url', 'URL', '--', 'P124']],
  [6, ['--url', 'URL', '--', '--json', '-5']],
  [6, ['-5', '--url', 'URL', '--', 'P124']],
  [6, ['-', '--url', 'URL']],
  [0, ['P124', '5', 'P124', '--url', 'URL']],
  [6, ['--name', 'abc', 'P124', 'abc', '--url', 'URL']],
  [0, ['P124', '--url', 'URL', '--json', '--json']],
  [0, ['P124'], { env: { PRICECTL_URL: 'URL' } }],
  [0, ['P124', '--url', 'URL'], { env: { PRICECTL_JSON: '1' } }],
  [0, ['P124', '--url', 'URL'], { env: { PRICECTL_CONTENT_TYPE: 'json' } }],
  [0, ['P124', '--url', 'URL', '--json'], { env: { FORCE_COLOR: '1' } }],
  [2, ['P124', '--url', 'URL'], { env: { PRICECTL_TIMEOUT: 'soon' } }],
  [3, ['P124'], { env: { PRICECTL_TARGET: 'local', PRICECTL_QUIET: 'true' } }],
  [0, ['P124'], { settings: '{"url":"URL"}' }],
  [0, ['P124', '--url', 'URL'], { settings: '{"min":3,"timeout":"1m"}' }],
  [2, ['P124', '--url', 'URL'], { settings: '{"nope":3}' }],
  [2, ['P124', '--url', 'URL', '--json'], { settings: '{' }],
  [2, ['P124', '--url', 'URL'], { settings: '{"timeout":"soon"}' }],
  [3, ['P124', '--url', 'URL', '--config', 'not-there.json']],
];

test.each(fullCases)('full, exit %i: price %j %j', async (exitCode, args, given = {}) => {
  expect(await runBoth(['price', ...args], given)).toMatchObject({ exitCode, start: 'full' });
});

test('a supervisor that is gone', async () => {
  await using broken = await createSandbox();
  await broken.run(['up', '--port', String(broken.port), '--min', '1']);
  process.kill(await supervisorPid(broken), 'SIGKILL');
  const { ended } = await run(['price', 'P124'], { env: { HOME: broken.folder } }, empty, true);
  const light = await run(['price', 'P124'], { env: { HOME: broken.folder } }, empty, false);
  expect(light).toEqual({ ended, start: 'light' });
  expect(ended).toMatchObject({ exitCode: 3, stdout: '', stderr: expect.stringMatching(/^Error: the supervisor is gone/) });
});

test('a settings file that is a folder', async () => {
  const cwd = await mkdtemp(join(empty, 'cwd-'));
  await mkdir(join(cwd, 'pricectl.config.json'));
  const { ended, start } = await run(['price', 'P124', '--url', 'URL'], {}, cwd, false);
  expect(start).toBe('full');
  expect(ended).toMatchObject({ exitCode: 3 });
});
