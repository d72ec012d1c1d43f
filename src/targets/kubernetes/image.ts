import { formatBytes } from '../../tools/bytes.ts';
import type { Docker } from '../../tools/docker.ts';
import { ToolError } from '../../tools/errors.ts';
import type { ClusterSettings, StepContext, StepReport } from '../target.ts';
import { type ImageFiles, type ImageSources, imageTag, readImageFiles, writeImageFiles } from './image-context.ts';

/** Repository of an image that stays on this machine and its cluster. With a host in front, nobody looks for it on Docker Hub. */
const localRegistry = 'localhost';

/** Name of the image's repository within a registry. */
const repository = 'price-api';

/** Lines of a failed build that are told. */
const toldLines = 10;

/** An image to build: its name says all that is in it. */
export interface PlannedImage {
  /** `localhost/price-api:3f9c2a51b0de`, or in the registry. */
  readonly name: string;
  readonly baseImage: string;
  /** Version of pricectl. */
  readonly version: string;
  readonly files: ImageFiles;
}

/** Plans the image of a service. Throws EnvironmentError when its files can't be read. */
export async function planImage(
  sources: ImageSources,
  settings: Pick<ClusterSettings, 'baseImage' | 'registry'>,
  version: string,
): Promise<PlannedImage> {
  const { baseImage, registry } = settings;
  const files = await readImageFiles(sources);
  const home = (registry ?? localRegistry).replace(/\/+$/, '');
  return { name: `${home}/${repository}:${imageTag(files, baseImage)}`, baseImage, version, files };
}

/**
 * Builds an image unless the docker engine has it. Throws EnvironmentError when docker isn't there, ToolError `PRICECTL_E_IMAGE_BUILD` with the
 * last lines of a build that failed, the signal's reason on abort.
 */
export async function ensureImage(docker: Docker, image: PlannedImage, context: StepContext): Promise<StepReport> {
  const { signal } = context;
  const there = await docker.inspectImage(image.name, signal);
  if (there !== undefined) return { outcome: 'unchanged', detail: describeImage(image.name, there.bytes) };
  await buildImage(docker, image, context);
  const built = await docker.inspectImage(image.name, signal);
  if (built === undefined) throw new ToolError('PRICECTL_E_IMAGE_BUILD', `docker build succeeded, but docker has no image ${image.name}`);
  return { outcome: 'done', detail: describeImage(image.name, built.bytes) };
}

async function buildImage(docker: Docker, image: PlannedImage, context: StepContext): Promise<void> {
  await using folder = await writeImageFiles(image.files);
  const lines: string[] = [];
  const onLine = (line: string): void => {
    const text = line.trim();
    if (text === '') return;
    lines.splice(0, lines.length - toldLines + 1);
    lines.push(text);
    context.progress(`docker build: ${text}`);
  };
  const buildArgs = { BASE_IMAGE: image.baseImage, VERSION: image.version };
  try {
    await docker.build({ folder: folder.path, image: image.name, buildArgs, onLine, signal: context.signal });
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw buildError(image, lines.length === 0 ? [error.message] : lines, error);
  }
}

function buildError({ name, baseImage }: PlannedImage, lines: readonly string[], cause: ToolError): ToolError {
  const told = lines.map((line) => `\n    ${line}`);
  const hints = [`docker pull ${baseImage}`];
  return new ToolError('PRICECTL_E_IMAGE_BUILD', `can't build ${name} from ${baseImage}; the last lines of docker build:${told.join('')}`, { hints, cause });
}

/** `localhost/price-api:3f9c2a51b0de, 304 MiB`. */
function describeImage(name: string, bytes: number): string {
  return `${name}, ${formatBytes(bytes)}`;
}
