import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { exchange, requestOf } from './raw-client.fixture.ts';
import { startService } from './server.fixture.ts';

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Answer>> }>>>>;
}

async function readDescription(port: number): Promise<Description> {
  return JSON.parse((await exchange(port, requestOf('GET', '/openapi.json'))).body);
}

/** Every answer that the description names, with a request that gets it; `+` marks a server without prices. */
const examples: readonly (readonly [answer: string, request: string])[] = [
  ['get /price 200', requestOf('GET', '/price?product_id=P124')],
  ['get /price 200', requestOf('GET', '/price?product_id=P124', ['Accept: application/json'])],
  ['get /price 400', requestOf('GET', '/price')],
  ['get /price 404', requestOf('GET', '/price?product_id=NOPE', ['Accept: application/json'])],
  ['get /price 405', requestOf('DELETE', '/price')],
  ['get /price 414', requestOf('GET', `/price?product_id=${'x'.repeat(9_000)}`)],
  ['get /price 503', `+${requestOf('GET', '/price?product_id=P124')}`],
  ['post /prices 200', requestOf('POST', '/prices', [], '{"product_ids":["P124","NOPE"]}')],
  ['post /prices 400', requestOf('POST', '/prices', [], '{}')],
  ['post /prices 405', requestOf('GET', '/prices')],
  ['post /prices 413', requestOf('POST', '/prices', [], 'x'.repeat(101))],
  ['post /prices 414', requestOf('POST', `/prices?${'x'.repeat(9_000)}`)],
  ['post /prices 415', requestOf('POST', '/prices', ['Content-Encoding: br'], '{}')],
  ['post /prices 503', `+${requestOf('POST', '/prices', [], '{"product_ids":[]}')}`],
  ['get /readyz 503', `+${requestOf('GET', '/readyz')}`],
  ['get /version 200', `+${requestOf('GET', '/version')}`],
  ...['/livez', '/readyz', '/metrics', '/version', '/openapi.json'].flatMap((path) => [
    [`get ${path} 200`, requestOf('GET', path)] as const,
    [`get ${path} 405`, requestOf('POST', path)] as const,
    [`get ${path} 414`, requestOf('GET', `${path}?${'x'.repeat(9_000)}`)] as const,
  ]),
];

test('has an example of every answer that it names, and no other', async () => {
  await using service = await startService();
  const { paths } = await readDescription(service.port);
  const named = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) => Object.keys(responses).map((status) => `${method} ${path} ${status}`)),
  );
  expect(new Set(examples.map(([answer]) => answer))).toEqual(new Set(named));
});

test.each(examples)('tells the truth of %s', async (answer, request) => {
  await using service = await startService({ maxBodyBytes: 100 }, request.startsWith('+') ? null : undefined);
  const [method = '', path = '', status = ''] = answer.split(' ');
  const description = await readDescription(service.port);
  const got = await exchange(service.port, request.replace('+', ''));
  expect(got.status).toBe(Number(status));
  const [type = ''] = (got.headers['content-type'] ?? '').split(';');
  const schema = description.paths[path]?.[method]?.responses[status]?.content?.[type]?.schema;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const root: AnySchema = { ...description, ...schema };
  expect(schema).toBeDefined();
  expect(ajv.validate(root, type.endsWith('json') ? JSON.parse(got.body) : got.body), ajv.errorsText()).toBe(true);
});

test('states the limits of this server', async () => {
  await using service = await startService({ maxUrlBytes: 1_234, maxBodyBytes: 5_678 });
  expect(JSON.stringify(await readDescription(service.port))).toMatch(/1234 bytes.*5678 bytes/);
});
