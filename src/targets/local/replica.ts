import type { Socket } from 'node:net';
import { identifyProcess, type ProcessIdentity } from '../../tools/process-identity.ts';
import { parseLogLine } from '../log-line.ts';
import type { Receiver } from './dispatcher.ts';
import { LogFile } from './log-file.ts';
import { type Readiness, watchReadiness } from './readiness-probe.ts';
import { describeExit, LogTail } from './replica-problem.ts';
import { type ProcessExit, ReplicaProcess, type ReplicaProcessObserver, terminationGraceMs } from './replica-process.ts';
import type { ReplicaSurroundings } from './replica-surroundings.ts';
import type { ReplicaTemplate } from './replica-template.ts';
import { restartDelayMs, stableMs } from './restart-delay.ts';

/**
 * Where a replica is in its life. `waiting` is the pause before a restart; `unready` was ready once and does not say so now; from
 * `draining` on it gets no connections, and `gone` is final.
 */
export type ReplicaPhase = 'starting' | 'ready' | 'unready' | 'waiting' | 'draining' | 'gone';

/** Looks without an answer, each of a second, after which it gets no connections, and after which it is killed. */
const unreadyAfterSilences = 3;
const killAfterSilences = 30;

/** One replica: a process that is started again when it ends, until it is told to go. */
export class Replica implements Receiver {
  readonly name: string;
  readonly template: ReplicaTemplate;
  /** On a clock that never jumps. */
  readonly createdMs: number;
  readonly #surroundings: ReplicaSurroundings;
  readonly #log: LogFile;
  readonly #gone = Promise.withResolvers<void>();
  #phase: ReplicaPhase = 'starting';
  #readinessSinceMs: number;
  #wasReady = false;
  #restarts = 0;
  #failures = 0;
  #lastEnd: { readonly exit: ProcessExit; readonly tail: LogTail } | undefined;
  #process: ReplicaProcess | undefined;
  #identity: ProcessIdentity | undefined;
  #socketPath = '';
  /** Ends the looks at the running process, or the pause before the next one. */
  #scope = new AbortController();

  constructor(name: string, template: ReplicaTemplate, surroundings: ReplicaSurroundings) {
    this.name = name;
    this.template = template;
    this.#surroundings = surroundings;
    this.createdMs = surroundings.clock.monotonicMs();
    this.#readinessSinceMs = this.createdMs;
    this.#log = new LogFile(surroundings.logPath(name), surroundings.clock);
    this.#start();
  }

  get phase(): ReplicaPhase {
    return this.#phase;
  }

  /** When it became ready, or ceased to be, on a clock that never jumps; when it was made, if it never was. */
  get readinessSinceMs(): number {
    return this.#readinessSinceMs;
  }

  /** Whether it is, or will be, one of those that answer: not on its way out. */
  get isStaying(): boolean {
    return this.#phase !== 'draining' && this.#phase !== 'gone';
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Socket of the running process for questions about itself. */
  get socketPath(): string {
    return this.#socketPath;
  }

  /** The running process, once it is known. */
  get identity(): ProcessIdentity | undefined {
    return this.#identity;
  }

  /** Resolves when the last process of the replica has ended, all that it said is written, and none will follow. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Whether it ended twice without ever having been ready: a third time would be no better. */
  get hasFailedFinally(): boolean {
    return !this.#wasReady && this.#failures >= 2;
  }

  /** Why it isn't ready or keeps ending, in words; null when all is well. */
  get problem(): string | null {
    const isStable = this.#failures < 2 || this.#surroundings.clock.monotonicMs() - this.#readinessSinceMs >= stableMs;
    if (this.#phase === 'ready' && isStable) return null;
    if (this.#phase === 'unready') return 'it does not say that it is ready';
    return this.#lastEnd === undefined ? null : describeExit(this.#lastEnd.exit, this.lastLines.at(-1));
  }

  /** How the last process ended, in words; undefined when none did. */
  get lastExit(): string | undefined {
    return this.#lastEnd && describeExit(this.#lastEnd.exit);
  }

  /** The last lines of the process that ended last. */
  get lastLines(): readonly string[] {
    return this.#lastEnd?.tail.lines ?? [];
  }

  get canTake(): boolean {
    return this.#phase === 'ready' && this.#process?.canTake === true;
  }

  take(connection: Socket): void {
    this.#process?.take(connection);
  }

  /** Ends the replica in order: it gets no more connections, finishes those that it has and goes. */
  drain(): void {
    if (!this.isStaying) return;
    this.#enter('draining');
    if (this.#process === undefined) {
      this.#leave();
      this.#close();
    } else {
      this.#process.terminate();
    }
  }

  /** Ends the replica at once. */
  kill(): void {
    this.drain();
    this.#process?.kill();
  }

  #start(): void {
    const tail = new LogTail();
    const startedAtMs = this.#surroundings.clock.monotonicMs();
    const onExit = (exit: ProcessExit) => this.#afterExit(exit, tail, this.#surroundings.clock.monotonicMs() - startedAtMs);
    const onLine = (line: string) => {
      tail.add(parseLogLine(line).text);
      this.#log.write(line);
    };
    this.#socketPath = this.#surroundings.nextSocket();
    this.#scope = new AbortController();
    try {
      this.#process = this.#fork({
        onLine,
        onExit,
        onAccepted: () => this.#surroundings.onFree(),
        onReturned: (connection) => this.#surroundings.onReturned(connection),
        onDraining: () => this.#leaveByItself(),
        onClosed: () => this.#close(),
      });
    } catch (error) {
      onLine(`pricectl: ${String(error)}`);
      return onExit({ code: null, signal: null });
    }
    void this.#identify(this.#process.pid, this.#scope.signal);
    const { http, clock } = this.#surroundings;
    void watchReadiness({
      http,
      clock,
      socketPath: this.#socketPath,
      signal: this.#scope.signal,
      isStarting: () => this.#phase === 'starting',
      onLook: (readiness, silences) => this.#observe(readiness, silences),
    });
  }

  #fork(observer: ReplicaProcessObserver): ReplicaProcess {
    const { serverEntry, prices } = this.template;
    const own = { PRICECTL_LISTEN: 'parent', PRICECTL_SOCKET: this.#socketPath, PRICECTL_PRICES: prices };
    return new ReplicaProcess({ name: this.name, serverEntry, env: { ...this.#surroundings.env, ...own } }, observer);
  }

  async #identify(pid: number | undefined, signal: AbortSignal): Promise<void> {
    const identity = pid === undefined ? undefined : await identifyProcess(pid);
    if (signal.aborted) return;
    this.#identity = identity;
    this.#surroundings.onChange();
  }

  #observe(readiness: Readiness, silences: number): void {
    if (!this.isStaying) return;
    if (readiness === 'ready') {
      this.#wasReady = true;
      this.#enter('ready');
    } else if (this.#phase === 'ready' && (readiness === 'unready' || silences >= unreadyAfterSilences)) {
      this.#enter('unready');
    }
    if (this.#phase === 'unready' && silences >= killAfterSilences) {
      this.#log.write(`pricectl: killed, because it has not answered for ${silences} s`);
      this.#process?.kill();
    }
  }

  /** It got a signal from somebody else. Another replica comes in its place, as the set will see. */
  #leaveByItself(): void {
    if (!this.isStaying) return;
    this.#enter('draining');
    this.#process?.killAfter(terminationGraceMs);
  }

  #afterExit(exit: ProcessExit, tail: LogTail, ranMs: number): void {
    this.#scope.abort();
    this.#identity = undefined;
    this.#process = undefined;
    if (!this.isStaying) return this.#leave();
    this.#lastEnd = { exit, tail };
    this.#restarts += 1;
    this.#failures = ranMs >= stableMs ? 1 : this.#failures + 1;
    const delayMs = restartDelayMs(this.#failures);
    this.#log.write(`pricectl: it ${describeExit(exit)} and starts again ${delayMs === 0 ? 'at once' : `in ${delayMs / 1000} s`}`);
    this.#enter('waiting');
    void this.#restartAfter(delayMs);
  }

  async #restartAfter(delayMs: number): Promise<void> {
    this.#scope = new AbortController();
    const { signal } = this.#scope;
    if (delayMs > 0) await this.#surroundings.clock.sleep(delayMs, signal).catch(() => {});
    if (this.#phase !== 'waiting') return;
    this.#enter('starting');
    // Who heard that may have told it to go.
    if (this.isStaying) this.#start();
  }

  #leave(): void {
    this.#scope.abort();
    this.#enter('gone');
  }

  /** The last words of a process come after its end. */
  #close(): void {
    if (this.#phase !== 'gone') return;
    this.#log[Symbol.dispose]();
    this.#gone.resolve();
  }

  #enter(phase: ReplicaPhase): void {
    if (this.#phase === phase) return;
    if (this.#phase === 'ready' || phase === 'ready') this.#readinessSinceMs = this.#surroundings.clock.monotonicMs();
    this.#phase = phase;
    this.#surroundings.onChange();
  }
}
