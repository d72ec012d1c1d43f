import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Connections } from './connections.ts';
import { createHandlers } from './handlers.ts';
import { withHotRoute } from './hot-route.ts';
import { createHttpServer } from './http-server.ts';
import { createLateListener } from './late-listener.ts';
import { openRoute } from './open-route.ts';
import { RequestCounts } from './request-counts.ts';
import type { ServerSettings } from './settings.ts';
import { createServerState, type ServerState } from './state.ts';
import { describeSource } from './version.ts';

/** A server that answers but doesn't listen yet. */
export interface Service {
  readonly state: ServerState;
  readonly connections: Connections;
  /** Takes over a connection of a client. */
  readonly accept: (socket: Socket) => void;
  /** Makes a further HTTP server with the same answers, whose connections are nobody's concern. */
  readonly createSideServer: () => Server;
  /** Loads what answers other requests than those for a price and probes; the first of them would wait for it. */
  readonly loadApplication: () => Promise<void>;
  /** Ends what runs in the background. */
  readonly close: () => void;
}

/** What a service gets from its caller. */
export interface ServiceOptions {
  readonly log: (text: string) => void;
  /** Version of pricectl. */
  readonly version: string;
}

/** Puts the parts of a server together. */
export function createService(settings: ServerSettings, { log, version }: ServiceOptions): Service {
  const state = createServerState();
  const counts = new RequestCounts();
  const connections = new Connections(settings);
  const identity = { version, startedAtMs: Date.now(), source: describeSource(settings.prices) };
  const sources = { counts, connections, log };
  const handlers = createHandlers(state, sources);
  const application = createLateListener(async () => {
    const { createApplication } = await import('./application.ts');
    return createApplication({ ...sources, state, handlers, identity, limits: settings });
  }, openRoute('other', sources).answerError);
  const listener = withHotRoute(handlers, application.listener, settings);
  const server = createHttpServer(listener, settings, counts);
  return {
    state,
    connections,
    accept(socket) {
      if (connections.add(socket)) server.emit('connection', socket);
    },
    createSideServer: () => createHttpServer(listener, settings, counts),
    async loadApplication() {
      await application.load();
    },
    close: () => void server.close(),
  };
}
