import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Connections } from './connections.ts';
import { openRoute } from './open-route.ts';
import { RequestCounts } from './request-counts.ts';

test('who left while sending a body is not answered, also when the socket is still open', () => {
  const counts = new RequestCounts();
  const route = openRoute('/prices', { counts, connections: new Connections({ maxConnections: 1, maxConnectionAgeMs: 0 }), log: () => {} });
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  // As Express' body parser says it.
  const left = Object.assign(new Error('request aborted'), { status: 400, code: 'ECONNABORTED' });
  route.answerError(left, request, response);
  expect(response.headersSent).toBe(false);
  route.answerError(Object.assign(new Error('too large'), { status: 413 }), request, response);
  expect(response.statusCode).toBe(413);
});
