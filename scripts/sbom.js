// Writes a software bill of materials for what a bundler put into files: docs/decisions/0025-sbom.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Name of the file in `dist` and in the image. */
export const sbomName = 'sbom.cdx.json';

/**
 * Writes `sbom.cdx.json` (CycloneDX 1.5) into a folder: the package or program itself, and each bundled package as `npm sbom` describes it, with its
 * hash from the lock file. `packages` are their folders. Without a number or time of its own: the same packages give the same bytes.
 */
export function writeSbom(folder, { name, version, license, private: isPrivate, packages, root }) {
  const lock = readLock(root);
  const components = [...new Map([...packages].map((path) => describe(path, lock)).map((component) => [component['bom-ref'], component])).values()];
  const { purl, ...image } = identity(name, version, license);
  const own = isPrivate ? image : { ...image, purl };
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { lifecycles: [{ phase: 'build' }], component: { ...own, type: 'application' } },
    components: components.toSorted((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1)),
  };
  writeFileSync(join(folder, sbomName), `${JSON.stringify(bom, null, 2)}\n`);
}

function identity(name, version, license) {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const licenses = /[ ()]/.test(license) ? [{ expression: license }] : [{ license: { id: license } }];
  return { 'bom-ref': `${name}@${version}`, type: 'library', name, version, purl, licenses };
}

function describe(folder, lock) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const integrity = lock && lockedIn(lock, folder, version).integrity;
  const hashes = integrity?.startsWith('sha512-') ? [{ alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') }] : undefined;
  return { ...identity(name, version, license), hashes };
}

/** What the lock file says of the package in a folder. A package that isn't the locked one fails the build: the bill would be of another. */
function lockedIn(lock, folder, version) {
  const path = folder.replaceAll('\\', '/');
  const keys = [...path.matchAll(/node_modules\//g)].map(({ index }) => path.slice(index));
  const found = keys.map((key) => lock.packages[key]).find((entry) => entry !== undefined);
  if (found?.version !== version) throw new Error(`${path} has version ${version}, the lock file ${found?.version}: npm ci`);
  return found;
}

function readLock(root) {
  const path = join(root, 'package-lock.json');
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}
