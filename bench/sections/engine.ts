import { k6Of, type LoadReport, runAutocannon, runEngine, wrkOf } from '../clients/clients.ts';
import type { Context, Section } from '../context.ts';
import type { Goal, LeftOut } from '../findings.ts';
import { startResponder } from '../tools/peers.ts';
import { cpuMsOf, type RunningServer } from '../tools/processes.ts';
import { type Candidate, figuresOf, inTurn, type Measured } from '../tools/rounds.ts';

interface Round extends LoadReport {
  /** Requests a second that the responder would answer with a whole core, by the share of it that this load took; NaN where that can't be told. */
  readonly capacity: number;
}

const connections = 64;
const seconds = 5;
const rounds = 3;
/** How much faster than the fastest generator the responder must be, so that it isn't what is measured. */
const wantedHeadroom = 1.5;

/** Load generators on one core each, one at a time against the same responder. */
export const engineSection: Section = {
  name: 'engine',
  title: 'Node engine: requests a second of one core, all metrics on',
  async measure(context) {
    await using responder = await startResponder(context);
    const { candidates, goals, leftOut } = findGenerators(context, responder);
    context.log(`${candidates.length} generators, ${rounds} rounds of ${seconds} s each`);
    const measured = await inTurn(rounds, candidates);
    return {
      comparisons: [{ what: 'requests a second', unit: 'req/s', figures: figuresOf(measured, ({ requestsPerSecond }) => requestsPerSecond), goals }],
      leftOut,
      remarks: [
        `${connections} connections without pauses, ${rounds} rounds of ${seconds} s in turn, against a responder in ${responder.language} that doesn't look at requests.`,
        ...headroom(measured),
        ...measured.flatMap(({ name, values }) => (values.some(({ failed }) => failed > 0) ? [`Requests of ${name} failed.`] : [])),
      ],
    };
  },
};

function findGenerators(context: Context, responder: RunningServer): { readonly candidates: readonly Candidate<Round>[]; readonly goals: readonly Goal[]; readonly leftOut: readonly LeftOut[] } {
  const order = { url: responder.url, seconds, vus: connections };
  const [k6, wrk] = [k6Of(context), wrkOf(context)];
  const candidates = [
    { name: 'node engine', measure: () => runEngine(context, order) },
    { name: 'autocannon', measure: () => runAutocannon(context, order), goal: 2 },
    ...(k6 === undefined ? [] : [{ name: 'k6', measure: () => k6(order), goal: 6 }]),
    ...(wrk === undefined ? [] : [{ name: 'wrk', measure: () => wrk(order), goal: 0.75 }]),
  ];
  return {
    candidates: candidates.map(({ name, measure }) => ({ name, measure: () => withCapacity(responder, measure) })),
    goals: candidates.flatMap(({ name, goal }) => (goal === undefined ? [] : [{ against: name, atLeast: goal }])),
    leftOut: [
      ...(k6 === undefined ? [{ what: 'k6 (goal: 6x)', why: 'no real k6 2.x is on the PATH' }] : []),
      ...(wrk === undefined ? [{ what: 'wrk (goal: 0.75x)', why: 'wrk is not on the PATH' }] : []),
    ],
  };
}

async function withCapacity({ pid }: RunningServer, generate: () => Promise<LoadReport>): Promise<Round> {
  const [startMs, startCpuMs] = [performance.now(), cpuMsOf(pid)];
  const report = await generate();
  const [ms, cpuMs] = [performance.now() - startMs, cpuMsOf(pid)];
  if (cpuMs === undefined || startCpuMs === undefined) return { ...report, capacity: Number.NaN };
  // The generator's start takes part of that time, when the responder idles.
  const busy = (cpuMs - startCpuMs) / Math.min(ms, seconds * 1_000);
  return { ...report, capacity: report.requestsPerSecond / busy };
}

/** Whether the responder was so much faster than every generator that it didn't limit any. */
function headroom(measured: readonly Measured<Round>[]): readonly string[] {
  const all = measured.flatMap(({ name, values }) => values.map((value) => ({ name, ...value })));
  const fastest = all.toSorted((a, b) => b.requestsPerSecond - a.requestsPerSecond)[0];
  if (fastest === undefined || Number.isNaN(fastest.capacity)) return ['How much faster the responder is could not be told here.'];
  const ratio = fastest.capacity / fastest.requestsPerSecond;
  const figure = `The responder would answer ${ratio.toFixed(2)}x what the fastest generator (${fastest.name}) asked of it, by its CPU time`;
  return [ratio >= wantedHeadroom ? `${figure}.` : `${figure}: less than the ${wantedHeadroom}x that it should, so ${fastest.name} is held back and looks slower than it is.`];
}
