// The same as responder.go, where there is no Go: answers each read with one buffer, without looking at it.
import { createServer } from 'node:net';

const response = Buffer.from(
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nDate: Mon, 23 Nov 2026 12:00:00 GMT\r\n' +
    'Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 4\r\n\r\n49.5',
);
const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', () => socket.write(response)).on('error', () => socket.destroy());
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 16_384 }, () => console.log(`127.0.0.1:${Object(server.address()).port}`));
