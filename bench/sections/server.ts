import { type LoadReport, runEngine, wrkOf } from '../clients/clients.ts';
import type { Context, Section } from '../context.ts';
import type { Goal, LeftOut } from '../findings.ts';
import { spreadOf } from '../statistics.ts';
import { buildGo, defaultPrices, peerFile, startNodePeer, startPricectl } from '../tools/peers.ts';
import { cpuMsOf, type RunningServer, startServer } from '../tools/processes.ts';
import { figuresOf, inTurn } from '../tools/rounds.ts';

/** A server to compare, and what is wanted of ours against it. */
interface Contender {
  readonly name: string;
  readonly goal?: Goal;
  start(): Promise<RunningServer>;
}

interface Round extends LoadReport {
  readonly p99Ms: number;
  /** Share of its core that the server used; undefined where that can't be told. */
  readonly busy: number | undefined;
}

const connections = 64;
const warmUpSeconds = 2;
const seconds = 4;
const rounds = 3;

/** Servers of one price list, one at a time under the same load. */
export const serverSection: Section = {
  name: 'server',
  title: 'Server: GET /price, keep-alive, one core',
  async measure(context) {
    const { contenders, leftOut } = await findContenders(context);
    await using stack = new AsyncDisposableStack();
    const load = loadOf(context);
    const candidates: { readonly name: string; measure(): Promise<Round> }[] = [];
    for (const contender of contenders) {
      const server = stack.use(await contender.start());
      await load(server, warmUpSeconds);
      candidates.push({ name: contender.name, measure: () => load(server, seconds) });
    }
    context.log(`${contenders.length} servers, ${rounds} rounds of ${seconds} s each`);
    const measured = await inTurn(rounds, candidates);
    const goals = contenders.flatMap(({ goal }) => goal ?? []);
    const failed = measured.flatMap(({ name, values }) => (values.some(({ failed }) => failed > 0) ? [`${name} failed requests.`] : []));
    return {
      comparisons: [
        { what: 'requests a second', unit: 'req/s', figures: figuresOf(measured, ({ requestsPerSecond }) => requestsPerSecond), goals },
        { what: '99th percentile at that load', unit: 'ms', figures: figuresOf(measured, ({ p99Ms }) => p99Ms), goals: [] },
      ],
      leftOut,
      remarks: [`${context.programs.wrk ? 'wrk' : 'The node engine'} with ${connections} connections, ${rounds} rounds of ${seconds} s in turn after a warm-up.`, ...failed, ...limits(measured[0]?.values ?? [])],
    };
  },
};

/** With wrk; where there is none, with the node engine, which may then be what limits. */
function loadOf(context: Context): (server: RunningServer, seconds: number) => Promise<Round> {
  const generate = wrkOf(context) ?? ((order) => runEngine(context, order));
  return async ({ url, pid }, seconds) => {
    const [startMs, startCpuMs] = [performance.now(), cpuMsOf(pid)];
    const report = await generate({ url, seconds, vus: connections });
    const [ms, cpuMs] = [performance.now() - startMs, cpuMsOf(pid)];
    return { ...report, busy: cpuMs === undefined || startCpuMs === undefined ? undefined : (cpuMs - startCpuMs) / ms };
  };
}

function limits(ours: readonly Round[]): readonly string[] {
  const busy = spreadOf(ours.map(({ busy }) => busy ?? 1)).median;
  return busy < 0.9 ? [`pricectl used only ${Math.round(busy * 100)} % of its core: the load was the limit, not the server.`] : [];
}

async function findContenders(context: Context): Promise<{ readonly contenders: readonly Contender[]; readonly leftOut: readonly LeftOut[] }> {
  const { go, flask } = context.programs;
  const contenders: Contender[] = [
    { name: 'pricectl', start: () => startPricectl(context) },
    { name: 'node:http', goal: { against: 'node:http', atLeast: 0.95 }, start: () => startNodePeer(context, 'node-http.ts') },
    { name: 'express', goal: { against: 'express', atLeast: 1.25 }, start: () => startNodePeer(context, 'express.ts') },
    { name: 'fastify', goal: { against: 'fastify', atLeast: 1 }, start: () => startNodePeer(context, 'fastify.ts') },
  ];
  const leftOut: LeftOut[] = [];
  if (flask === undefined) leftOut.push({ what: 'Flask + gunicorn -w 4 (goal: 12x)', why: 'no Python here has Flask and gunicorn' });
  else contenders.push({ name: 'Flask + gunicorn -w 4', goal: { against: 'Flask + gunicorn -w 4', atLeast: 12 }, start: () => startFlask(context, flask.command) });
  if (go === undefined) leftOut.push({ what: 'Go net/http (goal: 1.0x)', why: 'there is no Go' });
  else {
    const binary = await buildGo(context, 'price_server.go');
    const start = () => startServer(context, { side: 'server', command: [binary], env: { PRICECTL_PRICES: defaultPrices, GOMAXPROCS: '1' } });
    contenders.push({ name: 'Go net/http', goal: { against: 'Go net/http', atLeast: 1 }, start });
  }
  return { contenders, leftOut };
}

function startFlask(context: Context, python: readonly string[]): Promise<RunningServer> {
  const command = [...python, '-m', 'gunicorn', '--workers', '4', '--bind', '127.0.0.1:0', '--pythonpath', peerFile(''), 'flask_app:app'];
  return startServer(context, { side: 'server', command, env: { PRICECTL_PRICES: defaultPrices, PYTHONDONTWRITEBYTECODE: '1' } });
}
