// A Fastify 5 route.
import fastify from 'fastify';
import { readPrices } from './prices.ts';

const prices = readPrices();
const app = fastify();
app.get<{ Querystring: { product_id: string } }>('/price', (request, reply) => {
  const price = prices.get(request.query.product_id);
  if (price === undefined) reply.code(404).send();
  else reply.type('text/plain').send(price);
});
await app.listen({ port: 0, host: '127.0.0.1' });
console.log(`127.0.0.1:${Object(app.addresses()[0]).port}`);
