import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { takeScreen } from './screen.ts';

const enter = '\u001B[?1049h\u001B[?25l\u001B[?7l';
const leave = '\u001B[?7h\u001B[?25h\u001B[?1049l';

/** A terminal, and a process whose signals the test gives. */
function createBench() {
  const stream = new PassThrough({ encoding: 'utf8' });
  const kills: string[] = [];
  const target = Object.assign(new EventEmitter(), { pid: 1, kill: (_pid: number, signal: string) => kills.push(signal) > 0 });
  let redraws = 0;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parts of both that a screen uses
  const screen = takeScreen(stream as unknown as NodeJS.WriteStream, target as unknown as NodeJS.Process, () => void (redraws += 1));
  return { stream, target, kills, screen, written: () => String(stream.read() ?? ''), redraws: () => redraws };
}

test('the terminal is taken, drawn on, and given back once', () => {
  const { screen, written, target } = createBench();
  expect(written()).toBe(enter);
  screen.draw(['one', 'two']);
  expect(written()).toBe('\u001B[?2026h\u001B[H\u001B[Kone\r\n\u001B[Ktwo\u001B[J\u001B[?2026l');
  screen[Symbol.dispose]();
  target.emit('exit');
  screen[Symbol.dispose]();
  expect(written()).toBe(leave);
  expect(target.eventNames()).toEqual([]);
});

test('a process that exits gives it back', () => {
  const { target, written } = createBench();
  written();
  target.emit('exit');
  expect(written()).toBe(leave);
});

test('while the command is stopped the terminal is as it was', () => {
  const { target, kills, screen, written, redraws } = createBench();
  written();
  target.emit('SIGTSTP');
  expect(written()).toBe(leave);
  expect(kills).toEqual(['SIGSTOP']);
  screen.draw(['one']);
  expect(written()).toBe('');
  target.emit('SIGCONT');
  expect(written()).toBe(enter);
  expect(redraws()).toBe(1);
});

test('another size is drawn at once', () => {
  const { stream, redraws } = createBench();
  stream.emit('resize');
  expect(redraws()).toBe(1);
});

test('a terminal that does not keep up misses frames', () => {
  const { stream, screen } = createBench();
  while (stream.write('waits')) continue;
  const waiting = stream.writableLength + stream.readableLength;
  screen.draw(['one']);
  expect(stream.writableLength + stream.readableLength).toBe(waiting);
});
