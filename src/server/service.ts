import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createApp } from './app.ts';
import { Connections } from './connections.ts';
import { withHotRoute } from './hot-route.ts';
import { createHttpServer } from './http-server.ts';
import { createMetrics } from './metrics.ts';
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
  const registry = createMetrics({ state, counts, connections });
  const identity = { version, startedAtMs: Date.now(), source: describeSource(settings.prices) };
  const listener = withHotRoute(createApp({ state, counts, connections, registry, identity, limits: settings, log }), settings);
  const server = createHttpServer(listener, settings, counts);
  return {
    state,
    connections,
    accept(socket) {
      if (connections.add(socket)) server.emit('connection', socket);
    },
    createSideServer: () => createHttpServer(listener, settings, counts),
    close: () => void server.close(),
  };
}
