import type { Section } from '../context.ts';
import { accuracySection } from './accuracy.ts';
import { commandSection } from './command.ts';
import { engineSection } from './engine.ts';
import { growthMemorySection } from './growth-memory.ts';
import { growthMergeSection } from './growth-merge.ts';
import { growthEngineSection, growthServerSection } from './growth-speed.ts';
import { growthTableSection } from './growth-table.ts';
import { imageSection } from './image.ts';
import { reloadSection } from './reload.ts';
import { serverSection } from './server.ts';
import { startSection } from './start.ts';
import { tableSection } from './table.ts';

/** All of them, in the order of the page. */
export const sections: readonly Section[] = [
  serverSection,
  reloadSection,
  tableSection,
  engineSection,
  accuracySection,
  commandSection,
  startSection,
  imageSection,
  growthServerSection,
  growthTableSection,
  growthEngineSection,
  growthMergeSection,
  growthMemorySection,
];

/** Sections with these names, or whose names begin so: `growth` is all of `growth-...`. Throws an Error that lists them for another name. */
export function chooseSections(names: readonly string[]): readonly Section[] {
  const unknown = names.find((wanted) => !sections.some((section) => isNamed(section, wanted)));
  if (unknown !== undefined) throw new Error(`there is no section ${unknown}; there are ${sections.map(({ name }) => name).join(', ')}`);
  return names.length === 0 ? sections : sections.filter((section) => names.some((wanted) => isNamed(section, wanted)));
}

function isNamed({ name }: Section, wanted: string): boolean {
  return name === wanted || name.startsWith(`${wanted}-`);
}
