// The shortest node:http server that answers a price: no check of method or path, no decoding.
import { createServer } from 'node:http';
import { readPrices } from './prices.ts';

const prices = readPrices();
const server = createServer((request, response) => {
  const price = prices.get(request.url?.slice('/price?product_id='.length) ?? '');
  response.writeHead(price === undefined ? 404 : 200, { 'Content-Type': 'text/plain' });
  response.end(price);
});
server.listen(0, '127.0.0.1', () => console.log(`127.0.0.1:${Object(server.address()).port}`));
