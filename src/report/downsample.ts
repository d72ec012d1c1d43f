/** A value at a moment of a run; null is unknown. */
export interface Point {
  readonly ms: number;
  readonly value: number | null;
}

/** Time 0 .. `endMs` in columns of equal width, around moments from 0 to the end: the first and last are half as wide. */
export interface TimeGrid {
  readonly endMs: number;
  readonly columns: number;
}

/** Lowest and highest value of a column. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** Most columns of a chart: about what a screen shows apart, and what keeps the longest run small. */
const mostColumns = 241;

/** The grid of a run: a column for each whole second, where the engines tell of the load, or wider ones for a run that is longer than 240 s. */
export function timeGrid(endMs: number): TimeGrid {
  return { endMs: Math.max(1_000, endMs), columns: Math.min(mostColumns, Math.max(1, Math.round(endMs / 1_000)) + 1) };
}

/** The column that a moment lies in. */
export function columnAt(ms: number, grid: TimeGrid): number {
  return Math.min(grid.columns - 1, Math.max(0, Math.round(ms / columnMs(grid))));
}

/** Width of a grid's columns in milliseconds. */
export function columnMs({ endMs, columns }: TimeGrid): number {
  return endMs / (columns - 1);
}

/**
 * Points for a line. Where a column holds more than four, the first, lowest, highest and last of it stand for all (M4: Jugel et al., VLDB 2014): the line
 * has every extreme, and looks the same. Unknown values stay where a column has no other.
 */
export function downsample(points: readonly Point[], grid: TimeGrid): readonly Point[] {
  if (points.length <= grid.columns) return points;
  return [...byColumn(points, grid).values()].flatMap((column) => {
    const known = column.filter(({ value }) => value !== null);
    const [first] = known;
    if (first === undefined) return column.slice(0, 1);
    const lowest = known.reduce((a, b) => (valueOf(b) < valueOf(a) ? b : a), first);
    const highest = known.reduce((a, b) => (valueOf(b) > valueOf(a) ? b : a), first);
    return known.filter((point, index) => index === 0 || index === known.length - 1 || point === lowest || point === highest);
  });
}

/** What each column of the grid holds; one without a value has that of the column before, if that has its own. Null is unknown. */
export function columnRanges(points: readonly Point[], grid: TimeGrid): readonly (Range | null)[] {
  const columns = byColumn(points, grid);
  const own = Array.from({ length: grid.columns }, (_, index) => rangeOf(columns.get(index) ?? []));
  return own.map((range, index) => range ?? own[index - 1] ?? null);
}

function byColumn(points: readonly Point[], grid: TimeGrid): Map<number, Point[]> {
  return Map.groupBy(points, ({ ms }) => columnAt(ms, grid));
}

function rangeOf(points: readonly Point[]): Range | null {
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]));
  return values.length === 0 ? null : { low: Math.min(...values), high: Math.max(...values) };
}

function valueOf({ value }: Point): number {
  return value ?? 0;
}
