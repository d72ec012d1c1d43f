import { spreadOf } from '../statistics.ts';
import { runEngine } from '../clients/clients.ts';
import type { Context, Section } from '../context.ts';
import { peerFile } from '../tools/peers.ts';
import { get, startServer } from '../tools/processes.ts';
import { figuresOf, inTurn } from '../tools/rounds.ts';

interface Round {
  readonly reportedMs: number;
  readonly trueMs: number;
}

const rate = 1_000;
const seconds = 10;
const rounds = 3;

/** What the engine itself adds to the latencies that it reports. */
export const accuracySection: Section = {
  name: 'accuracy',
  title: `Node engine: its own cost at ${rate.toLocaleString('en-US')} requests a second`,
  async measure(context) {
    await using server = await startServer(context, { side: 'server', command: [process.execPath, peerFile('delay-server.ts')] });
    await get(`${server.url}/truth`, context.signal);
    context.log(`${rounds} rounds of ${seconds} s`);
    const measured = await inTurn(rounds, [{ name: 'difference', measure: () => measureRound(context, server.url) }]);
    const values = measured[0]?.values ?? [];
    const differences = figuresOf(measured, ({ reportedMs, trueMs }) => Math.abs(reportedMs - trueMs));
    return {
      comparisons: [
        {
          what: '99th percentile, difference of the reported to the true one',
          unit: 'ms',
          figures: differences,
          goals: [{ atMost: 0.2, wanted: 'within 0.2 ms' }],
        },
        {
          what: '99th percentile',
          unit: 'ms',
          figures: [
            { name: 'reported', values: values.map(({ reportedMs }) => reportedMs) },
            { name: 'true', values: values.map(({ trueMs }) => trueMs) },
          ],
          goals: [],
        },
      ],
      remarks: [
        `Open-loop: requests start by the schedule whatever the server does, as wrk2's. The server adds 1 to 11 ms (median ${spreadOf(knownDelays()).median.toFixed(1)} ms) and keeps what it really took from reading a request to having written its response, without ever sleeping; the same requests are compared, so the difference is the engine's and the loopback's.`,
      ],
    };
  },
};

/** The delays that `delay-server.ts` aims at, in order of rank. */
function knownDelays(): readonly number[] {
  return Array.from({ length: 1_001 }, (_, index) => 1 + 10 * (index / 1_000) ** 4);
}

async function measureRound(context: Context, url: string): Promise<Round> {
  const { p99Ms } = await runEngine(context, { url, seconds, rate, vus: 100 });
  const times: readonly number[] = JSON.parse((await get(`${url}/truth`, context.signal)).body);
  return { reportedMs: p99Ms, trueMs: quantile(times, 0.99) };
}

/** As the engine's: between the two nearest ranks. */
function quantile(sorted: readonly number[], q: number): number {
  const rank = q * (sorted.length - 1);
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor(rank)], sorted[Math.ceil(rank)]];
  return low + (high - low) * (rank - Math.floor(rank));
}
