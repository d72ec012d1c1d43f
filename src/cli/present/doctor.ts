import type { DoctorResult } from '../../workflows/check-machine.ts';
import type { Style } from '../style.ts';

/** Checks one a line, what mends them below. */
export function presentDoctor(result: DoctorResult, style: Style): string {
  const marks = { ok: style.good('✔'), warning: style.careful('!'), problem: style.bad('✖') };
  const lines = result.checks.flatMap((check) => [
    `  ${marks[check.state]} ${check.name.padEnd(14)} ${check.found ?? 'missing'} ${style.dim(`(needs ${check.needed})`)}`,
    ...(check.mend === null ? [] : [`    try: ${check.mend}`]),
  ]);
  const verdict = result.usable ? style.good('can work') : style.bad('cannot work');
  return [`${result.target} target ${verdict}`, ...lines].join('\n');
}
