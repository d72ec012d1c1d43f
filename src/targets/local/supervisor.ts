import { mkdir, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { describePriceSource, parsePriceSource } from '../../prices/source.ts';
import type { Clock } from '../../tools/clock.ts';
import type { Environment } from '../../tools/files.ts';
import { createHttpClient, type HttpClient } from '../../tools/http.ts';
import { AutoscalerLoop, notLookedYet } from './autoscaler-loop.ts';
import { type Access, problemOf, protocolVersion, type Report, type Wish } from './control-protocol.ts';
import { type Controlled, serveControl } from './control-server.ts';
import { Dispatcher } from './dispatcher.ts';
import { Leftovers } from './leftovers.ts';
import { listen, type Listener } from './listener.ts';
import { LogFile } from './log-file.ts';
import { pruneLogs, replicaLogPath } from './replica-logs.ts';
import { ReplicaMeter } from './replica-meter.ts';
import { ReplicaSet } from './replica-set.ts';
import { makeReport } from './report.ts';
import type { ServiceFolder } from './service-folder.ts';
import { controlSocket, replicaSocket } from './sockets-folder.ts';
import type { LocalState } from './state.ts';
import { StateKeeper } from './state-keeper.ts';

/** What a supervisor is started with. */
export interface SupervisorOptions {
  /** Name of the service. */
  readonly service: string;
  readonly folder: ServiceFolder;
  /** The state file's content, which names this very process as the supervisor. */
  readonly state: LocalState;
  /** Environment of the replicas, without what we set ourselves. */
  readonly env: Environment;
  readonly clock: Clock;
}

/** Pause between two looks at the state file and at what an earlier supervisor left. */
const housekeepingMs = 1_000;

/** Owns the service's port, its replicas and its autoscaler, from its start until it is told to stop. */
export class Supervisor implements Controlled {
  readonly #options: SupervisorOptions;
  readonly #http: HttpClient = createHttpClient();
  readonly #log: LogFile;
  readonly #keeper: StateKeeper;
  readonly #leftovers: Leftovers;
  readonly #dispatcher: Dispatcher;
  readonly #replicaSet: ReplicaSet;
  readonly #meter: ReplicaMeter;
  readonly #stopHousekeeping = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  #wish: Wish;
  #sockets = 0;
  #isStopping = false;
  #isStopped = false;
  #applying: Promise<void> = Promise.resolve();
  #listener: Listener | undefined;
  #control: Server | undefined;
  #autoscaler: AutoscalerLoop | undefined;

  private constructor(options: SupervisorOptions) {
    const { clock, folder, service, state } = options;
    const log = (text: string) => this.#log.write(text);
    this.#options = options;
    this.#wish = { settings: state.settings, serverEntry: state.serverEntry };
    this.#log = new LogFile(folder.supervisorLog, clock);
    this.#leftovers = new Leftovers(state.replicas, clock);
    this.#keeper = new StateKeeper({ path: folder.stateFile, state: () => this.#state(), log });
    this.#dispatcher = new Dispatcher(() => this.#replicaSet.replicas, clock);
    this.#replicaSet = new ReplicaSet({ serverEntry: state.serverEntry, prices: state.settings.prices }, {
      service,
      surroundings: {
        env: options.env,
        clock,
        http: this.#http,
        nextSocket: () => this.#nextSocket(),
        logPath: (replica) => this.#logPath(replica),
        onFree: () => this.#dispatcher.dispatch(),
        onReturned: (connection) => this.#dispatcher.addReturned(connection),
      },
      onChange: () => this.#onReplicasChange(),
    });
    this.#meter = new ReplicaMeter({ http: this.#http, clock, replicas: () => this.#replicaSet.replicas });
  }

  /** Starts the service. Throws EnvironmentError when its port or its sockets can't be had; nothing runs then. */
  static async start(options: SupervisorOptions): Promise<Supervisor> {
    const supervisor = new Supervisor(options);
    await supervisor.#start();
    return supervisor;
  }

  /** Resolves when everything has ended. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** What `GET /report` answers. */
  report(): Promise<Report> {
    return makeReport({
      isEnding: this.#isStopping,
      wish: this.#wish,
      replicaSet: this.#replicaSet,
      meter: this.#meter,
      http: this.#http,
      autoscaler: () => this.#autoscaler?.describe() ?? notLookedYet,
    });
  }

  /** What `GET /access` answers. */
  access(): Access {
    const pods = this.#replicaSet.replicas;
    const ready = pods.filter(({ phase }) => phase === 'ready').length;
    return { protocolVersion, port: this.#wish.settings.port, problem: problemOf({ isEnding: this.#isStopping, ready, pods }) };
  }

  /** Takes a wish over, after those before it. Throws EnvironmentError, and changes nothing, when its port can't be had. */
  apply(wish: Wish): Promise<void> {
    const applied = this.#applying.then(() => this.#apply(wish));
    this.#applying = applied.catch(() => {});
    return applied;
  }

  /** Ends the service in order; when it is ending already, at once. */
  stop(): void {
    if (this.#isStopping) return this.#replicaSet.kill();
    this.#isStopping = true;
    void this.#end();
  }

  async #start(): Promise<void> {
    const { clock, folder, state } = this.#options;
    const { settings } = state;
    await mkdir(folder.logs, { recursive: true, mode: 0o700 });
    await this.#listen(settings.port);
    this.#control = await serveControl(controlSocket(state.socketsFolder), this);
    this.#replicaSet.scale(Math.min(Math.max(state.desired, settings.min), settings.max));
    const log = (text: string) => this.#log.write(text);
    this.#autoscaler = new AutoscalerLoop(this.#wish.settings, { clock, meter: this.#meter, replicaSet: this.#replicaSet, log });
    await this.#keeper.save();
    log(`started: port ${this.#wish.settings.port}, ${this.#replicaSet.desired} replicas, pid ${process.pid}`);
    void this.#keepHouse();
  }

  async #apply(wish: Wish): Promise<void> {
    const { port } = this.#wish.settings;
    const settings = { ...wish.settings, port: wish.settings.port || port };
    if (settings.port !== port) await this.#listen(settings.port);
    this.#wish = { ...wish, settings };
    this.#replicaSet.update({ serverEntry: wish.serverEntry, prices: settings.prices });
    this.#replicaSet.scale(Math.min(Math.max(this.#replicaSet.desired, settings.min), settings.max));
    this.#autoscaler?.update(settings);
    this.#log.write(`new settings: ${JSON.stringify({ ...settings, prices: describePriceSource(parsePriceSource(settings.prices)) })}`);
    await this.#keeper.save();
  }

  /** Listens on a port and then no more on the one before; connections that came over that one stay. */
  async #listen(port: number): Promise<void> {
    const before = this.#listener;
    this.#listener = await listen(port, (connection) => this.#dispatcher.add(connection));
    this.#wish = { ...this.#wish, settings: { ...this.#wish.settings, port: this.#listener.port } };
    before?.close();
  }

  #onReplicasChange(): void {
    this.#dispatcher.dispatch();
    void this.#keeper.save();
  }

  #nextSocket(): string {
    this.#sockets += 1;
    return replicaSocket(this.#options.state.socketsFolder, this.#sockets);
  }

  #logPath(replica: string): string {
    const { logs } = this.#options.folder;
    const present = new Set([replica, ...this.#replicaSet.replicas.map(({ name }) => name)]);
    pruneLogs(logs, present).catch((error: unknown) => this.#log.write(`logs: ${String(error)}`));
    return replicaLogPath(logs, replica);
  }

  #state(): LocalState {
    return {
      ...this.#options.state,
      ...this.#wish,
      desired: this.#replicaSet.desired,
      replicas: [...this.#replicaSet.replicas.flatMap((replica) => replica.identity ?? []), ...this.#leftovers.processes],
      isStopped: this.#isStopped,
    };
  }

  async #keepHouse(): Promise<void> {
    const { signal } = this.#stopHousekeeping;
    while (!signal.aborted) {
      await this.#options.clock.sleep(housekeepingMs, signal).catch(() => {});
      if (signal.aborted) return;
      await this.#leftovers.check();
      await this.#keeper.save();
      if (await this.#keeper.check()) continue;
      this.#log.write('stops: no command could find this service any more');
      this.stop();
    }
  }

  async #end(): Promise<void> {
    this.#log.write('stops');
    this.#stopHousekeeping.abort();
    this.#autoscaler?.[Symbol.dispose]();
    this.#listener?.close();
    this.#dispatcher[Symbol.dispose]();
    await this.#replicaSet.end();
    this.#isStopped = true;
    await this.#keeper.save();
    this.#control?.close();
    await rm(this.#options.state.socketsFolder, { recursive: true, force: true });
    this.#log.write('stopped');
    this.#log[Symbol.dispose]();
    this.#ended.resolve();
  }
}
