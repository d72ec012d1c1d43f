import { EnvironmentError, TimeoutError, ToolError } from './errors.ts';
import type { Environment } from './files.ts';
import { type Processes, ToolFailedError } from './process.ts';
import { toolEnvironment } from './tool-environment.ts';

/** An image that the engine has. */
export interface DockerImage {
  readonly id: string;
  readonly bytes: number;
}

/** The docker client and the engine that it reaches. Methods throw EnvironmentError `PRICECTL_E_TOOL_MISSING` without docker, `PRICECTL_E_DOCKER_DOWN` without an engine, ToolError when a command fails. */
export interface Docker {
  /** Version of the engine; undefined when docker isn't installed or no engine answers. */
  engineVersion(signal: AbortSignal): Promise<string | undefined>;
  /** Undefined when the engine doesn't have it. */
  inspectImage(image: string, signal: AbortSignal): Promise<DockerImage | undefined>;
  /** Builds a folder with its Dockerfile; `onLine` gets what docker says. */
  build(options: DockerBuild): Promise<void>;
  push(image: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void>;
}

/** One build. */
export interface DockerBuild {
  readonly folder: string;
  readonly image: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What a Docker is made of. */
export interface DockerOptions {
  readonly processes: Processes;
  /** Our own environment; docker gets a part of it. */
  readonly env: Environment;
}

/** Limits: of questions, and of builds and pushes that move layers over a network. */
const questionLimitMs = 20_000;
const workLimitMs = 1_200_000;

/**
 * Plain lines instead of a picture, and images without attestations: with these one is a list of manifests, of which `kind load` fails to find one
 * (kubernetes-sigs/kind#3795).
 */
const buildEnvironment = { BUILDKIT_PROGRESS: 'plain', BUILDX_NO_DEFAULT_ATTESTATIONS: '1', DOCKER_CLI_HINTS: 'false' };

/** The user's docker client. */
export function createDocker(options: DockerOptions): Docker {
  const env = { ...toolEnvironment('docker', options.env), ...buildEnvironment };
  const spec = (args: readonly string[], timeoutMs: number, signal: AbortSignal) => ({ file: 'docker', env, args, timeoutMs, signal });
  const follow = (args: readonly string[], onLine: (line: string) => void, signal: AbortSignal) =>
    translated(() => options.processes.follow(spec(args, workLimitMs, signal), (line) => onLine(line)));
  return {
    async engineVersion(signal) {
      try {
        const { stdout } = await options.processes.run(spec(['version', '--format', '{{.Server.Version}}'], questionLimitMs, signal));
        // Other engines, and engines that somebody built, have versions of other shapes.
        return /^\w[\w.+~-]*$/.exec(stdout.trim())?.[0];
      } catch (error) {
        if (error instanceof ToolFailedError || error instanceof TimeoutError || isMissing(error)) return undefined;
        throw error;
      }
    },
    async inspectImage(image, signal) {
      const args = ['image', 'inspect', '--format', '{{.Id}} {{.Size}}', image];
      try {
        const { stdout } = await translated(() => options.processes.run(spec(args, questionLimitMs, signal)));
        const [, id, bytes] = /^([\w:]+) (\d+)$/.exec(stdout.trim()) ?? [];
        if (id !== undefined) return { id, bytes: Number(bytes) };
        throw new ToolError('PRICECTL_E_TOOL_FAILED', 'docker image inspect says nothing that can be read', { hints: ['run it by itself, to see what it says: docker image ls'] });
      } catch (error) {
        if (error instanceof ToolFailedError && /no such image|image not known/i.test(error.stderr)) return undefined;
        throw error;
      }
    },
    async build({ folder, image, buildArgs, onLine, signal }) {
      const values = Object.entries(buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
      await follow(['build', '--tag', image, ...values, folder], onLine, signal);
    },
    async push(image, onLine, signal) {
      await follow(['push', image], onLine, signal);
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof EnvironmentError && error.code === 'PRICECTL_E_TOOL_MISSING';
}

/** Says of the client's complaints about its engine what the user can do; any other failure passes. */
async function translated<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ToolFailedError)) throw error;
    if (/permission denied while trying to connect/i.test(error.stderr)) {
      throw new EnvironmentError('PRICECTL_E_DOCKER_DOWN', "docker's engine doesn't let you in", { hints: ['sudo usermod -aG docker $USER, then log in again'], cause: error });
    }
    if (/cannot connect to the docker daemon|is the docker daemon running|error during connect/i.test(error.stderr)) {
      throw new EnvironmentError('PRICECTL_E_DOCKER_DOWN', "docker's engine doesn't answer", { hints: ['start Docker; docker version shows whether it runs'], cause: error });
    }
    throw error;
  }
}
