import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './commands.ts';
import { npmEnvironment } from './npm-environment.ts';
import { outdatedNode } from './outdated-node.ts';

const run = promisify(execFile);
/** Like a user's machine: Node and npm, none of the checkout's programs. */
const path = [dirname(process.execPath), ...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.startsWith(root))].join(delimiter);

let folder: string;
let files: readonly string[];
let pricectl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pricectl-pack-'));
  const env = { ...npmEnvironment(), PATH: path };
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root, env });
  const packed = readPacked(stdout);
  files = packed.files;
  await writeFile(join(folder, 'package.json'), '{}');
  await run('npm', ['install', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund', join(folder, packed.filename)], { cwd: folder, env });
  pricectl = join(folder, 'node_modules', '.bin', 'pricectl');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('the package holds what runs, and neither tests nor sources nor a runtime', async () => {
  const expected = /^(package\.json|README\.md|SECURITY\.md|LICENSE|docs\/[a-z]+\.md|bin\/(run|runtime|start)\.js|dist\/(.+\.js|oclif\.manifest\.json|pricectl\.1|licenses\.txt|sbom\.cdx\.json|image\/(licenses\.txt|package\.json|sbom\.cdx\.json))|k6\/(main|price)\.js|schemas\/[\w-]+\.json|templates\/.+|web\/.+\.(css|js|html|svg))$/;
  expect(files.filter((file) => !expected.test(file))).toEqual([]);
  expect(files.filter((file) => /\.(test|fixture)\./.test(file))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['bin/run.js', 'bin/runtime.js', 'bin/start.js', 'dist/oclif.manifest.json', 'dist/pricectl.1', 'dist/commands/up.js', 'dist/image/server.js', 'dist/image/load.js', 'dist/sbom.cdx.json', 'dist/image/sbom.cdx.json', 'k6/main.js', 'k6/price.js', 'templates/Dockerfile', 'templates/prices.txt', 'web/report.css', 'web/report.js', 'web/watch.html']));
});

test('the installed package brings no Node and none of our tools', async () => {
  const lock: { packages: Record<string, unknown> } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  const installed = Object.keys(lock.packages).map((name) => name.replace(/^.*node_modules\//, ''));
  expect(installed.filter((name) => /^(node-(linux|darwin|bin)-|typescript$|vitest$|pricectl-runtime$)/.test(name))).toEqual([]);
  expect(installed).toContain('@oclif/core');
});

test('npx pricectl in the checkout runs it, as the README says', async () => {
  // A cache of its own: what npx installed once it doesn't install again.
  const env = { ...npmEnvironment(), PATH: path, npm_config_cache: join(folder, 'cache') };
  const { stdout } = await run('npx', ['pricectl', '--version'], { cwd: root, env });
  expect(stdout).toMatch(/^pricectl\/\d/m);
});

test('pricectl --version names the version and the Node that runs it', async () => {
  const { stdout } = await run(pricectl, ['--version'], { env: { ...process.env, PATH: path } });
  const manifest: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  expect(stdout).toContain(`pricectl/${manifest.version} `);
  expect(stdout).toContain(process.version);
});

test('pricectl --help lists the commands', async () => {
  const { stdout, stderr } = await run(pricectl, ['--help'], { env: { ...process.env, PATH: path } });
  expect(stdout).toMatch(/^ {2}up\b/m);
  expect(stderr).toBe('');
});

test('under an outdated Node it says one line and exits with 3', async () => {
  const result = run(process.execPath, [...outdatedNode, pricectl, '--version'], { env: { ...process.env, PATH: path } });
  await expect(result).rejects.toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/^pricectl needs Node [^\n]*\n$/) });
});

/** What `npm pack --json` says: npm 12 gives an object by package name where npm 11 gave a list. */
function readPacked(json: string): { readonly filename: string; readonly files: readonly string[] } {
  const answer: unknown = JSON.parse(json.slice(json.search(/^[[{]/m)));
  const [packed]: { filename: string; files: { path: string }[] }[] = Object.values(answer ?? {});
  if (packed === undefined) throw new Error(`npm pack said ${json}`);
  return { filename: packed.filename, files: packed.files.map((file) => file.path) };
}
