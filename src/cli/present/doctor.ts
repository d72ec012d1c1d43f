import { plainText } from '../../tools/plain-text.ts';
import type { DoctorResult } from '../../workflows/doctor.ts';
import type { TargetCheck } from '../../workflows/check-machine.ts';
import type { Style } from '../style.ts';

/** The targets one below the other: checks one a line, what mends them below; last what commands would take. */
export function presentDoctor(result: DoctorResult, style: Style): string {
  const sections = result.targets.map((check) => presentTarget(check, style));
  return [...sections, `Commands here take the ${result.target} target: ${result.reason}`].join('\n\n');
}

function presentTarget({ target, usable, checks }: TargetCheck, style: Style): string {
  const marks = { ok: style.good('✔'), warning: style.careful('!'), problem: style.bad('✖') };
  const lines = checks.flatMap((check) => [
    `  ${marks[check.state]} ${check.name.padEnd(14)} ${plainText(check.found ?? 'missing')} ${style.dim(`(needs ${check.needed})`)}`,
    ...(check.mend === null ? [] : [`    try: ${plainText(check.mend)}`]),
  ]);
  return [`${style.bold(target)} ${usable ? style.good('can work') : style.careful('cannot work')}`, ...lines].join('\n');
}
