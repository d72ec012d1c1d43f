/** What stands before the cause in the messages of kubelet, CRI and containerd. */
const wrappings = [
  /^Back-off pulling image "[^"]*": /,
  /^ErrImagePull: /,
  /^Failed to pull image "[^"]*": /,
  /^rpc error: code = \w+ desc = /,
  /^failed to pull and unpack image "[^"]*": /,
  /^failed to resolve (?:image|reference "[^"]*"): /,
  /^Failed to apply default image tag "[^"]*": /,
  /^couldn't parse image name "[^"]*": /,
  /^failed to do request: \w+ "[^"]*": /,
];

/** Why an image can't be pulled, without the layers of programs that passed it on. */
export function unwrapPullMessage(message: string): string {
  const unwrapped = wrappings.reduce((text, wrapping) => text.replace(wrapping, ''), message);
  return unwrapped === message ? unwrapped : unwrapPullMessage(unwrapped);
}
