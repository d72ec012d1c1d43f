import type { ContainerStatus, KubeContainer, KubeEvent, Pod, TerminatedState } from '../../tools/kube-objects.ts';
import { parseLogLine } from '../log-line.ts';
import { ageMs, formatDuration, formatTimes, toTimeMs } from './judge-time.ts';
import type { PodTrouble } from './judge-trouble.ts';

/** Exit codes with which our server says that another start won't help: a bad setting, a bad price list. */
const hopelessExits: ReadonlySet<number> = new Set([2, 6]);

const badPrices = 6;

/** A process that ran longer didn't fail at its start; Kubernetes begins its back-off anew after ten minutes. */
const startMs = 60_000;

/** How a container's process ended, and how often that happened. */
interface Ending {
  readonly terminated: TerminatedState;
  readonly ends: number;
  readonly isRunning: boolean;
}

/** The last end of a container's process; undefined when none ended, or when the next one got over its start. */
function findEnding({ state, lastState, restartCount }: ContainerStatus, nowMs: number): Ending | undefined {
  const terminated = state?.terminated ?? lastState?.terminated;
  const isRunning = state?.running !== undefined;
  if (terminated === undefined || (isRunning && ageMs(state.running?.startedAt, nowMs) > startMs)) return undefined;
  return { terminated, ends: restartCount + (isRunning ? 0 : 1), isRunning };
}

/** What is wrong with a container whose process ended; undefined when none did. `events` are the pod's. */
export function judgeEnding(pod: Pod, status: ContainerStatus, events: readonly KubeEvent[], nowMs: number): PodTrouble | undefined {
  const ending = findEnding(status, nowMs);
  if (ending === undefined) return undefined;
  const { terminated, ends, isRunning } = ending;
  const base = {
    reason: 'CrashLoopBackOff',
    outlook: ranMs(terminated) < startMs && ends >= neededEnds(terminated) ? ('final' as const) : ('passing' as const),
    log: { container: status.name, previous: isRunning },
  };
  const how = describeEnding(pod, status, ending);
  const probe = terminated.exitCode === 137 || terminated.exitCode === 143 ? findKillingProbe(events) : undefined;
  if (terminated.reason === 'OOMKilled') return { ...base, reason: 'OOMKilled', text: how, remedy: 'more-memory' };
  if (probe !== undefined) return { ...base, text: `container ${status.name} is restarted, ${formatTimes(ends)} by now: ${probe}`, remedy: 'read-log' };
  if (isStartError(terminated)) return { ...base, reason: terminated.reason ?? 'StartError', text: how, remedy: 'describe-pod', log: null };
  const remedy = terminated.exitCode === badPrices ? 'check-prices' : 'read-log';
  return { ...base, text: how, remedy, lastLines: splitLines(terminated.message) };
}

/** With `terminationMessagePolicy: FallbackToLogsOnError` the message is the end of the log. */
function splitLines(message = ''): readonly string[] {
  const lines = message.split('\n').filter((line) => line !== '');
  return lines.slice(-10).map((line) => parseLogLine(line).text);
}

/** Ends after which nobody need wait for the next: a process over its memory limit will be so again. */
function neededEnds(terminated: TerminatedState): number {
  if (terminated.reason === 'OOMKilled') return 1;
  return isStartError(terminated) || hopelessExits.has(terminated.exitCode) ? 2 : 3;
}

function isStartError({ reason }: TerminatedState): boolean {
  return reason === 'StartError' || reason === 'ContainerCannotRun';
}

function describeEnding(pod: Pod, { name }: ContainerStatus, { terminated, ends }: Ending): string {
  if (terminated.reason === 'OOMKilled') {
    const limit = findContainer(pod, name)?.resources?.limits?.['memory'];
    return `container ${name} is killed for using more than its memory limit${limit === undefined ? '' : ` of ${limit}`}${ends === 1 ? '' : `, ${formatTimes(ends)} by now`}`;
  }
  if (isStartError(terminated)) return `container ${name} can't be started: ${lastCause(terminated.message ?? 'no reason given')}`;
  const finishedMs = toTimeMs(terminated.finishedAt);
  const bornMs = toTimeMs(pod.status?.startTime);
  const span = ends < 2 || finishedMs === undefined || bornMs === undefined ? '' : ` in ${formatDuration(finishedMs - bornMs)}`;
  const when = ranMs(terminated) < startMs ? 'at start' : `after ${formatDuration(ranMs(terminated))}`;
  return `container ${name} exits with code ${terminated.exitCode} ${when}, ${formatTimes(ends)}${span}`;
}

function findContainer(pod: Pod, name: string): KubeContainer | undefined {
  return pod.spec.containers.find((container) => container.name === name);
}

/** How long the process ran; 0 when unknown, and for one that couldn't be started: its start is the year 1970. */
function ranMs({ startedAt, finishedAt }: TerminatedState): number {
  const startedMs = toTimeMs(startedAt);
  const finishedMs = toTimeMs(finishedAt);
  return startedMs === undefined || startedMs === 0 || finishedMs === undefined ? 0 : finishedMs - startedMs;
}

/** What a probe that ends containers says. */
function findKillingProbe(events: readonly KubeEvent[]): string | undefined {
  const event = events.findLast(({ reason, message }) => reason === 'Unhealthy' && /^(?:Startup|Liveness) probe failed/.test(message ?? ''));
  return event?.message === undefined ? undefined : lowerFirst(event.message);
}

/** What runc says, without the layers above it: `exec: "/x": stat /x: no such file or directory`. */
function lastCause(message: string): string {
  return message.replace(/^.*unable to start container process: /s, '');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
