import type { LogLine } from '../../targets/target.ts';
import type { Style } from '../style.ts';

/** A log line with its replica in front. */
export function presentLogLine(line: LogLine, style: Style): string {
  return `${style.dim(`${line.pod} |`)} ${line.text}`;
}
