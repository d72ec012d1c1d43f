import { EnvironmentError, type ErrorCode, type PricectlError, ToolError, UsageError } from '../tools/errors.ts';
import { isRecord, parseJson } from '../tools/json.ts';
import type { EngineResult, LoadProgress } from './engine.ts';
import { type EngineResultJson, resultFromJson, resultToJson } from './result-json.ts';

/** Number of this form of lines; another one is of another version of pricectl. */
const format = 1;

/** What the program of a load job tells: that it is there, its state each second, and how it ended. */
export type JobReport =
  | { readonly type: 'started' }
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  | { readonly type: 'result'; readonly result: EngineResult }
  | { readonly type: 'failed'; readonly error: PricectlError };

type JobLine =
  | { readonly type: 'started'; readonly format: number }
  | { readonly type: 'progress'; readonly progress: LoadProgress }
  | { readonly type: 'result'; readonly result: EngineResultJson }
  | { readonly type: 'failed'; readonly kind: PricectlError['kind']; readonly code: ErrorCode; readonly message: string; readonly hints: readonly string[] };

/** A report as a line of the job's log, with its line feed. */
export function writeJobLine(report: JobReport): string {
  return `${JSON.stringify(toLine(report))}\n`;
}

/**
 * The report in a line of a job's log; undefined for a line that is none, such as a warning of Node. Throws ToolError
 * `PRICECTL_E_LOAD_IMAGE` when the job's image is of a version that reports in another form.
 */
export function readJobLine(text: string): JobReport | undefined {
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  if (value['type'] === 'started' && value['format'] !== format) {
    throw new ToolError('PRICECTL_E_LOAD_IMAGE', 'the image is of a version of pricectl that reports its load in another form', { hints: ['pricectl up'] });
  }
  return isJobLine(value) ? fromLine(value) : undefined;
}

/** Our own program wrote it, in our form: its kind is all that there is to find out. */
function isJobLine(value: object): value is JobLine {
  return 'type' in value && (value.type === 'started' || value.type === 'progress' || value.type === 'result' || value.type === 'failed');
}

function toLine(report: JobReport): JobLine {
  switch (report.type) {
    case 'started':
      return { type: 'started', format };
    case 'progress':
      return report;
    case 'result':
      return { type: 'result', result: resultToJson(report.result) };
    case 'failed': {
      const { kind, code, message, hints } = report.error;
      return { type: 'failed', kind, code, message, hints };
    }
  }
}

function fromLine(line: JobLine): JobReport {
  switch (line.type) {
    case 'result':
      return { type: 'result', result: resultFromJson(line.result) };
    case 'failed':
      return { type: 'failed', error: toError(line) };
    default:
      return line;
  }
}

function toError({ kind, code, message, hints }: Extract<JobLine, { readonly type: 'failed' }>): PricectlError {
  if (kind === 'usage') return new UsageError(code, message, { hints });
  if (kind === 'environment') return new EnvironmentError(code, message, { hints });
  return new ToolError(code, message, { hints });
}
