import { createWatchHistory } from '../workflows/watch-history.ts';
import type { WatchMoment } from '../workflows/watch.ts';
import { plainEventLines, plainWatchLine, watchScreen } from './present/watch.ts';
import { takeScreen } from './screen.ts';
import type { Style } from './style.ts';

/** Shows a watch. */
export interface WatchView {
  show(moment: WatchMoment): void;
}

/** Where and how a watch is shown. */
export interface WatchDisplay {
  readonly process: NodeJS.Process;
  readonly style: Style;
  readonly isJson: boolean;
}

/** Shows a watch until it is disposed: one JSON text a line for `--json`, the whole screen on a terminal, plain lines elsewhere. */
export function createWatchView({ process, style, isJson }: WatchDisplay): WatchView & Disposable {
  const { stdout, env } = process;
  if (isJson) return { show: (moment) => void stdout.write(`${JSON.stringify(moment)}\n`), [Symbol.dispose]: () => {} };
  return stdout.isTTY && env['TERM'] !== 'dumb' ? createScreenView(process, style) : createPlainView(stdout);
}

function createScreenView(process: NodeJS.Process, style: Style): WatchView & Disposable {
  // More than any terminal is wide or high.
  const history = createWatchHistory({ points: 500, events: 200 });
  let last: WatchMoment | undefined;
  const redraw = () => {
    if (last === undefined) return;
    const { columns, rows } = process.stdout;
    screen.draw(watchScreen(last, history, { columns: columns || 80, rows: rows || 24 }, style));
  };
  const screen = takeScreen(process.stdout, process, redraw);
  return {
    show(moment) {
      history.add(moment);
      last = moment;
      redraw();
    },
    [Symbol.dispose]: () => screen[Symbol.dispose](),
  };
}

const plainLineEveryMs = 10_000;

function createPlainView(stream: NodeJS.WriteStream): WatchView & Disposable {
  let nextAtMs = 0;
  return {
    show(moment) {
      const events = plainEventLines(moment);
      const isDue = moment.ms >= nextAtMs;
      if (isDue) nextAtMs = moment.ms + plainLineEveryMs;
      const lines = isDue ? [...events, plainWatchLine(moment)] : events;
      if (lines.length > 0) stream.write(lines.map((line) => `${line}\n`).join(''));
    },
    [Symbol.dispose]: () => {},
  };
}
