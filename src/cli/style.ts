import { styleText } from 'node:util';

/** Turns text into coloured text, or leaves it as it is. */
export interface Style {
  readonly good: (text: string) => string;
  readonly careful: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

/** No colour at all. */
export const plainStyle: Style = {
  good: (text) => text,
  careful: (text) => text,
  bad: (text) => text,
  dim: (text) => text,
  bold: (text) => text,
};

const colouredStyle: Style = {
  good: (text) => styleText('green', text, { validateStream: false }),
  careful: (text) => styleText('yellow', text, { validateStream: false }),
  bad: (text) => styleText('red', text, { validateStream: false }),
  dim: (text) => styleText('dim', text, { validateStream: false }),
  bold: (text) => styleText('bold', text, { validateStream: false }),
};

/** Colour for a terminal that shows it; none for pipes, `--no-color`, NO_COLOR (no-color.org) and TERM=dumb. */
export function styleFor(stream: { readonly isTTY?: boolean }, noColor: boolean, env: Readonly<Record<string, string | undefined>>): Style {
  const isColoured = stream.isTTY === true && !noColor && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return isColoured ? colouredStyle : plainStyle;
}
