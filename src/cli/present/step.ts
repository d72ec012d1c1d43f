import type { StepResult } from '../../workflows/steps.ts';
import type { Style } from '../style.ts';
import { formatMs } from './numbers.ts';

const titleWidth = 12;
const detailWidth = 48;

/** One finished step as a line: mark, title, detail, and how long it took or that it was unchanged. */
export function stepLine(result: StepResult, style: Style, withMark = true): string {
  const ending = { done: formatMs(result.ms), unchanged: 'unchanged', skipped: 'skipped', failed: '' }[result.outcome];
  const mark = result.outcome === 'failed' ? style.bad('✖') : result.outcome === 'skipped' ? style.dim('-') : style.good('✔');
  const words = `${result.title.padEnd(titleWidth)}${result.detail.padEnd(detailWidth)} ${style.dim(ending.padStart(9))}`;
  return withMark ? `${mark} ${words}` : words;
}

/** A step under way: its title and what is being awaited. */
export function stepProgressLine(title: string, text: string, style: Style): string {
  return `${title.padEnd(titleWidth)}${style.dim(text)}`;
}
