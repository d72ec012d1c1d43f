import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';

const why = inject('whyNoCluster');
const root = fileURLToPath(new URL('../../', import.meta.url));
const name = `localhost/price-api-test-${randomBytes(4).toString('hex')}`;
const [image, bare, container] = [`${name}:built`, `${name}:bare`, name.replace('localhost/', '')];
const bomber = `${container}-bomber`;

let folder: string;

async function docker(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)('docker', args, { timeout: 120_000 })).stdout.trim();
}

/** Takes all programs but Node out of the image, by Node itself: exec form, and no shell is left for the next instruction. */
const stripping = `
const { readdirSync, realpathSync, rmSync } = require('node:fs');
const node = realpathSync(process.execPath);
for (const folder of ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin']) {
  let names = [];
  try { names = readdirSync(folder); } catch {}
  for (const name of names) {
    let path;
    try { path = realpathSync(folder + '/' + name); } catch { path = undefined; }
    if (path !== node) rmSync(folder + '/' + name, { recursive: true, force: true });
  }
}
for (const path of ['/usr/local/lib/node_modules/npm', '/usr/lib/apt', '/usr/lib/dpkg', '/var/lib/dpkg', '/etc/apt']) rmSync(path, { recursive: true, force: true });
`;

/** Serves a good list once, then 3 GB of lines in 3 MB of gzip for ever. */
const bombing = `
const { createGzip } = require('node:zlib');
let isFirst = true;
require('node:http').createServer((request, response) => {
  if (isFirst) { isFirst = false; response.setHeader('Content-Length', '7'); return response.end('A,1.50\\n'); }
  response.writeHead(200, { 'Content-Encoding': 'gzip' });
  function* lines() { for (let part = 0; part < 3000; part += 1) yield Buffer.from('X,1\\n'.repeat(262144)); }
  require('node:stream').pipeline(lines(), createGzip(), response, () => {});
}).listen(7000, '127.0.0.1');
`;

async function ask(path: string): Promise<string> {
  return docker('exec', container, 'node', '-e', `fetch('http://127.0.0.1:5000${path}').then(async (answer) => console.log(answer.status, (await answer.text()).trim()))`);
}

describe.skipIf(why !== null)('the image as docker runs it', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pricectl-image-e2e-'));
    for (const file of await readdir(join(root, 'dist', 'image'))) await copyFile(join(root, 'dist', 'image', file), join(folder, file));
    await docker('build', '--quiet', '--tag', image, '--file', join(root, 'templates', 'Dockerfile'), folder);
    await copyFile(join(root, 'templates', 'prices.txt'), join(folder, 'prices.txt'));
    await writeFile(join(folder, 'Dockerfile'), [`FROM ${image}`, 'USER 0:0', 'COPY prices.txt /prices.txt', `RUN ["node", "-e", ${JSON.stringify(stripping)}]`, 'USER 10001:10001', ''].join('\n'));
    await docker('build', '--quiet', '--tag', bare, folder);
  }, 180_000);

  afterAll(async () => {
    for (const args of [['rm', '--force', container, bomber], ['rmi', '--force', bare, image]]) await docker(...args).catch(() => '');
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  test('its user is nobody, it has no command by a shell, and no variable or layer of ours tells anything', async () => {
    const [{ Config: config }] = JSON.parse(await docker('image', 'inspect', image));
    expect(config).toMatchObject({ User: '10001:10001', Entrypoint: ['node', '/app/server.js'], WorkingDir: '/app' });
    expect([config.Cmd ?? [], config.Healthcheck, config.Volumes ?? null]).toEqual([[], undefined, null]);
    expect(JSON.stringify(config.Env)).not.toMatch(/token|secret|password|npm_config/i);
  });

  test('it starts, gets ready, answers and ends without a shell, a package manager, a network or a file that it can write', async () => {
    await docker('run', '--detach', '--name', container, '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--network', 'none', '--pids-limit', '64', '--env', 'PRICECTL_PRICES=/prices.txt', bare);
    await expect(docker('exec', container, 'sh', '-c', 'true')).rejects.toThrow(/sh/);
    const inside = (code: string) => docker('exec', container, 'node', '-e', code);
    await vi.waitFor(async () => expect(await ask('/readyz')).toMatch(/^200/), { timeout: 60_000, interval: 200 });
    expect(await ask('/livez')).toMatch(/^200/);
    expect(await ask('/price?product_id=P124')).toBe('200 49.5');
    expect(await inside("console.log(process.getuid(), require('node:fs').readdirSync('/app').join(' '))")).toBe('10001 application.js licenses.txt load.js package.json sbom.cdx.json server.js');
    expect(await inside("try { require('node:fs').writeFileSync('/tmp/x', ''); } catch (error) { console.log(error.code); }")).toBe('EROFS');
    await docker('stop', '--time', '60', container);
    expect(await docker('inspect', '--format', '{{.State.ExitCode}}', container)).toBe('0');
  });

  test('a gzip bomb that is larger than its memory is refused, and it goes on with its prices', async () => {
    await docker('rm', '--force', container);
    await docker('run', '--detach', '--name', bomber, '--network', 'none', '--entrypoint', 'node', image, '-e', bombing);
    const env = ['PRICECTL_PRICES=http://127.0.0.1:7000/list', 'PRICECTL_POLL_INTERVAL=100ms'].flatMap((each) => ['--env', each]);
    await docker('run', '--detach', '--name', container, '--network', `container:${bomber}`, '--memory', '128m', '--read-only', ...env, image);
    const said = async () => (await promisify(execFile)('docker', ['logs', container])).stdout;
    await vi.waitFor(async () => expect(await said()).toMatch(/old ones stay: .* not enough memory/), { timeout: 60_000, interval: 200 });
    expect(await ask('/price?product_id=A')).toBe('200 1.50');
    expect(await docker('inspect', '--format', '{{.State.Status}} {{.RestartCount}}', container)).toBe('running 0');
  });
});
