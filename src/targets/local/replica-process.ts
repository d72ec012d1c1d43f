import { type ChildProcess, fork } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Environment } from '../../tools/files.ts';
import { LineSplitter } from '../../tools/line-splitter.ts';
import { asReplicaMessage, type ToReplica } from './replica-protocol.ts';

/** How a process ended; both null when it could not even be started. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a replica process is started with. */
export interface ReplicaProcessSpec {
  /** Shown in the list of processes, for people. */
  readonly name: string;
  /** Main module of the server. */
  readonly serverEntry: string;
  /** The whole environment. */
  readonly env: Environment;
}

/** Who hears what happens to a replica process. */
export interface ReplicaProcessObserver {
  onLine(line: string): void;
  /** It wants no more connections. */
  onDraining(): void;
  /** It took a connection over and can take another. */
  onAccepted(): void;
  /** A connection that it did not take: it has to go to another replica. */
  onReturned(connection: Socket): void;
  /** It is gone. Comes once; after it only lines and connections that come back. */
  onExit(exit: ProcessExit): void;
  /** Nothing will come any more. */
  onClosed(): void;
}

/**
 * Connections on their way to one process. Node sends the next one only when the last has arrived: one more keeps it from waiting, and any
 * beyond would only wait longer should the process hang.
 */
const maxUnderWay = 2;

/** Time that a process has to end in order; the server's own drain takes at most 15 s. */
export const terminationGraceMs = 20_000;

/** A process that answers connections which are handed over to it. */
export class ReplicaProcess {
  readonly #child: ChildProcess;
  readonly #observer: ReplicaProcessObserver;
  /** Connections that the process did not accept yet, oldest first. Ours stays open until then. */
  readonly #underWay = new Map<number, Socket>();
  #lastId = 0;
  #hasExited = false;
  #killTimer: NodeJS.Timeout | undefined;

  constructor({ name, serverEntry, env }: ReplicaProcessSpec, observer: ReplicaProcessObserver) {
    this.#observer = observer;
    this.#child = fork(serverEntry, [name], { env: { ...env }, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child.on('message', (message) => this.#hear(message));
    this.#child.once('exit', (code, signal) => this.#end({ code, signal }));
    // Without its channel it can't get work; it may finish what it has.
    this.#child.once('disconnect', () => this.killAfter(terminationGraceMs));
    // Only now all that it said is read: a connection that it accepted must not be read by a second replica.
    this.#child.once('close', () => {
      this.#returnAll();
      observer.onClosed();
    });
    this.#child.on('error', (error) => {
      observer.onLine(`pricectl: ${error.message}`);
      if (this.#child.pid === undefined) this.#end({ code: null, signal: null });
    });
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      const lines = new LineSplitter((line) => observer.onLine(line));
      output?.on('data', (chunk: Buffer) => lines.write(chunk));
      output?.once('end', () => lines.end());
    }
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether a connection can be handed over now. */
  get canTake(): boolean {
    return this.#child.connected && !this.#hasExited && this.#underWay.size < maxUnderWay;
  }

  /** Hands a connection over. It comes back to `onReturned` unless the process accepts it. */
  take(connection: Socket): void {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#underWay.set(id, connection);
    this.#send({ type: 'connection', id }, connection);
  }

  /** Asks it to finish what it has and to end, and sees to it that it does. */
  terminate(): void {
    this.#child.kill('SIGTERM');
    this.killAfter(terminationGraceMs);
  }

  /** Kills it when it is still there after so long. */
  killAfter(graceMs: number): void {
    if (!this.#hasExited) this.#killTimer ??= setTimeout(() => this.kill(), graceMs);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: ToReplica, connection?: Socket): void {
    this.#child.send(message, connection, { keepOpen: true }, (error) => {
      if (error !== null && message.type === 'connection') this.#return(message.id);
    });
  }

  #hear(value: unknown): void {
    const message = asReplicaMessage(value);
    if (message?.type === 'accepted') this.#accept(message.id);
    if (message?.type === 'draining') {
      this.#observer.onDraining();
      this.#send({ type: 'no-more-connections' });
    }
  }

  #accept(accepted: number): void {
    for (const [id, connection] of this.#underWay) {
      if (id > accepted) break;
      this.#underWay.delete(id);
      // One before it that was not accepted got lost on the way, for example because the process has no file descriptor left.
      if (id < accepted) this.#observer.onReturned(connection);
      else connection.destroy();
    }
    this.#observer.onAccepted();
  }

  #return(id: number): void {
    const connection = this.#underWay.get(id);
    this.#underWay.delete(id);
    if (connection !== undefined) this.#observer.onReturned(connection);
  }

  #end(exit: ProcessExit): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    clearTimeout(this.#killTimer);
    this.#observer.onExit(exit);
  }

  #returnAll(): void {
    for (const id of this.#underWay.keys()) this.#return(id);
  }
}
