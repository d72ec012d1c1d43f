import type { LoadMoment } from './present/live-load.ts';
import { liveBlock, plainLoadLine } from './present/live-load.ts';
import type { Style } from './style.ts';

/** Shows a load test while it runs. */
export interface LiveView {
  show(moment: LoadMoment): void;
  /** Leaves the terminal as a next line finds it. */
  end(): void;
}

/** Where and how a load test is shown. */
export interface LiveDisplay {
  readonly stream: NodeJS.WriteStream;
  readonly style: Style;
  readonly isQuiet: boolean;
}

const plainLineEveryMs = 10_000;

/** A live view for this display: a block that is redrawn on a terminal, a line each ten seconds elsewhere, nothing when quiet. */
export async function createLiveView({ stream, style, isQuiet }: LiveDisplay): Promise<LiveView> {
  if (isQuiet) return { show: () => {}, end: () => {} };
  if (!stream.isTTY) return createPlainView(stream);
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stream);
  return {
    show: (moment) => update(liveBlock(moment, stream.columns, style)),
    end: () => update.clear(),
  };
}

function createPlainView(stream: NodeJS.WriteStream): LiveView {
  let nextAtMs = 0;
  return {
    show(moment) {
      if (moment.progress.elapsedMs < nextAtMs) return;
      nextAtMs = moment.progress.elapsedMs + plainLineEveryMs;
      stream.write(`${plainLoadLine(moment)}\n`);
    },
    end: () => {},
  };
}
