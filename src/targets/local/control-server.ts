import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { PricectlError } from '../../tools/errors.ts';
import { parseJson } from '../../tools/json.ts';
import type { Access, Refusal, Report, Wish } from './control-protocol.ts';
import { JsonReader } from '../read-json.ts';
import { readSettings } from '../settings-json.ts';

/** What commands may ask of a supervisor. */
export interface Controlled {
  report(): Promise<Report>;
  access(): Access;
  /** Throws PricectlError when it can't be done; nothing has changed then. */
  apply(wish: Wish): Promise<void>;
  /** Begins to end the service in order. */
  stop(): void;
}

/** Answers commands on a unix socket that only its owner can use, in a folder that only its owner can enter. */
export async function serveControl(socketPath: string, controlled: Controlled): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(request, response, controlled);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  await chmod(socketPath, 0o600);
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse, controlled: Controlled): Promise<void> {
  try {
    const [status, body] = await carryOut(request, controlled);
    send(response, status, body);
  } catch (error) {
    if (error instanceof PricectlError) send(response, 409, { code: error.code, message: error.message });
    else send(response, error instanceof TypeError ? 400 : 500, { code: 'PRICECTL_E_CONTROL', message: String(error) });
  }
}

async function carryOut(request: IncomingMessage, controlled: Controlled): Promise<[status: number, body: Report | Access | Refusal | object]> {
  switch (`${request.method} ${request.url}`) {
    case 'GET /report':
      return [200, await controlled.report()];
    case 'GET /access':
      return [200, controlled.access()];
    case 'PUT /wish':
      await controlled.apply(readWish(new JsonReader(parseJson(await text(request)), 'wish')));
      return [200, {}];
    case 'POST /stop':
      controlled.stop();
      return [202, {}];
    default:
      return [404, { code: 'PRICECTL_E_CONTROL', message: `no such order: ${request.method} ${request.url}` }];
  }
}

function readWish(json: JsonReader): Wish {
  return { settings: readSettings(json.field('settings')), serverEntry: json.field('serverEntry').text() };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
