// A stock Express 5 route.
import express from 'express';
import { readPrices } from './prices.ts';

const prices = readPrices();
const app = express();
app.get('/price', (request, response) => {
  const { product_id: id } = request.query;
  const price = typeof id === 'string' ? prices.get(id) : undefined;
  if (price === undefined) response.status(404).end();
  else response.type('text/plain').send(price);
});
const server = app.listen(0, '127.0.0.1', () => console.log(`127.0.0.1:${Object(server.address()).port}`));
