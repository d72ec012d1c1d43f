import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../tools/clock.ts';
import { Dispatcher, type WaitingLimits } from './dispatcher.ts';
import { listen } from './listener.ts';
import { open } from './traffic.fixture.ts';

const cleanUps: (() => void)[] = [];

afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

class FakeReceiver {
  readonly taken: Socket[] = [];
  canTake = true;

  take(connection: Socket): void {
    this.taken.push(connection);
  }
}

/** A dispatcher behind a real port; `connect` resolves when the dispatcher has the connection. */
async function create(receivers: readonly FakeReceiver[], limits?: WaitingLimits) {
  const dispatcher = new Dispatcher(() => receivers, systemClock, limits);
  let onAdded: (() => void) | undefined;
  const listener = await listen(0, (connection) => {
    cleanUps.push(() => connection.destroy());
    dispatcher.add(connection);
    onAdded?.();
  });
  cleanUps.push(() => dispatcher[Symbol.dispose](), () => listener.close());
  const connect = async () => {
    const added = new Promise<void>((resolve) => {
      onAdded = resolve;
    });
    const client = await open(listener.port);
    cleanUps.push(() => client.destroy());
    await added;
    return client;
  };
  return { dispatcher, connect, listener };
}

function counts(receivers: readonly FakeReceiver[]): readonly number[] {
  return receivers.map((receiver) => receiver.taken.length);
}

test('connections go to those who can take them, in turn', async () => {
  const receivers = [new FakeReceiver(), new FakeReceiver(), new FakeReceiver()];
  const { connect } = await create(receivers);
  for (let index = 0; index < 6; index += 1) await connect();
  expect(counts(receivers)).toEqual([2, 2, 2]);
  receivers[1]?.taken.splice(0);
  if (receivers[1] !== undefined) receivers[1].canTake = false;
  for (let index = 0; index < 4; index += 1) await connect();
  expect(counts(receivers)).toEqual([4, 0, 4]);
});

test('nothing is read from a connection before it is handed over', async () => {
  const receiver = new FakeReceiver();
  const { connect } = await create([receiver]);
  const client = await connect();
  client.write('GET / HTTP/1.1\r\n\r\n');
  await connect();
  expect(receiver.taken[0]).toMatchObject({ bytesRead: 0, readableFlowing: false });
});

test('connections wait while nobody can take them, and keep their order; one that comes back goes first', async () => {
  const receiver = new FakeReceiver();
  receiver.canTake = false;
  const { dispatcher, connect } = await create([receiver]);
  const ports = [];
  for (let index = 0; index < 3; index += 1) ports.push((await connect()).localPort);
  receiver.canTake = true;
  dispatcher.dispatch();
  expect(receiver.taken.map((connection) => connection.remotePort)).toEqual(ports);
  const [first] = receiver.taken.splice(0);
  receiver.canTake = false;
  const later = await connect();
  if (first !== undefined) dispatcher.addReturned(first);
  receiver.canTake = true;
  dispatcher.dispatch();
  expect(receiver.taken.map((connection) => connection.remotePort)).toEqual([ports[0], later.localPort]);
});

test('too many waiting connections, and those that wait too long, are closed', async () => {
  const receiver = new FakeReceiver();
  receiver.canTake = false;
  const { connect } = await create([receiver], { maxWaiting: 1, maxWaitMs: 50 });
  const first = await connect();
  const second = await connect();
  const firstClosed = once(first.resume(), 'close');
  await once(second.resume(), 'close');
  await firstClosed;
  expect(receiver.taken).toEqual([]);
});

test('after disposal whoever waits or comes is closed', async () => {
  const receiver = new FakeReceiver();
  receiver.canTake = false;
  const { dispatcher, connect } = await create([receiver]);
  const waiting = await connect();
  dispatcher[Symbol.dispose]();
  await once(waiting.resume(), 'close');
  receiver.canTake = true;
  const late = await connect();
  await once(late.resume(), 'close');
  expect(receiver.taken).toEqual([]);
});

test('a port is had by one listener only', async () => {
  const { listener } = await create([]);
  await expect(listen(listener.port, () => {})).rejects.toMatchObject({ code: 'PRICECTL_E_PORT_TAKEN', kind: 'environment' });
});
