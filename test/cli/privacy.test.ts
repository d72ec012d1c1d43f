import { createServer, type Server } from 'node:http';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { installFakeTools } from '../fakes/bin/fake-tools.ts';
import { cluster, dockerBuild, engineVersion, imageIsMissing, kubeconfig, kubectlVersion, minikubeVersion, profileRuns } from './cluster-fakes.ts';
import { commandLineOf, listeningAddresses, processesOf } from './own-processes.ts';
import { type CliProcess, createSandbox, freePort, type Sandbox } from './sandbox.ts';

/** What must be told nowhere: of the price list's URL, and of the environment. */
const canaries = ['c4n4ry-password', 'c4n4ry-token', 'c4n4ry-environment'] as const;
const [password, token, environment] = canaries;
const env = { AWS_SECRET_ACCESS_KEY: environment, KUBECONFIG: '/nowhere', PRICECTL_HOST: '0.0.0.0' };

let sandbox: Sandbox;
let prices: Server;
let isFailing = false;
let source: string;
const printed: string[] = [];
const started: CliProcess[] = [];
const umask = process.umask(0);

/** Runs a command and keeps what it printed. */
async function run(...args: string[]) {
  const result = await sandbox.run(args, { env });
  printed.push(`${args[0]} ${args[1]}\n${result.stdout}${result.stderr}`);
  return result;
}

/** A run of a moment, made once. */
let recorded: Promise<{ readonly id: string }> | undefined;
function recordRun() {
  recorded ??= run('loadtest', '--vus', '1', '--duration', '300ms', '--think-time', '10ms', '--json').then((result) => result.json());
  return recorded;
}

function stateFolder(): string {
  return join(sandbox.folder, '.local', 'state', 'pricectl');
}

/** Paths of all below a folder, itself among them. */
async function allBelow(folder: string): Promise<readonly string[]> {
  return [folder, ...(await readdir(folder, { recursive: true })).map((name) => join(folder, name))];
}

function expectNoCanary(text: string, what: string): void {
  for (const canary of canaries) expect(text.includes(canary), `${canary} in ${what}: ${text.slice(Math.max(0, text.indexOf(canary) - 200), text.indexOf(canary))}`).toBe(false);
}

beforeAll(async () => {
  sandbox = await createSandbox();
  prices = createServer(({ headers, url }, response) => {
    const isKnown = headers.authorization === `Basic ${btoa(`user:${password}`)}` && url === `/list?token=${token}`;
    response.writeHead(isKnown && !isFailing ? 200 : 500).end(isKnown ? 'A,1\nB,2\n' : '');
  });
  const port = await freePort();
  await new Promise<void>((resolve) => prices.listen(port, '127.0.0.1', resolve));
  source = `http://user:${password}@127.0.0.1:${port}/list?token=${token}`;
  const up = await run('up', '--prices', source, '--min', '1', '--port', String(sandbox.port));
  if (up.exitCode !== 0) throw new Error(up.stderr);
}, 60_000);

afterAll(async () => {
  for (const command of started) command.kill('SIGKILL');
  process.umask(umask);
  await sandbox[Symbol.asyncDispose]();
  prices.closeAllConnections();
  prices.close();
});

test.skipIf(process.platform !== 'linux')('everything listens on the loopback address alone, unless it is asked for another', async () => {
  started.push(
    sandbox.start(['watch', '--web', '--interval', '500ms'], { env }),
    sandbox.start(['loadtest', '--rate', '20/s', '--duration', '60s'], { env }),
    sandbox.start(['serve', '--port', '0', '--host', ''], { env: { ...env, PRICECTL_HOST: '' } }),
  );
  const addresses = async () => listeningAddresses(await processesOf(sandbox.folder));
  await vi.waitFor(async () => expect((await addresses()).length).toBe(3), { timeout: 30_000, interval: 200 });
  expect((await addresses()).filter((address) => !address.startsWith('127.0.0.1:'))).toEqual([]);
  // Who asks for it gets it, and this test sees it.
  started.push(sandbox.start(['serve', '--port', '0', '--host', '0.0.0.0'], { env }));
  await vi.waitFor(async () => expect((await addresses()).filter((address) => address.startsWith('0.0.0.0:'))).toHaveLength(1), { timeout: 30_000, interval: 200 });
  for (const command of started) command.kill('SIGTERM');
  printed.push(...(await Promise.all(started.map(({ result }) => result))).map(({ stdout, stderr }) => stdout + stderr));
  started.splice(0);
}, 90_000);

test('what is kept can be read by its owner alone, whatever the umask is', async () => {
  const { id } = await recordRun();
  const reports = await Promise.all(['html', 'markdown', 'json', 'junit'].map((format) => run('report', id, '--format', format)));
  expect(reports.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
  const { socketsFolder } = JSON.parse(await readFile(join(stateFolder(), 'local', 'pricectl', 'price-api', 'state.json'), 'utf8'));
  const paths = [...(await allBelow(stateFolder())), ...(await allBelow(socketsFolder))];
  expect(paths.some((path) => path.endsWith('.log')) && paths.some((path) => path.endsWith('run.json')) && paths.some((path) => path.endsWith('control'))).toBe(true);
  const modes = await Promise.all(paths.map(async (path) => [path, await lstat(path)] as const));
  expect(modes.filter(([, { mode }]) => (mode & 0o077) !== 0).map(([path]) => path)).toEqual([]);
}, 60_000);

test('a secret of a URL or of the environment is told nowhere; it is kept where the service is started from', async () => {
  const { id } = await recordRun();
  for (const args of [['up', '--max', '5', '--verbose'], ['up', '--dry-run', '--max', '6', '--prices', `${source}2`]]) await run(...args);
  const looks = [['status', '--json'], ['price', 'A'], ['prices', 'show'], ['prices', 'show', '--json'], ['runs', 'show', id], ['runs', 'show', id, '--json'], ['doctor'], ...['html', 'markdown', 'json', 'junit'].map((format) => ['report', id, '--format', format, '--output', '-'])];
  await Promise.all(looks.map((args) => run(...args)));
  isFailing = true;
  expect(await run('prices', 'push', source, '--verbose')).toMatchObject({ exitCode: 3 });
  expect(await run('prices', 'check', source, '--json')).not.toMatchObject({ exitCode: 0 });
  await run('logs');
  for (const path of ['version', 'metrics', 'openapi.json', 'readyz']) printed.push(await (await fetch(`http://127.0.0.1:${sandbox.port}/${path}`, { headers: { connection: 'close' } })).text());
  for (const text of printed) expectNoCanary(text, 'what was printed');
  if (process.platform === 'linux') for (const pid of await processesOf(sandbox.folder)) expectNoCanary(await commandLineOf(pid), `the arguments of ${pid}`);
  const files = (await allBelow(stateFolder())).filter((path) => /\.\w+$/.test(path));
  const kept = await Promise.all(files.map(async (path) => [path, (await lstat(path)).isFile() ? await readFile(path, 'utf8') : ''] as const));
  for (const [path, text] of kept) if (!path.endsWith('state.json')) expectNoCanary(text, path);
  expect(kept.find(([path]) => path.endsWith('state.json'))?.[1]).toContain(source);
}, 90_000);

test.each([
  ['price', 'A', '--url', `http://u:${password}@127.0.0.1:9/`],
  ['price', 'A', '--url', `u:${password}@127.0.0.1`],
  ['loadtest', '--url', `http://u:${password}@127.0.0.1:9`, '--ids', 'ids.txt'],
  ['loadtest', '--url', `http://127.0.0.1:9/?token=${token}`, '--ids', 'ids.txt'],
  ['up', '--prices', `ftp://u:${password}@127.0.0.1/?token=${token}`],
  ['prices', 'check', `http://u:${password}@127.0.0.1:9/?token=${token}`],
  ['render', '--target', 'kube', '--prices', `https://u:${password}@127.0.0.1:9/`],
])('a refused URL is told without its secrets: %s %s %s', async (...args) => {
  await sandbox.write('ids.txt', 'A\n');
  for (const result of await Promise.all([sandbox.run([...args, '--verbose']), sandbox.run([...args, '--json'])])) {
    expect([2, 3, 6], result.stderr).toContain(result.exitCode);
    expectNoCanary(result.stdout + result.stderr, args.join(' '));
  }
});

test('on a cluster the query of a URL is where it must be, and nowhere else', async () => {
  const url = `https://prices.example.test/list?token=${token}`;
  const { stdout, exitCode } = await sandbox.run(['render', '--target', 'kube', '--image', 'a:1', '--prices', url]);
  expect(exitCode).toBe(0);
  const lines = stdout.split('\n').filter((line) => line.includes(token)).map((line) => line.trim().split(':', 1)[0]);
  expect(lines).toEqual(['pricectl.dev/settings', 'value']);
});

const quoted = `https://user:${password}@registry.example.test/v2/x?X-Amz-Signature=${token} Authorization: Bearer ${environment}`;

test.each([
  ['docker build', ['up', '--target', 'minikube'], () => ({ minikube: [minikubeVersion(), profileRuns], kubectl: [kubectlVersion(), cluster()], docker: [imageIsMissing, dockerBuild({ stderr: `ERROR: failed to fetch ${quoted}\n`, exitCode: 1 })] })],
  ['kubectl', ['status', '--target', 'kube', '--context', 'x'], () => ({ kubectl: [kubectlVersion(), kubeconfig({ x: 'https://192.0.2.1' }), { args: ['proxy', '--context', 'x', '--unix-socket=<any>', '--accept-paths=<any>'], stderr: `Unable to connect to the server: Get "${quoted}"\n`, exitCode: 1, times: 'any' as const }] })],
  ['a damaged kubeconfig', ['status', '--target', 'kube', '--context', 'x'], () => ({ kubectl: [kubectlVersion(), { args: ['proxy', '--context', 'x', '--unix-socket=<any>', '--accept-paths=<any>'], stderr: `error loading config file "/k": yaml: token: ${token} ${quoted}\n`, exitCode: 1, times: 'any' as const }, { args: ['config', 'view', '-o', 'json'], stderr: `error loading config file "/k": yaml: token: ${token} ${quoted}\n`, exitCode: 1, times: 'any' as const }] })],
])('what %s says is told without secrets', async (_, args, scripts) => {
  const results = await Promise.all(
    ['--verbose', '--json'].map(async (how) => {
      await using fakes = await installFakeTools(scripts());
      // With a home of its own: two of them at once would find the service locked.
      return await sandbox.run([...args, how], { env: { PATH: fakes.path, HOME: fakes.path } });
    }),
  );
  for (const { exitCode, stdout, stderr } of results) {
    expect([3, 4], stderr).toContain(exitCode);
    expect(stdout + stderr).toMatch(/\*\*\*/);
    expectNoCanary(stdout + stderr, 'what was printed');
  }
});

function fails(args: readonly string[], stderr: string, exitCode: number, stdout = '') {
  return { args, stdout, stderr, exitCode, times: 'any' as const };
}

/** Tools that work, but can reach no cluster, and say so with secrets. */
function unreachable() {
  const noCluster = `Unable to connect to the server: Get "${quoted}"\n`;
  return {
    minikube: [minikubeVersion(), fails(['status', '-o', 'json', '-p', 'pricectl'], `X Exiting due to GUEST_STATUS: state: Get "${quoted}"\n`, 80)],
    docker: [engineVersion],
    kubectl: [
      kubectlVersion(),
      kubeconfig({ x: 'https://192.0.2.1' }),
      ...['x', 'pricectl'].map((context) => fails(['version', '--context', context, '-o', 'json', '--request-timeout=10s'], noCluster, 1, '{"clientVersion":{"gitVersion":"v1.36.3"}}')),
      fails(['proxy', '--context', 'x', '--unix-socket=<any>', '--accept-paths=<any>'], noCluster, 1),
    ],
  };
}

test('what tools say is told without secrets by commands that go on without them', async () => {
  await using fakes = await installFakeTools(unreachable());
  const asked = { env: { PATH: fakes.path, HOME: fakes.path, PRICECTL_TARGET: 'kube', PRICECTL_CONTEXT: 'x' } };
  const watch = sandbox.start(['watch', '--json', '--interval', '500ms'], asked);
  // The second look comes after the first is told.
  await vi.waitFor(async () => expect((await fakes.calls()).filter(([, verb]) => verb === 'proxy').length).toBeGreaterThan(1), { timeout: 30_000, interval: 200 });
  watch.kill('SIGTERM');
  const others = [['doctor'], ['doctor', '--json'], [], ['overview', '--json']].map(async (args) => [args.join(' '), await sandbox.run(args, asked)] as const);
  for (const [command, { stdout, stderr }] of [['watch --json', await watch.result] as const, ...(await Promise.all(others))]) {
    expectNoCanary(stdout + stderr, command);
    expect(stdout, `${command}: ${stderr}`).toContain('***');
  }
}, 60_000);
