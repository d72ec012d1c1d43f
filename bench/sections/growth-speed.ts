import { type Generator, runAutocannon, runEngine, wrkOf } from '../clients/clients.ts';
import { toChart } from '../chart.ts';
import type { Context, Section } from '../context.ts';
import type { Findings, Point } from '../findings.ts';
import { startNodePeer, startPricectl, startResponder } from '../tools/peers.ts';

const counts = [1, 10, 100, 1_000, 10_000];
/** Ten thousand connections take a while to open. From 8 s on the server would end the first of them for their age, which wrk takes for errors. */
const secondsFor = (count: number): number => (count < 10_000 ? 4 : 7);

/** A server's speed by the number of its clients. */
export const growthServerSection: Section = {
  name: 'growth-server',
  title: 'Server by connections',
  async measure(context) {
    const generate: Generator = wrkOf(context) ?? ((order) => runEngine(context, order));
    await using pricectl = await startPricectl(context);
    await using peer = await startNodePeer(context, 'node-http.ts');
    const names = [
      { name: 'pricectl', url: pricectl.url },
      { name: 'node:http', url: peer.url },
    ];
    for (const { url } of names) await generate({ url, seconds: 2, vus: 64 });
    const measure = (url: string) => (vus: number) => generate({ url, seconds: secondsFor(vus), vus });
    return await speeds(context, { name: 'growth-server', x: 'connections', lines: names.map(({ name, url }) => ({ name, measure: measure(url) })) });
  },
};

/** The engine's speed by the number of its users. */
export const growthEngineSection: Section = {
  name: 'growth-engine',
  title: 'Node engine by virtual users',
  async measure(context) {
    await using responder = await startResponder(context);
    const { url } = responder;
    const lines = [
      { name: 'node engine', measure: (vus: number) => runEngine(context, { url, seconds: secondsFor(vus), vus }) },
      { name: 'autocannon', measure: (vus: number) => runAutocannon(context, { url, seconds: secondsFor(vus), vus }) },
    ];
    return await speeds(context, { name: 'growth-engine', x: 'virtual users', lines });
  },
};

interface SpeedPlan {
  readonly name: string;
  readonly x: string;
  readonly lines: readonly { readonly name: string; measure(count: number): Promise<{ readonly requestsPerSecond: number; readonly failed: number }> }[];
}

/** Requests a second at each count. A point that can't be had is left out and said. */
async function speeds(context: Context, { name, x, lines }: SpeedPlan): Promise<Findings> {
  const drawn = lines.map((line): { readonly name: string; readonly points: Point[] } => ({ name: line.name, points: [] }));
  const remarks: string[] = ['4 s for each point, 7 s for 10,000, one after the other.'];
  for (const count of counts) {
    context.log(`${count} ${x}`);
    for (const [index, line] of lines.entries()) {
      try {
        const { requestsPerSecond, failed } = await line.measure(count);
        drawn[index]?.points.push([count, requestsPerSecond]);
        if (failed > 0) remarks.push(`${line.name} at ${count} ${x}: ${failed} failed.`);
      } catch (error) {
        context.signal.throwIfAborted();
        remarks.push(`${line.name} at ${count} ${x} could not be measured: ${String(error).replace(/\s+/g, ' ').slice(0, 200)}.`);
      }
    }
  }
  return {
    comparisons: counts.map((count) => ({
      what: `${count.toLocaleString('en-US')} ${x}`,
      unit: 'req/s',
      figures: drawn.flatMap(({ name, points }) => points.filter(([x]) => x === count).map(([, y]) => ({ name, values: [y] }))),
      goals: [],
    })),
    charts: [toChart(name, `Requests a second by ${x}`, x, 'req/s', drawn)],
    remarks,
  };
}
