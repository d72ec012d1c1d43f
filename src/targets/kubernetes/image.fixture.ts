import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Docker, DockerBuild, DockerImage } from '../../tools/docker.ts';
import type { ImageSources } from './image-context.ts';

/** Files for an image in a folder of their own. */
export async function createImageSources(): Promise<ImageSources & AsyncDisposable & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl-image-test-'));
  const bundleFolder = join(folder, 'image');
  await mkdir(bundleFolder);
  for (const name of ['application.js', 'licenses.txt', 'load.js', 'package.json', 'sbom.cdx.json', 'server.js']) await writeFile(join(bundleFolder, name), name);
  await writeFile(join(folder, 'Dockerfile'), 'FROM x\n');
  return { folder, bundleFolder, dockerfile: join(folder, 'Dockerfile'), [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

function unscripted(call: string): () => Promise<never> {
  return async () => {
    throw new Error(`nobody expected docker to ${call}`);
  };
}

/** A docker engine that has the images that were built; `onBuild` sees each build. */
export function createFakeDocker(onBuild: (build: DockerBuild) => Promise<void>): Docker & { readonly images: Map<string, DockerImage> } {
  const images = new Map<string, DockerImage>();
  return {
    images,
    engineVersion: unscripted('tell its version'),
    push: unscripted('push'),
    inspectImage: async (image) => images.get(image),
    async build(build) {
      await onBuild(build);
      images.set(build.image, { id: 'sha256:1', bytes: 304_000_000 });
    },
  };
}
