import type { Histogram } from '../histogram.ts';
import type { CounterRecorder, RateRecorder, SinkRecorder } from '../recorder.ts';
import type { Exchange } from './exchange.ts';

/** The one check that is made of each response. */
export const checkName = 'status was 200';

/** Writes requests and iterations to k6's metrics, with k6's definitions (k6: lib/netext/httpext/tracer.go, transport.go). */
export class RequestRecorder {
  /** Durations since they were last reset, for the progress. */
  readonly interval: Histogram;
  readonly requests: CounterRecorder;
  /** Passes are failed requests, as in k6. */
  readonly failed: RateRecorder;
  readonly checks: RateRecorder;
  /** Responses that told to ask elsewhere, which nobody did. */
  redirects = 0;
  /** How many requests got no response, by reason. */
  readonly failures = new Map<string, number>();
  readonly #resent: CounterRecorder;
  readonly #duration: Histogram;
  readonly #expectedDuration: Histogram;
  readonly #blocked: Histogram;
  readonly #connecting: Histogram;
  readonly #tlsHandshaking: Histogram;
  readonly #sending: Histogram;
  readonly #waiting: Histogram;
  readonly #receiving: Histogram;
  readonly #iterations: CounterRecorder;
  readonly #iterationDuration: Histogram;

  /** `interval` gets each duration too. */
  constructor(recorder: SinkRecorder, interval: Histogram) {
    this.interval = interval;
    this.requests = recorder.counter('http_reqs');
    this.failed = recorder.rate('http_req_failed');
    this.checks = recorder.rate('checks');
    this.#resent = recorder.counter('http_req_resent');
    this.#duration = recorder.trend('http_req_duration');
    this.#expectedDuration = recorder.trend('http_req_duration{expected_response:true}');
    this.#blocked = recorder.trend('http_req_blocked');
    this.#connecting = recorder.trend('http_req_connecting');
    this.#tlsHandshaking = recorder.trend('http_req_tls_handshaking');
    this.#sending = recorder.trend('http_req_sending');
    this.#waiting = recorder.trend('http_req_waiting');
    this.#receiving = recorder.trend('http_req_receiving');
    this.#iterations = recorder.counter('iterations');
    this.#iterationDuration = recorder.trend('iteration_duration');
  }

  /** A request has ended, well or not. */
  recordRequest(exchange: Exchange): void {
    const wasSent = exchange.sentMs !== 0;
    const hasResponse = exchange.firstByteMs !== 0;
    const sending = wasSent ? exchange.sentMs - exchange.sendStartMs : 0;
    const waiting = wasSent ? Math.max(0, (hasResponse ? exchange.firstByteMs : exchange.endMs) - exchange.sentMs) : 0;
    const receiving = hasResponse ? exchange.endMs - exchange.firstByteMs : 0;
    const duration = sending + waiting + receiving;
    this.#sending.record(sending);
    this.#waiting.record(waiting);
    this.#receiving.record(receiving);
    this.#duration.record(duration);
    this.interval.record(duration);
    this.#recordConnection(exchange);
    this.#recordOutcome(exchange, duration);
  }

  /** An iteration was completed. */
  recordIteration(durationMs: number): void {
    this.#iterations.count++;
    this.#iterationDuration.record(durationMs);
  }

  #recordConnection(exchange: Exchange): void {
    this.#blocked.record(exchange.gotConnectionMs === 0 ? 0 : exchange.gotConnectionMs - exchange.wantedMs);
    this.#connecting.record(exchange.connectedMs === 0 ? 0 : exchange.connectedMs - exchange.connectStartMs);
    this.#tlsHandshaking.record(exchange.tlsDoneMs === 0 ? 0 : exchange.tlsDoneMs - exchange.tlsStartMs);
    if (exchange.isResent) this.#resent.count++;
  }

  #recordOutcome(exchange: Exchange, duration: number): void {
    const { status, failure } = exchange;
    this.requests.count++;
    this.failed.total++;
    this.checks.total++;
    if (status >= 200 && status < 400) this.#expectedDuration.record(duration);
    else this.failed.passes++;
    if (status === 200) this.checks.passes++;
    else if (status >= 300 && status < 400 && status !== 304) this.redirects++;
    else if (status === 0) this.failures.set(failure, (this.failures.get(failure) ?? 0) + 1);
  }
}
