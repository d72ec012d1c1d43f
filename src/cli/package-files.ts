import { fileURLToPath } from 'node:url';
import type { ImageSources } from '../targets/kubernetes/image-context.ts';

/** The path of one of this package's files, from `src` as from `dist`; both lie one level below the package's root. */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/** What the image of the price server is built from. */
export function imageSources(): ImageSources {
  return { bundleFolder: packageFile('dist/image'), dockerfile: packageFile('templates/Dockerfile') };
}
