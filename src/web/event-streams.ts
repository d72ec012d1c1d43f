import type { ServerResponse } from 'node:http';

/** One server-sent event (HTML standard, section 9.2). */
export interface LiveEvent {
  /** What a browser that reconnects says it has seen last. */
  readonly id: string;
  readonly name: string;
  /** One line. */
  readonly data: string;
}

/** The browsers that are told what happens. */
export interface EventStreams {
  /** Sends the events so far and keeps the response open for those to come; false when there are as many streams as there may be. */
  open(response: ServerResponse, backlog: readonly LiveEvent[]): boolean;
  publish(event: LiveEvent): void;
  /** Says good-bye and ends all streams; resolves when that is sent, or can't be. */
  end(): Promise<void>;
}

/** A browser that takes less than is sent is let go at this many bytes; it comes back for what it missed. */
const mostUnsentBytes = 4 * 2 ** 20;

/** How soon a browser comes back. */
const retryMs = 2_000;

/** Creates streams, at most `max` at a time. */
export function createEventStreams(max: number): EventStreams {
  const streams = new Set<ServerResponse>();
  return {
    open(response, backlog) {
      if (streams.size >= max) return false;
      streams.add(response);
      response.on('close', () => streams.delete(response));
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      response.write(`retry: ${retryMs}\n\n${backlog.map(toText).join('')}`);
      return true;
    },
    publish(event) {
      const text = toText(event);
      for (const response of streams) {
        if (response.writableLength > mostUnsentBytes) response.destroy();
        else response.write(text);
      }
    },
    async end() {
      const ends = [...streams].map((response) => new Promise((resolve) => response.once('close', resolve).end('event: end\ndata:\n\n')));
      await Promise.all(ends);
    },
  };
}

function toText({ id, name, data }: LiveEvent): string {
  return `id: ${id}\nevent: ${name}\ndata: ${data}\n\n`;
}
