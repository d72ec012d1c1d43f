import { ToolError } from '../tools/errors.ts';
import type { Minikube } from '../tools/minikube.ts';
import type { ApiSession } from './kubernetes/api-session.ts';
import { isOnAllNodes } from './kubernetes/node-images.ts';
import { shortName } from './kubernetes/service-images.ts';
import type { StepContext, StepReport } from './target.ts';

/** What brings an image into the node. */
export interface NodeImageOptions {
  readonly minikube: Minikube;
  readonly session: ApiSession;
}

/**
 * Loads an image of the docker engine into the node and sees it there: `minikube image load` ends with 0 when nothing was loaded. Tags are hashes of
 * the content, so one that is there is the right one. Throws ToolError `PRICECTL_E_IMAGE_NOT_LOADED`.
 */
export async function deliverToNode({ minikube, session }: NodeImageOptions, image: string, { signal, progress }: StepContext): Promise<StepReport> {
  if (await isInNode({ minikube, session }, image, signal)) return { outcome: 'unchanged', detail: `${shortName(image)}, seen in the node` };
  progress(`loads ${image} into the node`);
  await minikube.loadImage(image, signal);
  if (!(await minikube.images(signal)).includes(image)) {
    throw new ToolError('PRICECTL_E_IMAGE_NOT_LOADED', `minikube said that it loaded ${image}, and the node doesn't have it`, {
      hints: [`minikube image load ${image} --profile ${minikube.profile} --alsologtostderr`, 'docker image ls', 'df -h: a full disk is a frequent cause'],
    });
  }
  return { outcome: 'done', detail: `${shortName(image)}, loaded and seen in the node` };
}

/** Whether the node has an image. */
export async function isInNode({ minikube, session }: NodeImageOptions, image: string, signal: AbortSignal): Promise<boolean> {
  // What the API tells of a node's images is there at once, but may be a minute old and has 50 images at most; minikube looks itself.
  return (await isOnAllNodes(await session.open(signal), image, signal)) || (await minikube.images(signal)).includes(image);
}
