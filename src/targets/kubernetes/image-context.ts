import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, systemCode } from '../../tools/errors.ts';
import { asFileError } from '../../tools/files.ts';

/** Where the files of an image come from. */
export interface ImageSources {
  /** Folder of the bundled programs: `dist/image`. */
  readonly bundleFolder: string;
  readonly dockerfile: string;
}

/** Files of an image in order of their names, one of them `Dockerfile`. */
export type ImageFiles = readonly (readonly [name: string, content: Uint8Array])[];

/** Files that the Dockerfile copies. */
const bundledFiles = ['application.js', 'licenses.txt', 'load.js', 'package.json', 'sbom.cdx.json', 'server.js'] as const;

/** Digits of a tag: 48 bits. */
const tagDigits = 12;

/** Reads all that an image is built from. Throws EnvironmentError `PRICECTL_E_NO_BUNDLE` when the programs were not bundled. */
export async function readImageFiles({ bundleFolder, dockerfile }: ImageSources): Promise<ImageFiles> {
  const paths = [['Dockerfile', dockerfile], ...bundledFiles.map((name) => [name, join(bundleFolder, name)] as const)] as const;
  try {
    return await Promise.all(paths.map(async ([name, path]) => [name, await readFile(path)] as const));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') {
      throw new EnvironmentError('PRICECTL_E_NO_BUNDLE', `the price server is not bundled for an image in ${bundleFolder}`, { hints: ['npm run build'], cause: error });
    }
    throw asFileError(error, "can't read the files of the image");
  }
}

/** A tag that says what is in an image: the hash over its files and the name of its base. */
export function imageTag(files: ImageFiles, baseImage: string): string {
  const hash = createHash('sha256').update(`${baseImage}\0`);
  for (const [name, content] of files) hash.update(`${name}\0${content.length}\0`).update(content);
  return hash.digest('hex').slice(0, tagDigits);
}

/** Writes the files into a new folder for `docker build`, which goes on disposal. Their modes and times are always the same. */
export async function writeImageFiles(files: ImageFiles): Promise<AsyncDisposable & { readonly path: string }> {
  let path: string | undefined;
  try {
    const folder = await mkdtemp(join(tmpdir(), 'pricectl-image-'));
    path = folder;
    for (const [name, content] of files) await writeBuildFile(join(folder, name), content);
    return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
  } catch (error) {
    if (path !== undefined) await rm(path, { recursive: true, force: true });
    throw asFileError(error, "can't write the files of the image");
  }
}

async function writeBuildFile(path: string, content: Uint8Array): Promise<void> {
  await writeFile(path, content);
  // Whatever the umask is: the image's user is another one than ours.
  await chmod(path, 0o644);
  await utimes(path, 0, 0);
}
