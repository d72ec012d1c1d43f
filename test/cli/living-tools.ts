import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeCluster, startFakeCluster } from '../fakes/cluster/fake-cluster.ts';
import { rightOf } from '../fakes/cluster/question.ts';

/** minikube, docker and kubectl that remember what was done, and a cluster behind them. */
export interface LivingTools extends AsyncDisposable {
  readonly cluster: FakeCluster;
  /** Environment of commands: their PATH leads to these tools, their home is empty. */
  readonly env: Readonly<Record<string, string>>;
  /** What was asked of tools and of the API, in words: `minikube start`, `patch services`. */
  events(): Promise<readonly string[]>;
  /** Lets an event stand still. */
  hold(stop: Stop): Promise<void>;
  isHeld(): Promise<boolean>;
  /** Lets go on what was held, and what is still there of it. */
  release(): Promise<void>;
  /** Pids of all tools that were started so far. */
  pids(): Promise<readonly number[]>;
  /** Pid of the tool that was held last. */
  heldPid(): Promise<number | undefined>;
}

/** When a command is stopped: at the `nth` time that an event comes, counted from an event `after` which it has to come. */
export interface Stop {
  readonly event: string;
  readonly after: string | undefined;
  readonly nth: number;
}

const minikube = String.raw`
case "$1 $2" in
  'version -o') printf '{"minikubeVersion":"v1.38.1"}' ;;
  'status -o') [ -f "$S/profile" ] || exit 85; printf '{"Name":"pricectl","Host":"Running","Kubelet":"Running","APIServer":"Running","Kubeconfig":"Configured"}' ;;
  'start -o') : >"$S/profile" ;;
  'image load') printf '%s\n' "$4" >>"$S/loaded" ;;
  'image ls') printf '[{"repoTags":["%s"]}]' "$(command -p cat "$S/loaded" 2>/dev/null)" ;;
  'service price-api') echo 'no URL' >&2; exit 1 ;;
  *) echo "unscripted: minikube $*" >&2; exit 99 ;;
esac`;

const docker = String.raw`
case "$1 $2" in
  'version --format') echo 29.1.0 ;;
  'image inspect') [ "$(command -p cat "$S/built" 2>/dev/null)" = "$5" ] || { echo "Error: No such image: $5" >&2; exit 1; }; echo 'sha256:1 1048576' ;;
  'build --tag') printf '%s' "$3" >"$S/built" ;;
  *) echo "unscripted: docker $*" >&2; exit 99 ;;
esac`;

const kubectl = (pipe: string) => String.raw`
case "$1 $2" in
  'version --client') printf '{"clientVersion":{"gitVersion":"v1.36.3"}}' ;;
  'proxy --context') [ -f "$S/profile" ] || { echo "error: context \"$3\" does not exist" >&2; exit 1; }; exec '${process.execPath}' '${pipe}' "$4" ;;
  *) echo "unscripted: kubectl $*" >&2; exit 99 ;;
esac`;

/** A proxy that only passes bytes on. */
const pipeSource = (cluster: string) => `
const net = require('node:net');
const path = process.argv[2].slice('--unix-socket='.length);
net.createServer((near) => {
  const far = net.connect(${JSON.stringify(cluster)});
  near.pipe(far).pipe(near);
  for (const end of [near, far]) end.on('error', () => { near.destroy(); far.destroy(); });
}).listen(path, () => console.log('Starting to serve on ' + path));
`;

/** Makes tools of a machine where nothing was brought up. */
export async function installLivingTools(): Promise<LivingTools> {
  const folder = await mkdtemp(join(tmpdir(), 'pricectl-living-'));
  const bin = join(folder, 'bin');
  const state = join(folder, 'state');
  const home = join(folder, 'home');
  for (const path of [bin, state, home]) await mkdir(path);
  const cluster = await startFakeCluster();
  const pipe = join(folder, 'pipe.cjs');
  await writeFile(pipe, pipeSource(cluster.socketPath));
  for (const [tool, script] of Object.entries({ minikube, docker, kubectl: kubectl(pipe) })) {
    // Words are the tool and what comes before its first flag or path.
    const begin = String.raw`#!/bin/sh
S='${state}'
w=${tool}
for a in "$@"; do case "$a" in -*|*/*) break ;; esac; w="$w $a"; done
printf '%s\n' "$w" >>"$S/events"
if [ -f "$S/hold" ] && [ "$w" = "$(command -p cat "$S/hold")" ] && [ "$(command -p grep -cx "$w" "$S/events")" -ge "$(command -p cat "$S/nth")" ]; then
  echo $$ >"$S/held"
  while [ -f "$S/hold" ]; do command -p sleep 0.1; done
else echo $$ >>"$S/pids"; fi`;
    await writeFile(join(bin, tool), `${begin}\n${script}\n`, { mode: 0o700 });
  }
  const read = (name: string) => readFile(join(state, name), 'utf8').catch(() => '');
  let isHeldByApi = false;
  return {
    cluster,
    env: { PATH: bin, HOME: home },
    async events() {
      return [...(await read('events')).split('\n').filter(Boolean), ...cluster.asked.map(rightOf)];
    },
    async hold({ event, after, nth }) {
      isHeldByApi = false;
      await rm(join(state, 'held'), { force: true });
      const before = (await read('events')).split('\n').filter((line) => line === event).length;
      await writeFile(join(state, 'nth'), String(before + nth));
      await writeFile(join(state, 'hold'), event);
      let isDue = after === undefined;
      cluster.fault = (question) => {
        isDue ||= rightOf(question) === after;
        if (!isDue || isHeldByApi || rightOf(question) !== event) return undefined;
        isHeldByApi = true;
        return 'hangs';
      };
    },
    isHeld: async () => isHeldByApi || (await read('held')) !== '',
    heldPid: async () => Number(await read('held')) || undefined,
    async release() {
      cluster.fault = () => undefined;
      await rm(join(state, 'hold'), { force: true });
    },
    pids: async () => (await read('pids')).trim().split('\n').filter(Boolean).map(Number),
    async [Symbol.asyncDispose]() {
      await rm(join(state, 'hold'), { force: true });
      await cluster[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
