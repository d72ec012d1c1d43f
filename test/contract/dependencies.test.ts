import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './commands.ts';
import { npmEnvironment } from './npm-environment.ts';

/** An entry of the lock file. */
interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly license?: string;
  readonly dev?: boolean;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: object;
}

const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const runtime: Manifest = JSON.parse(readFileSync(join(root, 'runtime', 'package.json'), 'utf8'));
const lock: { lockfileVersion: number; packages: Readonly<Record<string, Locked>> } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const locked = Object.entries(lock.packages).filter(([path]) => path.startsWith('node_modules/') && path !== 'node_modules/pricectl-runtime');

const ownEnvironment = npmEnvironment();

/** Runs npm; how it ended and all that it said. */
async function npm(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  return promisify(execFile)('npm', args, { cwd, env: { ...ownEnvironment, ...env } }).then(
    ({ stdout, stderr }) => ({ exitCode: 0, said: stdout + stderr }),
    (error: { code?: number; stdout?: string; stderr?: string }) => ({ exitCode: error.code, said: `${error.stdout}${error.stderr}` }),
  );
}

/** Whether this npm has an option that .npmrc sets; older ones pass over it. */
async function knows(option: string): Promise<boolean> {
  return (await npm(['config', 'get', option], tmpdir())).said.trim() !== 'undefined';
}

/** Not in .npmrc: `npx pricectl` in the checkout would take our own prepare script for one that nobody allowed. */
const strictly = '--strict-allow-scripts';

const [knowsScripts, knowsSources] = [await knows('strict-allow-scripts'), await knows('allow-remote')];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl-dependencies-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('each package is locked by a hash, and comes from the registry', () => {
  expect(lock.lockfileVersion).toBe(3);
  expect(locked.length).toBeGreaterThan(300);
  const odd = locked.filter(([, { integrity, version, resolved, link }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? '') || version === undefined || resolved !== undefined || link === true);
  expect(odd).toEqual([]);
});

test('ranges are of versions, and each package that is used has a reason', () => {
  const direct = { ...manifest.dependencies, ...manifest.devDependencies, ...runtime.optionalDependencies };
  expect(Object.entries(direct).filter(([, range]) => !/^\^?\d+\.\d+\.\d+$/.test(range))).toEqual([]);
  const reasons = globSync('docs/decisions/*.md', { cwd: root }).map((path) => readFileSync(join(root, path), 'utf8')).join('\n');
  const names = [...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.devDependencies ?? {}).filter((name) => !/^@types\/|^pricectl-/.test(name))];
  expect(names.filter((name) => !reasons.toLowerCase().includes(name.replace(/^@|-tsgolint$/g, '').split('/')[0] ?? name))).toEqual([]);
});

test('what is shipped and installed may be passed on', () => {
  const licenses = new Set(locked.filter(([, { dev }]) => dev !== true).map(([, { license }]) => license));
  expect([...licenses].filter((license) => !/^(?:MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|BlueOak-1\.0\.0|\(MIT OR (?:Apache-2\.0|CC0-1\.0)\)|Python-2\.0|Unlicense|CC0-1\.0)$/.test(license ?? ''))).toEqual([]);
});

test('no package has an install script', () => {
  expect(locked.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
  expect(manifest.allowScripts).toEqual({});
});

test('CI installs with the flag that ends an installation with an install script', () => {
  const runs = ['.ci/run', ...globSync('.github/workflows/*.yml', { cwd: root })].flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/npm ci\b.*/g)].map(([line]) => line));
  expect(runs.length).toBeGreaterThan(3);
  expect(runs.filter((line) => line !== `npm ci ${strictly}`)).toEqual([]);
});

test.skipIf(!knowsScripts)('a package that had an install script would end the installation in CI', async () => {
  const [evil, app] = [join(folder, 'evil'), join(folder, 'app')];
  for (const path of [evil, app]) await mkdir(path);
  await writeFile(join(evil, 'package.json'), JSON.stringify({ name: 'evil', version: '1.0.0', scripts: { postinstall: 'touch ../../../ran' } }));
  await npm(['pack', '--silent'], evil);
  await writeFile(join(app, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', allowScripts: manifest.allowScripts, dependencies: { evil: 'file:../evil/evil-1.0.0.tgz' } }));
  await cp(join(root, '.npmrc'), join(app, '.npmrc'));
  expect(await npm(['install', '--offline', strictly], app)).toEqual({ exitCode: 1, said: expect.stringContaining('ESTRICTALLOWSCRIPTS') });
  expect(await readdir(folder)).not.toContain('ran');
});

test.skipIf(!knowsSources)('npm takes nothing from git or by a URL', async () => {
  for (const [index, source] of ['git+https://example.invalid/a.git', 'https://example.invalid/a.tgz'].entries()) {
    const path = join(folder, `elsewhere-${index}`);
    await mkdir(path);
    await cp(join(root, '.npmrc'), join(path, '.npmrc'));
    await writeFile(join(path, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', dependencies: { a: source } }));
    expect(await npm(['install', '--fetch-retries=0'], path), source).toEqual({ exitCode: 1, said: expect.stringMatching(/EALLOW(?:GIT|REMOTE)/) });
  }
});

/** What npm asks of a package with a fault: whether another version is without. */
const packument = JSON.stringify({ name: 'express', 'dist-tags': { latest: '5.3.0' }, versions: { '5.3.0': { name: 'express', version: '5.3.0' } } });

/** What the check says with a registry that answers so. */
async function audit(status: number, body: string, env: Readonly<Record<string, string>> = {}) {
  const registry = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status, { 'content-type': 'application/json' }).end(request.url?.endsWith('/advisories/bulk') ? body : packument));
  });
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  const address = registry.address();
  // npm keeps what it was told of a fault.
  const cache = await mkdtemp(join(folder, 'cache-'));
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  try {
    return await promisify(execFile)(process.execPath, [join(root, 'scripts', 'audit.js'), 'vulnerabilities'], { env: { ...ownEnvironment, PRICECTL_AUDIT: '', NPM_CONFIG_REGISTRY: url, NPM_CONFIG_CACHE: cache, ...env } }).then(
      ({ stdout }) => ({ exitCode: 0, stdout }),
      (error: { code?: number; stdout?: string }) => ({ exitCode: error.code, stdout: error.stdout ?? '' }),
    );
  } finally {
    registry.closeAllConnections();
    registry.close();
  }
}

const advisory = (severity: string) => JSON.stringify({ express: [{ id: 1, url: 'https://example.test/1', title: 'a fault', severity, vulnerable_versions: '<99', cwe: [], cvss: { score: 9, vectorString: null } }] });

test.each<[string, number, string, Readonly<Record<string, string>>, exitCode: number, RegExp]>([
  ['knows a small one', 200, advisory('low'), {}, 0, /express \(low\).*\n1 passed, 0 failed\n$/],
  ['knows a bad one', 200, advisory('critical'), {}, 1, /failed, known faults: .*express \(critical\).*\n0 passed, 1 failed\n$/],
  ['has no audit', 405, '', {}, 0, /skipped, the registry gave no answer: 405 .*\n0 passed, 0 failed, 1 skipped\n$/],
  ['must answer', 405, '', { PRICECTL_AUDIT: '1' }, 1, /failed, the registry gave no answer: 405 .*\n0 passed, 1 failed\n$/],
])('a registry that %s is told as such, and silence is no pass', async (_, status, body, env, exitCode, words) => {
  expect(await audit(status, body, env)).toEqual({ exitCode, stdout: expect.stringMatching(words) });
});

test('the audit is a part of CI', () => {
  expect(readFileSync(join(root, '.ci', 'run'), 'utf8')).toMatch(/^limited \d+m npm run --silent audit \|\| status=\$\?$/m);
  expect(readFileSync(join(root, '.github', 'workflows', 'audit.yml'), 'utf8')).toMatch(/- run: npm run audit\n +env:\n +PRICECTL_AUDIT: '1'/);
});
