import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, Section } from '../context.ts';
import type { Findings } from '../findings.ts';
import { root } from '../tools/peers.ts';
import { runCommand } from '../tools/processes.ts';

const baseImage = 'node:26-bookworm-slim';
const goal = { atMost: 1, wanted: '+ <= 1 MB' };

/** What the image has beyond its base. */
export const imageSection: Section = {
  name: 'image',
  title: 'Image: size beyond its base image',
  async measure(context) {
    const folder = join(root, 'dist', 'image');
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size));
    const fileMb = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
    const measured = await measureImages(context, folder);
    const name = 'price-api';
    if (typeof measured === 'number') {
      return { comparisons: [{ what: 'size beyond the base image', unit: 'MB', figures: [{ name, values: [measured] }], goals: [goal] }], remarks: [`\`docker image inspect\` of both; the image's files are ${fileMb.toFixed(3)} MB.`] };
    }
    const findings: Findings = {
      comparisons: [{ what: "files of the image's only layer", unit: 'MB', figures: [{ name, values: [fileMb] }], goals: [goal] }],
      leftOut: [{ what: 'the sizes of the built image and its base', why: measured }],
      remarks: ['Sum of the files that the Dockerfile copies; its other instructions write none.'],
    };
    return findings;
  },
};

/** The difference in MB, or why it could not be had. The base is not pulled: that is the user's to decide. */
async function measureImages(context: Context, folder: string): Promise<number | string> {
  const { docker } = context.programs;
  if (docker === undefined) return 'no Docker engine answers';
  const run = (...args: string[]) => runCommand(context, { side: 'any', command: [...docker.command, ...args] });
  const sizeOf = async (image: string) => Number(await run('image', 'inspect', '--format', '{{.Size}}', image));
  const tag = `pricectl-bench:${process.pid}`;
  try {
    const base = await sizeOf(baseImage);
    await run('build', '--quiet', '--file', join(root, 'templates', 'Dockerfile'), '--build-arg', `BASE_IMAGE=${baseImage}`, '--tag', tag, folder);
    try {
      return ((await sizeOf(tag)) - base) / 1e6;
    } finally {
      await run('image', 'rm', tag);
    }
  } catch (error) {
    context.signal.throwIfAborted();
    return `docker could not do it with ${baseImage} as it is on this machine: ${error instanceof Error ? error.message : String(error)}`;
  }
}
