import { maxProductIds } from './prices-handler.ts';
import type { ServerSettings } from './settings.ts';
import type { ServerIdentity } from './version.ts';

/** What of a server stands in its description. */
interface Described {
  readonly identity: Pick<ServerIdentity, 'version'>;
  readonly limits: Pick<ServerSettings, 'maxUrlBytes' | 'maxBodyBytes'>;
}

/** The OpenAPI 3.1 description of every route and every answer, with the limits of this server. */
export function openApiDocument({ identity, limits }: Described): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Prices',
      version: identity.version,
      description:
        'Prices of a list by product id. Other paths are answered with 404, other methods with 405. A GET may be a HEAD. ' +
        `A URL longer than ${limits.maxUrlBytes} bytes is answered with 414, a body larger than ${limits.maxBodyBytes} bytes with 413, ` +
        'a head that is too large with 431, a request that does not come in time with 408, one that is not HTTP with 400; the last three end the connection. ' +
        'Any answer may say Connection: close, which a client should follow.',
    },
    paths: {
      '/price': { get: getPrice },
      '/prices': { post: postPrices },
      '/livez': { get: probe('Whether the process works', 'It works.') },
      '/readyz': {
        get: {
          ...probe('Whether the server should get requests', 'It should.'),
          responses: {
            ...probe('', 'It should.').responses,
            503: textAnswer('It has no prices yet, or is shutting down: the body says which.'),
          },
        },
      },
      '/metrics': { get: { summary: 'Metrics in the text format of Prometheus', responses: { 200: textAnswer('The metrics.'), ...common } } },
      '/version': { get: { summary: 'What this process is and what it serves', responses: { 200: jsonAnswer('The process.', versionSchema), ...common } } },
      '/openapi.json': { get: { summary: 'This description', responses: { 200: jsonAnswer('The description.', { type: 'object' }), ...common } } },
    },
    components: { schemas: { Problem: problemSchema } },
  };
}

const problemSchema = {
  description: 'RFC 9457',
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  additionalProperties: false,
  properties: {
    type: { const: 'about:blank' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, in one sentence.' },
  },
};

const price = { type: 'string', pattern: '^\\d{1,15}(\\.\\d{1,6})?$', description: 'Byte for byte as it stands in the price list.' };

const pricesSchema = {
  type: 'object',
  required: ['prices', 'missing'],
  additionalProperties: false,
  properties: {
    prices: { type: 'object', additionalProperties: price, description: 'Prices by product id.' },
    missing: { type: 'array', items: { type: 'string' }, uniqueItems: true, description: 'Ids that have no price.' },
  },
};

const versionSchema = {
  type: 'object',
  required: ['version', 'node', 'pid', 'startedAt', 'ready', 'prices', 'source', 'rejection', 'requests'],
  additionalProperties: false,
  properties: {
    version: { type: 'string', description: 'Version of pricectl.' },
    node: { type: 'string', description: 'Version of Node.' },
    pid: { type: 'integer' },
    startedAt: { type: 'string', format: 'date-time' },
    ready: { type: 'boolean', description: 'What /readyz says.' },
    prices: {
      description: 'What the answers come from; null until it is loaded.',
      type: ['object', 'null'],
      required: ['rows', 'bytes', 'sha256'],
      additionalProperties: false,
      properties: { rows: { type: 'integer' }, bytes: { type: 'integer' }, sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
    },
    source: { type: 'string', description: 'The price list: name of the file, or URL without credentials and query.' },
    rejection: { type: ['string', 'null'], description: 'Why newer prices were not taken; null when the newest are served.' },
    requests: { type: 'integer', description: 'Requests to /price and /prices answered since the start.' },
  },
};

const common = {
  405: problemAnswer('The method is not allowed here; Allow names those that are.'),
  414: problemAnswer('The URL is too long.'),
};

const unavailable = problemAnswer('No prices are loaded yet.');

const getPrice = {
  summary: 'The price of a product',
  parameters: [
    {
      name: 'product_id',
      in: 'query',
      required: true,
      description: 'Percent-encoded UTF-8, + is a space. Exactly once; other parameters are ignored.',
      schema: { type: 'string', minLength: 1 },
    },
  ],
  responses: {
    200: {
      description: 'The price; as JSON when Accept prefers it.',
      content: { 'text/plain': { schema: price }, 'application/json': { schema: objectOf({ product_id: { type: 'string' }, price }) } },
    },
    400: problemAnswer('The query is not well-formed, or product_id is missing, empty or repeated.'),
    404: {
      description: 'No price has this id. Without a body; as JSON when Accept prefers it.',
      content: { 'application/json': { schema: objectOf({ product_id: { type: 'string' }, price: { type: 'null' } }) } },
    },
    503: unavailable,
    ...common,
  },
};

const postPrices = {
  summary: 'The prices of several products',
  requestBody: {
    required: true,
    description: 'Read as JSON in UTF-8 whatever its media type.',
    content: {
      'application/json': {
        schema: {
          type: 'object',
          required: ['product_ids'],
          properties: { product_ids: { type: 'array', maxItems: maxProductIds, items: { type: 'string' } } },
        },
      },
    },
  },
  responses: {
    200: jsonAnswer('The prices of the ids that have one, and the other ids.', pricesSchema),
    400: problemAnswer('The body is not such JSON, or asks for too many prices.'),
    413: problemAnswer('The body is too large.'),
    415: problemAnswer('The body has a Content-Encoding.'),
    503: unavailable,
    ...common,
  },
};

function probe(summary: string, description: string) {
  return { summary, responses: { 200: textAnswer(description), ...common } };
}

function objectOf(properties: object) {
  return { type: 'object', required: Object.keys(properties), additionalProperties: false, properties };
}

function textAnswer(description: string) {
  return { description, content: { 'text/plain': { schema: { type: 'string' } } } };
}

function jsonAnswer(description: string, schema: object) {
  return { description, content: { 'application/json': { schema } } };
}

function problemAnswer(description: string) {
  return { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
}
