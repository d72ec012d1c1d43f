/** One line of a log, taken apart. */
export interface ParsedLogLine {
  /** Milliseconds since the epoch; null when the line carries no time. */
  readonly timeMs: number | null;
  readonly text: string;
}

/** Takes a line apart that begins with a time (RFC 3339, UTC, milliseconds) and a space, as our server and the local target's logs have it. */
export function parseLogLine(line: string): ParsedLogLine {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) /.exec(line);
  return match?.[1] === undefined ? { timeMs: null, text: line } : { timeMs: Date.parse(match[1]), text: line.slice(match[0].length) };
}
