import type { Profile } from '../profile.ts';
import { quantileGrid } from '../merge-grid.ts';
import { mainFile, ownScript, priceFile, wrapperData } from './script-files.ts';

/** What is wrapped. */
export interface Wrapped {
  /** File of the script in the flat folder. */
  readonly file: string;
  readonly hasDefault: boolean;
  /** Thresholds beside the script's own. */
  readonly thresholds: Profile['thresholds'];
}

/** The files that make a script send what it measured. */
export function wrapperFiles({ file, hasDefault, thresholds }: Wrapped): readonly (readonly [name: string, content: string])[] {
  const text = ownScript(mainFile).replaceAll(`'./${priceFile}'`, () => `'./${file}'`);
  const data = { grid: quantileGrid, thresholds };
  return [
    [mainFile, hasDefault ? text : text.replace(/^export \{ default \}.*\n/m, '')],
    [wrapperData, JSON.stringify(data)],
  ];
}
