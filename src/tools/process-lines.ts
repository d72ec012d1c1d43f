/** Lines that nobody has asked for yet; older ones are forgotten, so that a talkative program can't fill the memory. */
const mostWaiting = 1_000;

/** Lines of a program that must never wait for whoever reads them. */
export interface LineQueue extends AsyncIterable<string> {
  push(line: string): void;
  end(): void;
}

/** A queue for one reader. What comes before the reader is kept for it, up to 1,000 lines; what comes after it left is dropped. */
export function createLineQueue(): LineQueue {
  const waiting: string[] = [];
  let isEnded = false;
  let isLeft = false;
  let wake: (() => void) | undefined;
  return {
    push(line) {
      if (isLeft) return;
      waiting.push(line);
      if (waiting.length > mostWaiting) waiting.shift();
      wake?.();
    },
    end() {
      isEnded = true;
      wake?.();
    },
    async *[Symbol.asyncIterator]() {
      try {
        for (;;) {
          const line = waiting.shift();
          if (line !== undefined) yield line;
          else if (isEnded) return;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      } finally {
        isLeft = true;
        waiting.length = 0;
      }
    },
  };
}
