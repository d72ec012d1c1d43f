import { TimeoutError, ToolError } from './errors.ts';
import type { BackgroundProcess } from './process.ts';

/** How a background process is awaited. */
export interface ReadyOptions<T> {
  /** What a line says that was waited for; undefined for any other line. */
  pick(line: string): T | undefined;
  /** What is awaited, for the time-out's message: "kubectl proxy doesn't serve". */
  readonly what: string;
  readonly timeoutMs: number;
}

/**
 * Waits for a line of a background process. When it doesn't come the process is ended: throws TimeoutError, or the failure with which the process
 * ended by itself; ToolError for one that just ended, also because its signal aborted.
 */
export async function awaitLine<T>(background: BackgroundProcess, options: ReadyOptions<T>): Promise<T> {
  const hints = [`run ${options.what.split(' ', 1)[0]} by itself, to see what it says`];
  let isLate = false;
  const end = () => background[Symbol.asyncDispose]();
  const timer = setTimeout(() => {
    isLate = true;
    void end();
  }, options.timeoutMs);
  try {
    for await (const line of background.lines) {
      const found = options.pick(line);
      if (found !== undefined) return found;
    }
  } finally {
    clearTimeout(timer);
  }
  if (isLate) {
    await end();
    throw new TimeoutError('PRICECTL_E_TOOL_TIMEOUT', `${options.what} after ${options.timeoutMs / 1000} s`, { hints });
  }
  throw (await background.ended) ?? new ToolError('PRICECTL_E_TOOL_FAILED', `${options.what}: it ended`, { hints });
}
