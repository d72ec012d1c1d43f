import type { Docker } from '../../tools/docker.ts';
import type { ClusterSettings, StepContext, StepReport } from '../target.ts';
import { ensureImage, planImage } from './image.ts';
import type { ImageSources } from './image-context.ts';

/** The images of the price server. */
export interface ServiceImages {
  /** Name and tag of the image for these settings: `settings.image` when that is given, else by the hash of what it is made of. Throws EnvironmentError. */
  nameOf(settings: ClusterSettings): Promise<string>;
  /** Whether the docker engine has that image. Throws EnvironmentError without docker. */
  isBuilt(settings: ClusterSettings, signal: AbortSignal): Promise<boolean>;
  /** Builds that image unless the docker engine has it. Throws EnvironmentError without docker, ToolError when the build fails. */
  build(settings: ClusterSettings, context: StepContext): Promise<StepReport>;
}

/** What images are made of. */
export interface ServiceImagesOptions {
  readonly docker: Docker;
  readonly sources: ImageSources;
  /** Version of pricectl. */
  readonly version: string;
}

/** Images that docker builds here. */
export function createServiceImages({ docker, sources, version }: ServiceImagesOptions): ServiceImages {
  const nameOf = async (settings: ClusterSettings) => settings.image ?? (await planImage(sources, settings, version)).name;
  return {
    nameOf,
    isBuilt: async (settings, signal) => (await docker.inspectImage(await nameOf(settings), signal)) !== undefined,
    build: async (settings, context) => ensureImage(docker, await planImage(sources, settings, version), context),
  };
}

/** An image's name for people: without the host that says that it is in no registry. */
export function shortName(image: string): string {
  return image.replace(/^localhost\//, '');
}
