import { access, chmod, constants, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { vi } from 'vitest';
import type { Ending } from './documented-rules.ts';
import { freePort, isAlive, type Sandbox } from './sandbox.ts';

const launcher = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
/** Programs of the machine that documented lines use beside pricectl; none of them is a tool of clusters. */
const programs = ['bash', 'cat', 'cp', 'env', 'grep', 'head', 'lsof', 'ps', 'seq', 'sh', 'sleep', 'ss', 'tee'];
const pidFile = 'pricectl.pid';
const lookLimit = { timeout: 30_000, interval: 50 };

/** How a line ended. */
export interface LineResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shell of someone who has pricectl on the PATH, and no cluster, k6 or Docker. */
export interface GuideShell {
  /** Runs a line to its end, which comes by Ctrl-C where `ending` says so. To `shell`, `exit` is typed. */
  run(line: string, ending: Ending, env?: Readonly<Record<string, string>>): Promise<LineResult>;
}

/** The shell in a sandbox; pricectl's default port is the sandbox's. */
export async function createGuideShell(sandbox: Sandbox): Promise<GuideShell> {
  const bin = join(sandbox.folder, 'bin');
  await mkdir(bin);
  await Promise.all([...programs.map((name) => linkProgram(name, join(bin, name))), ...['curl', 'jq'].map((name) => linkProgram(name, join(bin, `real-${name}`)))]);
  await Promise.all(Object.entries(shims).map(([name, script]) => writeScript(join(bin, name), script)));
  const own = {
    PATH: bin,
    PID_FILE: join(sandbox.folder, pidFile),
    HOME: sandbox.folder,
    TMPDIR: '/tmp',
    SHELL: join(bin, 'sh'),
    PRICECTL_PORT: String(sandbox.port),
    PRICECTL_SYNC_PERIOD: '500ms',
    PRICECTL_METRIC_RESOLUTION: '500ms',
    GITHUB_STEP_SUMMARY: join(sandbox.folder, 'step-summary.md'),
  };
  return {
    async run(line, ending, env = {}) {
      await rm(join(sandbox.folder, pidFile), { force: true });
      const child = execa('bash', ['-o', 'pipefail', '-c', line], {
        cwd: sandbox.folder,
        env: { ...own, ...env },
        extendEnv: false,
        reject: false,
        stripFinalNewline: false,
        ...(/pricectl shell\b/.test(line) ? { input: 'exit\n' } : { stdin: 'ignore' }),
        timeout: 90_000,
      });
      const written = { stdout: '', stderr: '' };
      child.stdout.on('data', (chunk: Buffer) => (written.stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (written.stderr += chunk.toString()));
      if (ending.kind === 'interrupted') {
        const { after } = ending;
        const hasBegun = after === 'load' ? () => hasLoad(sandbox) : async () => written[after] !== '';
        try {
          await Promise.race([child, vi.waitFor(async () => assertBegun(await hasBegun(), line), lookLimit)]);
        } finally {
          await interrupt(sandbox);
        }
      }
      const { exitCode, stdout, stderr } = await child;
      return { exitCode, stdout, stderr };
    },
  };
}

function assertBegun(hasBegun: boolean, line: string): void {
  if (!hasBegun) throw new Error(`nothing to see yet of: ${line}`);
}

/** Ends the newest pricectl of the sandbox as Ctrl-C does, unless it has ended. */
async function interrupt(sandbox: Sandbox): Promise<void> {
  const pid = Number(await sandbox.read(pidFile).catch(() => 0));
  if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGINT');
}

/**
 * npm is here only so that a line may begin with `npm ci`: the checkout is installed. jq prints each line at once, as it does on a terminal; where the machine
 * has no jq or curl, what they would read passes.
 */
const shims: Readonly<Record<string, string>> = {
  pricectl: `#!/bin/sh\necho $$ > "$PID_FILE"\nexec "${process.execPath}" "${launcher}" "$@"\n`,
  npx: '#!/bin/sh\nexec "$@"\n',
  jq: '#!/bin/sh\ncommand -v real-jq > /dev/null || exec cat\nexec real-jq --unbuffered "$@"\n',
  curl: '#!/bin/sh\ncommand -v real-curl > /dev/null || exec cat\nexec real-curl "$@"\n',
  npm: '#!/bin/sh\ntest "$*" = ci\n',
};

async function writeScript(path: string, script: string): Promise<void> {
  await writeFile(path, script);
  await chmod(path, 0o755);
}

/** Links a program of the machine, if it is there. */
async function linkProgram(name: string, to: string): Promise<void> {
  for (const from of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(from, name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return symlink(path, to);
  }
}

/** Whether a load test that is under way has had an answer. */
async function hasLoad(sandbox: Sandbox): Promise<boolean> {
  const runs = join('.local', 'state', 'pricectl', 'runs');
  const ids = await readdir(join(sandbox.folder, runs)).catch(() => []);
  const texts = await Promise.all(ids.map((id) => sandbox.read(join(runs, id, 'progress.json')).catch(() => '{}')));
  return texts.some((text) => JSON.parse(text).progress?.requests > 0);
}

/** Files that documented lines name, and a port for a second server. */
export async function prepareFiles(sandbox: Sandbox): Promise<number> {
  await sandbox.write('prices.txt', 'P123,19.99\nP124,49.5\nP125,5.50\n');
  await sandbox.write('ids.txt', 'P123\nP124\n');
  await sandbox.write('load.js', "import http from 'k6/http';\nexport default () => http.get(`${__ENV.PRICECTL_URL}/price?product_id=P124`);\n");
  await writeFile(join(sandbox.folder, 'step-summary.md'), '');
  return freePort();
}
