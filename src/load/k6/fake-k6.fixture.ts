// A strict stand-in of k6, run as a program of its own: `k6 PLAN_FILE version|inspect|run ...`. It plays the plan of its segment and refuses every
// flag that it doesn't know; it makes no load.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { RunnerPayload } from '../merge-payload.ts';

/** What one process does. */
export interface FakeRun {
  /** Ends with this before it is ready. */
  readonly failsAtStart?: { readonly exitCode: number; readonly stderr: string; /** Only the first time. */ readonly once?: true };
  /** How long it runs after it was told to begin; without it until it is stopped. */
  readonly runMs?: number;
  readonly exitCode?: number;
  readonly stderr?: string;
  /** What it tells while it runs. */
  readonly live?: { readonly vus: number; readonly requests: number; readonly failedRate: number; readonly dropped: number };
  /** Answers no question of its metrics or virtual users after so many of its metrics. */
  readonly silentAfter?: number;
  readonly payload?: RunnerPayload;
  /** Lines of its own summary. */
  readonly ownLines?: readonly string[];
  /** Sends a payload that isn't what its checksum says. */
  readonly isDamaged?: true;
  readonly ignoresStop?: true;
  readonly ignoresCommands?: true;
}

/** What the program does. */
export interface FakePlan {
  readonly version: string;
  readonly inspect?: { readonly stdout: string; readonly stderr: string; readonly exitCode: number };
  /** By segment; the last counts for all further ones. */
  readonly runs: readonly FakeRun[];
}

/** One line of the program's log: `calls.ndjson` beside the plan. */
export interface FakeCall {
  readonly event: 'called' | 'ready' | 'began' | 'stopped' | 'signal';
  readonly pid: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Files beside the script. */
  readonly script: string;
}

const [planFile = '', command = '', ...args] = process.argv.slice(2);
const plan: FakePlan = JSON.parse(readFileSync(planFile, 'utf8'));
const script = args.at(-1) ?? '';

function log(event: FakeCall['event']): void {
  const call: FakeCall = { event, pid: process.pid, args: [command, ...args], env: process.env, script };
  appendFileSync(join(dirname(planFile), 'calls.ndjson'), `${JSON.stringify(call)}\n`);
}

function end(exitCode: number, stderr = ''): never {
  process.stderr.write(stderr);
  process.exit(exitCode);
}

/** Flags and their values. */
function readFlags(known: Readonly<Record<string, 'switch' | 'value'>>): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  const rest = args.slice(0, -1);
  for (let flag = rest.shift(); flag !== undefined; flag = rest.shift()) {
    const kind = known[flag];
    if (kind === undefined) end(255, `unknown flag: ${flag}\n`);
    flags.set(flag, kind === 'switch' ? 'true' : (rest.shift() ?? end(255, `flag needs an argument: ${flag}\n`)));
  }
  return flags;
}

function writeLines(run: FakeRun): void {
  const text = JSON.stringify(run.payload);
  const chunks = Array.from({ length: Math.ceil(text.length / 100) }, (_, index) => text.slice(index * 100, (index + 1) * 100));
  const sent = chunks.map((chunk, index) => `##PRICECTL ${index + 1}/${chunks.length} ${run.isDamaged && index === 0 ? chunk.toUpperCase() : chunk}\n`);
  process.stdout.write(`${sent.join('')}##PRICECTL-END ${Buffer.byteLength(text)} ${crc32(text).toString(16).padStart(8, '0')}\n`);
}

function metric(id: string, sample: object) {
  return { type: 'metrics', id, attributes: { type: 'counter', contains: 'default', tainted: null, sample } };
}

function play(run: FakeRun, address: string): void {
  const [, port = ''] = /^127\.0\.0\.1:(\d+)$/.exec(address) ?? end(255, `no address: ${address}\n`);
  const marker = join(dirname(planFile), 'failed-once');
  const { failsAtStart } = run;
  if (failsAtStart !== undefined && !(failsAtStart.once && existsSync(marker))) {
    writeFileSync(marker, '');
    end(failsAtStart.exitCode, failsAtStart.stderr);
  }
  let status = 4;
  const finish = (exitCode: number): void => {
    if (run.payload !== undefined) writeLines(run);
    for (const line of run.ownLines ?? []) process.stdout.write(`${line}\n`);
    end(exitCode, run.stderr);
  };
  const { vus = 0, requests = 0, failedRate = 0, dropped = 0 } = run.live ?? {};
  const tell = (text: string): number => {
    const { data }: { data: { type: string; id: string; attributes: { paused?: boolean; stopped?: boolean } } } = JSON.parse(text);
    if (data.type !== 'status' || data.id !== 'default' || run.ignoresCommands) return 400;
    if (data.attributes.stopped === true) {
      log('stopped');
      if (run.ignoresStop !== true) setImmediate(() => finish(103));
    } else if (data.attributes.paused === false && status === 4) {
      log('began');
      status = 7;
      if (run.runMs !== undefined) setTimeout(() => finish(run.exitCode ?? 0), run.runMs);
    }
    return 200;
  };
  let asked = 0;
  const answer = (method: string, url: string, body: string): { readonly code: number; readonly data: unknown } => {
    const code = method === 'PATCH' && url === '/v1/status' ? tell(body) : method === 'GET' ? 200 : 405;
    const isRunning = status === 7;
    if (url === '/v1/metrics') asked += 1;
    if (method === 'GET' && asked > (run.silentAfter ?? Infinity)) return { code: 503, data: null };
    const attributes = { status, paused: !isRunning, vus: isRunning ? vus : 0, 'vus-max': vus, stopped: false, running: isRunning, tainted: false };
    if (url === '/v1/status') return { code, data: { type: 'status', id: 'default', attributes } };
    const counters = [metric('http_reqs', { count: requests, rate: 1 }), metric('dropped_iterations', { count: dropped, rate: 1 })];
    return url === '/v1/metrics' ? { code, data: [...counters, metric('http_req_failed', { rate: failedRate })] } : { code: 404, data: null };
  };
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { code, data } = answer(request.method ?? '', request.url ?? '', body);
      response.writeHead(code).end(JSON.stringify({ data }));
    });
  });
  process.on('SIGTERM', () => {
    log('signal');
    finish(105);
  });
  server.listen(Number(port), '127.0.0.1', () => log('ready'));
}

log('called');
if (command === 'version' && args.length === 0) {
  process.stdout.write(`${plan.version}\n`);
} else if (command === 'inspect' && plan.inspect !== undefined) {
  readFlags({ '--execution-requirements': 'switch', '--no-thresholds': 'switch', '--include-system-env-vars': 'switch' });
  process.stdout.write(plan.inspect.stdout);
  end(plan.inspect.exitCode, plan.inspect.stderr);
} else if (command === 'run') {
  const known = { '--quiet': 'switch', '--no-thresholds': 'switch', '--paused': 'switch', '--address': 'value', '--execution-segment': 'value', '--execution-segment-sequence': 'value', '--out': 'value', '--console-output': 'value' } as const;
  const flags = readFlags(known);
  if (!flags.has('--quiet') || !flags.has('--no-thresholds') || !flags.has('--paused')) end(255, 'a flag is missing\n');
  if (!existsSync(script)) end(255, `no script ${script}\n`);
  const from = /^(?:0|(\d+)\/\d+):/.exec(flags.get('--execution-segment') ?? '0:1')?.[1] ?? '0';
  play(plan.runs[Number(from)] ?? plan.runs.at(-1) ?? end(255, 'no plan\n'), flags.get('--address') ?? '');
} else {
  end(255, `unknown command ${command}\n`);
}
