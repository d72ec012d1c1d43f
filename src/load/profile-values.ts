import { UsageError } from '../tools/errors.ts';
import { longestDurationMs, parseDuration } from './duration.ts';
import type { Stage } from './profile.ts';

/** Most virtual users of a profile; each has a connection of its own. */
const mostVus = 100_000;

/** Most iterations a second of a profile. */
const mostIterationsPerSecond = 1_000_000;

const rateUnitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600 };

/** Throws UsageError unless `vus` is a whole number of virtual users that a profile may have. */
export function checkVus(vus: number): void {
  if (!Number.isInteger(vus) || vus < 1 || vus > mostVus) {
    throw usage(`--vus ${vus} is not a whole number from 1 to ${mostVus}, such as 100`);
  }
}

/**
 * Stages of virtual users as `DURATION:VUS,...`, for example `2m:100,5m:100,2m:0`.
 * Throws UsageError for anything else, without any user or time in them, or with more than a day in all.
 */
export function parseStages(text: string): readonly Stage[] {
  const stages = text.split(',').map((part) => parseStage(part.trim(), text));
  const totalMs = stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
  if (totalMs === 0 || totalMs > longestDurationMs) {
    throw usage(`--stages ${JSON.stringify(text)} must last more than 0 and at most a day in all, such as 2m:100,5m:100,2m:0`);
  }
  if (stages.every(({ target }) => target === 0)) {
    throw usage(`--stages ${JSON.stringify(text)} has no virtual users, such as the 100 of 2m:100,5m:100,2m:0`);
  }
  return stages;
}

function parseStage(part: string, text: string): Stage {
  const match = /^([^:]*):(\d{1,9})$/.exec(part);
  if (match?.[1] === undefined || Number(match[2]) > mostVus) {
    throw usage(
      `--stages ${JSON.stringify(text)}: ${JSON.stringify(part)} is not DURATION:VUS with at most ${mostVus} users, such as 2m:100,5m:100,2m:0`,
    );
  }
  return { durationMs: parseDuration(match[1], `--stages ${JSON.stringify(text)}:`), target: Number(match[2]) };
}

/** Iterations a second from `500/s`, `30/m`, `1800/h` or a plain number (a second). Throws UsageError for anything else. */
export function parseRate(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(?:\/([smh]))?$/.exec(text.trim());
  const rate = match === null ? Number.NaN : Number(match[1]) / (rateUnitSeconds[match[2] ?? ''] ?? Number.NaN);
  if (!(rate > 0 && rate <= mostIterationsPerSecond)) {
    throw usage(`--rate ${JSON.stringify(text)} is not a rate above 0 and up to ${mostIterationsPerSecond}/s, such as 500/s or 30/m`);
  }
  return rate;
}

function usage(message: string): UsageError {
  return new UsageError('PRICECTL_E_USAGE', message);
}
