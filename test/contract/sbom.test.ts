import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';
import { root } from './commands.ts';

/** What is looked for in a bill of materials. */
interface Bom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: object;
  readonly components: readonly { readonly 'bom-ref': string; readonly hashes?: readonly object[]; readonly licenses: readonly object[] }[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest: Manifest = readJson(join(root, 'package.json'));

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what a file holds is what its reader says
function readJson<T>(path: string): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- and what it isn't a test sees
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

/** Packages with a module in what the bundler makes of sources, as `name@version`: told by it, not by the scripts that build dist. */
async function bundledPackages(entries: readonly string[], external: readonly string[]): Promise<readonly string[]> {
  await using stack = new AsyncDisposableStack();
  const bundle = await rolldown({
    input: entries.map((entry) => join(root, 'src', entry)),
    platform: 'node',
    external: (id) => external.some((name) => id === name || id.startsWith(`${name}/`)),
    onLog: () => {},
  });
  stack.defer(() => bundle.close());
  const { output } = await bundle.generate({ format: 'esm' });
  const folders = output.flatMap((chunk) => ('moduleIds' in chunk ? chunk.moduleIds : [])).flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id)?.[0] ?? []);
  return [...new Set([...new Set(folders)].map((folder) => readJson<Manifest>(join(folder, 'package.json'))).map(({ name, version }) => `${name}@${version}`))].toSorted();
}

const bills: readonly (readonly [title: string, file: string, entries: readonly string[], external: readonly string[]])[] = [
  ['the image', 'dist/image/sbom.cdx.json', ['server/bundle-main.ts', 'server/application.ts', 'load/node/bundle-main.ts'], ['undici']],
  ['the package', 'dist/sbom.cdx.json', globSync('commands/**/*.ts', { cwd: join(root, 'src') }), Object.keys(manifest.dependencies).filter((name) => name !== '@oclif/core')],
];

test.each(bills)('the bill of %s names what is bundled in it, and nothing else', async (_, file, entries, external) => {
  const bom = readJson<Bom>(join(root, file));
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', metadata: { component: { type: 'application', version: manifest.version } } });
  expect(JSON.stringify(bom)).not.toMatch(/serialNumber|timestamp/);
  const names = bom.components.map((component) => component['bom-ref']);
  expect(names.length).toBeGreaterThan(30);
  expect(names).toEqual(await bundledPackages(entries, external));
});

test.each(bills)('the bill of %s says of each what npm sbom says, by the lock file', async (_, file) => {
  const npm = await promisify(execFile)('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], { cwd: root, maxBuffer: 64 * 2 ** 20 });
  const all: Bom = JSON.parse(npm.stdout);
  for (const component of readJson<Bom>(join(root, file)).components) {
    expect(component.hashes).toHaveLength(1);
    expect(component.licenses).toHaveLength(1);
    expect(all.components.find((other) => other['bom-ref'] === component['bom-ref']), component['bom-ref']).toMatchObject(component);
  }
});
