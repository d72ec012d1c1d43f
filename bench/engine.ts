/**
 * How much load one core makes: the node engine, with all its metrics, beside autocannon 9, in turn against the same tiny server.
 * Server and generator are pinned to a core each where `taskset` is there. Run: `node bench/engine.ts [rounds] [seconds]`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createNodeEngine } from '../src/load/node/engine.ts';

interface Measured {
  readonly requests: number;
  readonly failed: number;
  readonly ms: number;
  readonly cpuMs: number;
}

type Generator = 'engine' | 'autocannon';

const connections = 64;
const serverCore = '0';
const generatorCore = '1';
const pinner = 'taskset';
const isPinning = spawnSync(pinner, ['-c', generatorCore, 'true']).status === 0;

/** Answers each request with one buffer, without looking at it: it must not be what limits the generators. */
function serve(): void {
  const response = Buffer.from(
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\n' +
      'Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 4\r\n\r\n49.5',
  );
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', () => socket.write(response)).on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    console.log(typeof address === 'object' ? address?.port : '');
  });
}

/** The state of a generator at one moment. */
interface Mark {
  readonly requests: number;
  readonly ms: number;
  readonly cpu: NodeJS.CpuUsage;
}

function mark(requests: number): Mark {
  return { requests, ms: performance.now(), cpu: process.cpuUsage() };
}

/** What happened after the first second, which goes to starting and compiling. */
function steadyPart(marks: readonly Mark[], failed: number): Measured {
  const [first, last] = [marks[0], marks.at(-1)];
  if (first === undefined || last === undefined || first === last) throw new Error('two seconds at least are needed');
  const cpuOf = ({ cpu }: Mark): number => (cpu.user + cpu.system) / 1_000;
  return { requests: last.requests - first.requests, failed, ms: last.ms - first.ms, cpuMs: cpuOf(last) - cpuOf(first) };
}

async function runEngine(url: string, seconds: number): Promise<Measured> {
  const marks: Mark[] = [];
  const scenario = { executor: 'constant-vus', vus: connections, durationMs: seconds * 1_000 } as const;
  const profile = { name: 'custom', scenario, thinkTimeMs: 0, thresholds: {}, gracefulStopMs: 1_000 };
  const request = { profile, url, ids: ['P124'], resend: true, requestTimeoutMs: 60_000 };
  const run = createNodeEngine({ workers: 1 }).start(request, {
    signal: new AbortController().signal,
    onProgress: ({ requests }) => marks.push(mark(requests)),
  });
  const failed = (await run.result).metrics.get('http_req_failed');
  return steadyPart(marks, failed?.type === 'rate' ? failed.passes : Number.NaN);
}

async function runAutocannon(url: string, seconds: number): Promise<Measured> {
  const { default: autocannon } = await import('autocannon');
  const marks: Mark[] = [];
  let requests = 0;
  const run = autocannon({ url: `${url}/price?product_id=P124`, connections, duration: seconds });
  run.on('tick', ({ counter }: { readonly counter: number }) => {
    requests += counter;
    marks.push(mark(requests));
  });
  const { errors, non2xx } = await run;
  return steadyPart(marks, errors + non2xx);
}

/** Starts this file in another process and role, and resolves with the first line that it prints. */
async function inProcess(core: string, ...role: string[]): Promise<{ readonly line: string; stop(): void }> {
  const command = [process.execPath, fileURLToPath(import.meta.url), ...role];
  const [file = '', ...args] = isPinning ? [pinner, '-c', core, ...command] : command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return { line: String(line), stop: () => void child.kill() };
}

async function measure(generator: Generator, url: string, seconds: number): Promise<Measured> {
  const { line } = await inProcess(generatorCore, generator, url, String(seconds));
  return JSON.parse(line);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
}

async function compare(rounds: number, seconds: number): Promise<void> {
  const server = await inProcess(serverCore, 'serve');
  const url = `http://127.0.0.1:${server.line}`;
  const perSecond: Record<Generator, number[]> = { engine: [], autocannon: [] };
  const perCpuSecond: Record<Generator, number[]> = { engine: [], autocannon: [] };
  for (let round = 1; round <= rounds; round++) {
    for (const generator of ['engine', 'autocannon'] as const) {
      const { requests, failed, ms, cpuMs } = await measure(generator, url, seconds);
      const [rate, rateOfCpu] = [(requests * 1_000) / ms, (requests * 1_000) / cpuMs];
      perSecond[generator].push(rate);
      perCpuSecond[generator].push(rateOfCpu);
      console.log(`${round}  ${generator.padEnd(10)} ${format(rate)} req/s  ${format(rateOfCpu)} req per CPU second  ${failed} failed`);
    }
  }
  server.stop();
  const ratio = (values: Record<Generator, readonly number[]>): string => (median(values.engine) / median(values.autocannon)).toFixed(2);
  console.log(`engine / autocannon: ${ratio(perSecond)} by req/s, ${ratio(perCpuSecond)} by req per CPU second (medians of ${rounds})`);
  if (!isPinning) console.log('without taskset server and generator were not kept apart: the second ratio is the better one');
}

function format(value: number): string {
  return Math.round(value).toLocaleString('en-US').padStart(8);
}

const [role = '', url = '', seconds = ''] = process.argv.slice(2);
if (role === 'serve') serve();
else if (role === 'engine') console.log(JSON.stringify(await runEngine(url, Number(seconds))));
else if (role === 'autocannon') console.log(JSON.stringify(await runAutocannon(url, Number(seconds))));
else await compare(Number(role || 3), Number(url || 5));
