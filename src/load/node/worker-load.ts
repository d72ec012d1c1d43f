import { Buffer } from 'node:buffer';
import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { UsageError } from '../../tools/errors.ts';
import { Histogram } from '../histogram.ts';
import { SinkRecorder, transferSinks } from '../recorder.ts';
import { Alarm } from './alarm.ts';
import { createExecutor } from './create-executor.ts';
import type { Executor } from './executor.ts';
import type { HttpClient, HttpClientOptions } from './http-client.ts';
import type { WorkerCommand, WorkerPlan, WorkerReport, WorkerSample } from './messages.ts';
import { PlainClient } from './plain-client.ts';
import { RequestRecorder } from './request-recorder.ts';
import { RequestTable } from './request-table.ts';
import { parseServiceUrl, type ServiceUrl } from './service-url.ts';

const sampleEveryMs = 1_000;
const readBufferBytes = 65_536;

/** Makes a client for a service. */
export type CreateClient = (options: HttpClientOptions) => HttpClient;

/** One worker's share of a load test: its virtual users, what they measured, and the reports about it. */
export class WorkerLoad {
  readonly #report: (report: WorkerReport) => void;
  readonly #metrics = new SinkRecorder();
  readonly #interval = new Histogram();
  readonly #lateness = new Histogram();
  readonly #dropped = this.#metrics.counter('dropped_iterations');
  readonly #requests = new RequestRecorder(this.#metrics, this.#interval);
  readonly #executor: Executor;
  readonly #alarm = new Alarm(() => this.#sampleIfDue());
  #startedMs = 0;
  #samples = 0;
  #utilization: EventLoopUtilization | undefined;

  /** `report` gets a sample each second after the start, and at the end the last sample and the result. */
  constructor({ request, slot }: WorkerPlan, createClient: CreateClient, report: (report: WorkerReport) => void) {
    this.#report = report;
    const service = parseServiceUrl(request.url);
    const requests = new RequestTable(service, request.ids, slot);
    const traffic = { sent: this.#metrics.counter('data_sent'), received: this.#metrics.counter('data_received') };
    const { resend, requestTimeoutMs: timeoutMs } = request;
    this.#executor = createExecutor(request.profile, {
      slot,
      users: {
        requests,
        recorder: this.#requests,
        thinkTimeMs: request.profile.thinkTimeMs,
        createClient: (onEnd) => createClient({ service, requests, timeoutMs, resend, ...traffic, onEnd }),
      },
      dropped: this.#dropped,
      lateness: this.#lateness,
      onEnd: () => this.#end(),
    });
  }

  obey(command: WorkerCommand): void {
    if (command.type === 'start') this.#start();
    else if (command.type === 'stop') this.#executor.stop();
    else this.#executor.extend(command.nowMs, command.stages, command.end);
  }

  #start(): void {
    this.#startedMs = performance.now();
    this.#utilization = performance.eventLoopUtilization();
    this.#alarm.set(sampleEveryMs);
    this.#executor.start();
  }

  #sampleIfDue(): void {
    const elapsedMs = performance.now() - this.#startedMs;
    const due = Math.floor(elapsedMs / sampleEveryMs);
    if (due > this.#samples) {
      this.#samples = due;
      this.#report({ type: 'sample', sample: this.#sample(elapsedMs, false) });
    }
    this.#alarm.set((due + 1) * sampleEveryMs - elapsedMs);
  }

  #end(): void {
    this.#alarm.clear();
    const elapsedMs = this.#startedMs === 0 ? 0 : performance.now() - this.#startedMs;
    this.#report({ type: 'sample', sample: this.#sample(elapsedMs, true) });
    this.#report({
      type: 'result',
      result: {
        metrics: transferSinks(this.#metrics.sinks()),
        lateness: this.#lateness.toTransfer(),
        redirects: this.#requests.redirects,
        failures: this.#requests.failures,
      },
    });
  }

  #sample(elapsedMs: number, isLast: boolean): WorkerSample {
    const utilization = performance.eventLoopUtilization();
    const sample: WorkerSample = {
      elapsedMs,
      activeVus: this.#executor.activeVus,
      allocatedVus: this.#executor.allocatedVus,
      requests: this.#requests.requests.count,
      failed: this.#requests.failed.passes,
      dropped: this.#dropped.count,
      durations: this.#interval.toTransfer(),
      utilization: performance.eventLoopUtilization(utilization, this.#utilization).utilization,
      isLast,
    };
    this.#interval.reset();
    this.#utilization = utilization;
    return sample;
  }
}

/** How clients for a service are made. undici is loaded only where it is needed: that takes longer than all the rest of a worker. */
export async function clientFactory({ isSecure }: ServiceUrl): Promise<CreateClient> {
  if (isSecure) {
    // Not in the bundle of the image: inside of a cluster a Service is asked by plain HTTP, and undici is larger than all the rest.
    if (import.meta.bundle !== undefined) throw new UsageError('PRICECTL_E_USAGE', 'load from inside a cluster is made by http:// only');
    const { TlsClient } = await import('./tls-client.ts');
    return (options) => new TlsClient(options);
  }
  const readBuffer = Buffer.allocUnsafeSlow(readBufferBytes);
  return (options) => new PlainClient(options, readBuffer);
}
