import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { PriceTable } from '../prices/table.ts';
import type { Connections } from './connections.ts';
import type { RequestCounts } from './request-counts.ts';
import type { ReloadOutcome, ServerState } from './state.ts';

/** What the metrics are read from, at each scrape. */
export interface MetricSources {
  readonly state: ServerState;
  readonly counts: RequestCounts;
  readonly connections: Connections;
}

/**
 * Creates a registry with the process metrics of prom-client and the server's own. Their names are a contract: the local autoscaler reads
 * them. Request durations are not among them: a look-up takes microseconds, and timing it would say nothing of what a client waits for.
 */
export function createMetrics(sources: MetricSources): Registry {
  const registry = new Registry();
  // A timer samples the event loop's lag: every 10 ms by default, which costs an idle server 3 millicores, 100 ms 0.5. What it records
  // (nodejs_eventloop_lag_min_seconds, ..._mean_..., ..._p50_...) includes this interval.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  addRequests(registry, sources);
  addPrices(registry, sources.state);
  return registry;
}

function addRequests(registry: Registry, { counts, connections }: MetricSources): void {
  registry.registerMetric(
    new Counter({
      name: 'http_requests_total',
      help: 'Requests answered.',
      labelNames: ['method', 'route', 'code'],
      registers: [],
      collect() {
        this.reset();
        for (const series of counts.all()) {
          for (const [code, count] of series.entries()) this.inc({ method: series.method, route: series.route, code }, count);
        }
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'http_connections',
      help: 'Open connections of clients.',
      registers: [],
      collect() {
        this.set(connections.count);
      },
    }),
  );
}

function addPrices(registry: Registry, state: ServerState): void {
  addTableGauge(registry, state, 'price_table_rows', 'Prices in the table.', (table) => table.rows);
  addTableGauge(registry, state, 'price_table_bytes', 'Size of the price list in bytes.', (table) => table.bytes);
  registry.registerMetric(
    new Gauge({
      name: 'price_table_info',
      help: 'Always 1; the label identifies the price list.',
      labelNames: ['sha256'],
      registers: [],
      collect() {
        this.reset();
        if (state.table !== undefined) this.set({ sha256: state.table.sha256 }, 1);
      },
    }),
  );
  registry.registerMetric(
    new Counter({
      name: 'price_reloads_total',
      help: 'Looks for new prices since the first table was loaded, by outcome.',
      labelNames: ['outcome'],
      registers: [],
      collect() {
        this.reset();
        const outcomes: readonly ReloadOutcome[] = ['loaded', 'rejected', 'unchanged'];
        for (const outcome of outcomes) this.inc({ outcome }, state.reloads[outcome]);
      },
    }),
  );
}

/** Adds a gauge that is 0 while there is no table. */
function addTableGauge(registry: Registry, state: ServerState, name: string, help: string, valueOf: (table: PriceTable) => number): void {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(state.table === undefined ? 0 : valueOf(state.table));
      },
    }),
  );
}
