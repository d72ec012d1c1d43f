import type { RolloutFailure } from './judge-rollout.ts';

/** The same failure, made clearer by what its container wrote last. */
export function refineByLog(failure: RolloutFailure, lines: readonly string[]): RolloutFailure {
  if (!lines.some((line) => line.includes('exec format error'))) return failure;
  const text = "the image is made for another processor than the node's (exec format error)";
  return { ...failure, text, reason: 'ExecFormatError', remedy: 'list-architectures' };
}

/** What a failed rollout's error says: pod, reason, and the last lines of the log. */
export function describeFailure({ pod, reason, text }: RolloutFailure, lines: readonly string[]): string {
  const what = `rollout failed: ${pod === null ? '' : `${pod}: `}${text}${text.includes(reason) ? '' : ` (${reason})`}`;
  const log = lines.length === 0 ? [] : ['last lines of its log:', ...lines.map((line) => `  ${line}`)];
  return [what, ...log].join('\n  ');
}
