import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const launcher = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** How a command ended. */
export interface CommandResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Wall time. */
  readonly ms: number;
  /** stdout as JSON; throws when it isn't. */
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test looks for in it is what it checks
  json(): any;
}

/** A command under way. */
export interface StartedCommand {
  kill(signal: NodeJS.Signals): void;
  readonly result: Promise<CommandResult>;
  /** What it has written to stderr until now. */
  stderr(): string;
  /** The same of stdout. */
  stdout(): string;
}

/** A home of its own with its own kubeconfig and minikube folder. */
export interface ClusterHome extends AsyncDisposable {
  readonly folder: string;
  /** Runs pricectl on the minikube target. */
  run(...args: string[]): Promise<CommandResult>;
  start(...args: string[]): StartedCommand;
  /** Runs kubectl for the profile's context and returns its stdout. Rejects when it fails. */
  kubectl(...args: string[]): Promise<string>;
  /** Any program in this home. */
  tool(file: string, ...args: string[]): Promise<CommandResult>;
  write(name: string, content: string): Promise<string>;
  /** Starts an empty cluster, for tests of the cluster alone. */
  startProfile(): Promise<void>;
}

/** Makes a home; its end deletes the profile. */
export async function createClusterHome(): Promise<ClusterHome> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl-e2e-'));
  // What the machine's own minikube and docker need to be told.
  const passedOn = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(DOCKER_\w+|PRICECTL_NODE_IMAGE)$/.test(name)));
  const env: Record<string, string | undefined> = {
    ...passedOn,
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    TMPDIR: tmpdir(),
    KUBECONFIG: join(folder, 'kubeconfig'),
    MINIKUBE_HOME: join(folder, 'minikube'),
    PRICECTL_TARGET: 'minikube',
  };
  const start = (file: string, args: readonly string[]): StartedCommand => {
    const startedAt = performance.now();
    const child = execa(file, args, { cwd: folder, env, extendEnv: false, reject: false, stripFinalNewline: false, timeout: 600_000, forceKillAfterDelay: 10_000 });
    let stderr = '';
    let stdout = '';
    child.nodeChildProcess.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.nodeChildProcess.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const result = child.then((ended) => ({
      exitCode: ended.exitCode,
      stdout: ended.stdout,
      stderr: ended.stderr,
      ms: performance.now() - startedAt,
      json: () => JSON.parse(ended.stdout),
    }));
    return { kill: (signal) => void child.kill(signal), result, stderr: () => stderr, stdout: () => stdout };
  };
  const pricectl = (args: readonly string[]) => start(process.execPath, [launcher, ...args]);
  const tool = (file: string, ...args: string[]) => start(file, args).result;
  return {
    folder,
    run: (...args) => pricectl(args).result,
    start: (...args) => pricectl(args),
    tool,
    async kubectl(...args) {
      const ended = await tool('kubectl', '--context', 'pricectl', ...args);
      if (ended.exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${ended.stderr}`);
      return ended.stdout;
    },
    async write(name, content) {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    },
    async startProfile() {
      const force = process.getuid?.() === 0 ? ['--force'] : [];
      const ended = await tool('minikube', 'start', '--profile', 'pricectl', '--keep-context', '--interactive=false', '--container-runtime=containerd', ...force);
      if (ended.exitCode !== 0) throw new Error(`minikube start: ${ended.stdout}${ended.stderr}`);
    },
    async [Symbol.asyncDispose]() {
      await tool('minikube', 'delete', '--profile', 'pricectl');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
