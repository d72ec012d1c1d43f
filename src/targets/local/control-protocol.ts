import type { PriceData } from '../../prices/table.ts';
import type { ErrorCode } from '../../tools/errors.ts';
import { isRecord } from '../../tools/json.ts';
import type { AutoscalerSnapshot, PodSnapshot, ServiceSettings } from '../target.ts';

/** Raised when a supervisor and a command of different versions would misunderstand each other. */
export const protocolVersion = 2;

/** What replicas are to be and what the autoscaler works with: the body of `PUT /wish`. */
export interface Wish {
  readonly settings: ServiceSettings;
  /** Main module of the server. */
  readonly serverEntry: string;
}

/** A replica of the wanted kind that can't get ready by itself. */
export interface RolloutFailure {
  readonly pod: string;
  /** How it ended the last time: `ended with code 6`. */
  readonly reason: string;
  /** The last lines of its log, at most ten. */
  readonly lastLines: readonly string[];
}

/** How far the replicas are as wanted. */
export interface Rollout {
  readonly desired: number;
  /** Replicas of the wanted kind. */
  readonly updated: number;
  /** Those of them that are ready. */
  readonly updatedReady: number;
  /** Replicas of an earlier kind that are not on their way out. */
  readonly outdated: number;
  readonly failure: RolloutFailure | null;
}

/** All that a supervisor says of itself and its replicas: the answer of `GET /report`. */
export interface Report {
  readonly protocolVersion: number;
  readonly pid: number;
  /** It is on its way out, and takes no wishes any more. */
  readonly isEnding: boolean;
  readonly wish: Wish;
  readonly rollout: Rollout;
  /** Ready replicas, of whatever kind. */
  readonly ready: number;
  readonly autoscaler: Pick<AutoscalerSnapshot, 'cpuPercent' | 'explanation' | 'nextSyncAtMs' | 'decision'>;
  readonly pods: readonly PodSnapshot[];
  /** What all ready replicas answer from; null when they differ, or nobody knows. */
  readonly prices: PriceData | null;
}

/** Where the service is, without asking its replicas: the answer of `GET /access`. */
export interface Access {
  readonly protocolVersion: number;
  readonly port: number;
  /** Why nobody can use the service; null when it can be used. */
  readonly problem: string | null;
}

/** A refused order. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What is wrong with a service as a whole. */
export function problemOf({ isEnding, pods, ready }: { readonly isEnding: boolean; readonly ready: number; readonly pods: readonly Pick<PodSnapshot, 'name' | 'problem'>[] }): string | null {
  if (isEnding) return 'the service is being stopped';
  const failing = pods.find((pod) => pod.problem !== null);
  return ready === 0 && failing !== undefined ? `no replica is ready: ${failing.name} ${failing.problem}` : null;
}

/** The refusal that a value is, or undefined when it is none. */
export function asRefusal(value: unknown): Refusal | undefined {
  if (!isRecord(value)) return undefined;
  const { code, message } = value;
  return isErrorCode(code) && typeof message === 'string' ? { code, message } : undefined;
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && value.startsWith('PRICECTL_E_');
}
