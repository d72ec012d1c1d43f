/**
 * What happened to one request, as k6's tracer sees it (k6: lib/netext/httpext/tracer.go). Moments are `performance.now()`;
 * 0 is "never came to that". A client has one and overwrites it with each request, so that a request costs no memory.
 */
export class Exchange {
  /** A connection was asked for. */
  wantedMs = 0;
  connectStartMs = 0;
  connectedMs = 0;
  tlsStartMs = 0;
  tlsDoneMs = 0;
  /** A connection was at hand. */
  gotConnectionMs = 0;
  /** Sending began; of a request sent twice, the first time. */
  sendStartMs = 0;
  /** The request was written. */
  sentMs = 0;
  firstByteMs = 0;
  endMs = 0;
  /** Status of the response; 0 when there was none that was complete and well-formed. */
  status = 0;
  /** Why `status` is 0, in a few words. */
  failure = '';
  isResent = false;

  /** Forgets the last request; the next one begins. */
  begin(nowMs: number): void {
    this.wantedMs = nowMs;
    this.connectStartMs = 0;
    this.connectedMs = 0;
    this.tlsStartMs = 0;
    this.tlsDoneMs = 0;
    this.gotConnectionMs = 0;
    this.sendStartMs = 0;
    this.sentMs = 0;
    this.firstByteMs = 0;
    this.endMs = 0;
    this.status = 0;
    this.failure = '';
    this.isResent = false;
  }

  /**
   * The request goes out once more, on a new connection. As in k6 its duration counts from the first time, so the new
   * connection's own times are part of it and not reported apart.
   */
  resend(nowMs: number): void {
    this.isResent = true;
    this.wantedMs = nowMs;
  }

  connecting(nowMs: number): void {
    if (!this.isResent) this.connectStartMs = nowMs;
  }

  connected(nowMs: number): void {
    if (!this.isResent) this.connectedMs = nowMs;
  }

  securing(nowMs: number): void {
    if (!this.isResent) this.tlsStartMs = nowMs;
  }

  secured(nowMs: number): void {
    if (!this.isResent) this.tlsDoneMs = nowMs;
  }

  gotConnection(nowMs: number): void {
    this.gotConnectionMs = nowMs;
    if (this.sendStartMs === 0) this.sendStartMs = nowMs;
  }

  /** The response is complete. */
  succeed(nowMs: number, status: number): void {
    this.endMs = nowMs;
    this.status = status;
  }

  /** There will be no response. */
  fail(nowMs: number, failure: string): void {
    this.endMs = nowMs;
    this.failure = failure;
  }
}
