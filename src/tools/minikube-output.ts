import { EnvironmentError, ToolError } from './errors.ts';
import { isRecord, parseJson } from './json.ts';
import { plainText } from './plain-text.ts';

/** One line of `minikube -o json`: a CloudEvent, of which the type's last words and the data are kept. */
export interface MinikubeEvent {
  /** `step`, `download.progress`, `error`, `info`, ... */
  readonly type: string;
  readonly data: Readonly<Record<string, string>>;
}

const typePrefix = 'io.k8s.sigs.minikube.';

/** The event of a line; undefined for one that is none: older versions mix other output in. */
export function parseMinikubeEvent(line: string): MinikubeEvent | undefined {
  const event = parseJson(line);
  if (!isRecord(event) || typeof event['type'] !== 'string' || !event['type'].startsWith(typePrefix)) return undefined;
  const data = isRecord(event['data']) ? event['data'] : {};
  const texts = Object.entries(data).flatMap(([key, value]) => (typeof value === 'string' ? [[key, plainText(value)] as const] : []));
  return { type: event['type'].slice(typePrefix.length), data: Object.fromEntries(texts) };
}

/** A step of a long command. */
export interface MinikubeStep {
  readonly text: string;
  readonly step: number | null;
  readonly totalSteps: number | null;
}

/** What an event tells of the way that is done; undefined for one that tells nothing. */
export function stepOf({ type, data }: MinikubeEvent): MinikubeStep | undefined {
  const numbers = { step: wholeNumber(data['currentstep']), totalSteps: wholeNumber(data['totalsteps']) };
  const artifact = data['artifact'];
  if (type === 'step') return { text: data['message'] ?? data['name'] ?? '', ...numbers };
  if (type === 'download' && artifact !== undefined) return { text: `downloading ${artifact}`, ...numbers };
  if (type !== 'download.progress' || artifact === undefined) return undefined;
  return { text: `downloading ${artifact}: ${Math.round(100 * Number(data['progress'] ?? 0))} %`, ...numbers };
}

/** Detours, such as the restart of a broken node, have steps without a number. */
function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}

/** How a command of minikube ended that failed. */
export interface MinikubeEnd {
  /** The command in words: `minikube start`. */
  readonly words: string;
  readonly exitCode: number;
  readonly stderr: string;
  readonly events: readonly MinikubeEvent[];
  readonly cause?: unknown;
}

/**
 * Why a command failed. Only the exit code says that it did: with `--force`, `error` events with a code come and the start goes on; the last one
 * with the code that the process ended with says why. Without events stderr does.
 */
export function minikubeFailure(end: MinikubeEnd): EnvironmentError | ToolError {
  const { message, name, advice } = reasonFromEvents(end) ?? reasonFromText(end.stderr);
  const sentence = `${end.words} failed${message === undefined ? '' : `: ${message}`} (${name === undefined ? '' : `${name}, `}exit code ${end.exitCode})`;
  const details = { hints: advice.length === 0 ? [`run it by itself, to see what it says: ${end.words}`] : advice, cause: end.cause };
  return isOfSurroundings(end.exitCode) ? new EnvironmentError('PRICECTL_E_MINIKUBE', sentence, details) : new ToolError('PRICECTL_E_MINIKUBE', sentence, details);
}

/** minikube's exit codes: 20 to 29 resources, 37 its folder, 50 to 59 drivers, 60 to 69 what the driver drives. */
function isOfSurroundings(exitCode: number): boolean {
  return exitCode === 37 || [2, 5, 6].includes(Math.floor(exitCode / 10));
}

interface Reason {
  readonly message?: string;
  readonly name?: string;
  readonly advice: readonly string[];
}

function reasonFromEvents({ events, exitCode }: MinikubeEnd): Reason | undefined {
  const errors = events.filter(({ type }) => type === 'error').map(({ data }) => data);
  const final = errors.findLast((data) => data['exitcode'] === String(exitCode)) ?? errors.findLast((data) => data['exitcode'] !== undefined) ?? errors.at(-1);
  if (final === undefined) return undefined;
  const { message, name, advice, url } = final;
  return reason(message, name, [advice, url]);
}

/** `X Exiting due to NAME: message`, and below it `* Suggestion: ...` and links. */
function reasonFromText(stderr: string): Reason {
  const exiting = /Exiting due to (\w+): (.*)/.exec(stderr);
  const last = stderr.trimEnd().split('\n').at(-1);
  return reason(exiting?.[2] ?? last, exiting?.[1], [/Suggestion: (.*)/.exec(stderr)?.[1]]);
}

function reason(message: string | undefined, name: string | undefined, advice: readonly (string | undefined)[]): Reason {
  const line = oneLine(message ?? '');
  return {
    ...(line === '' ? {} : { message: line }),
    ...(name === undefined || name === '' ? {} : { name }),
    advice: advice.map((text) => oneLine(text ?? '')).filter((text) => text !== ''),
  };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
