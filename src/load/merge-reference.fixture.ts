/** What the reference of the method gives for one set of runners. */
export interface ReferenceCase {
  /** Seed and number of samples of each runner. */
  readonly runners: readonly (readonly [seed: number, count: number])[];
  /** Whether it found all samples. */
  readonly exact: boolean;
  /** Merged values by quantile. */
  readonly merged: readonly (readonly [q: number, value: number])[];
}

/**
 * Made once, on 2026-11-25, by CPython with the functions `P` and `expand` of the study that the method comes from: grids by `P`, samples back by
 * `expand`, pooled, sorted, `P` again. Its samples are sorted values of `1 + 200 * u ** 4`, u from the generator of merge.fixture.ts.
 */
export const referenceCases: readonly ReferenceCase[] = [
  {
    runners: [[1, 41], [2, 40], [3, 40]],
    exact: true,
    merged: [[0.25, 1.0731431284834707], [0.5, 4.894069347474385], [0.75, 44.931023671750985], [0.85, 77.86367377434276], [0.9, 98.03862084808415], [0.95, 142.6041786718712], [0.99, 185.70101035742644], [0.999, 188.80018438559995]],
  },
  {
    runners: [[4, 501], [5, 1], [6, 2], [7, 333]],
    exact: true,
    merged: [[0.25, 1.5310611468803297], [0.5, 10.749683061684634], [0.75, 54.78162981965347], [0.85, 89.01620247153053], [0.9, 124.92861649372189], [0.95, 154.81982754366362], [0.99, 194.88608872625295], [0.999, 200.03165402998272]],
  },
  {
    runners: [[8, 2000], [9, 2000], [10, 2000], [11, 2000]],
    exact: false,
    merged: [[0.25, 1.8269635016185428], [0.5, 13.52386711215014], [0.75, 65.3553854870824], [0.85, 106.7387319775168], [0.9, 134.35982410342237], [0.95, 166.6476479177509], [0.99, 194.0430085782777], [0.999, 200.62509334407315]],
  },
  {
    runners: [[12, 15000], [13, 9000], [14, 700]],
    exact: false,
    merged: [[0.25, 1.7105561145880395], [0.5, 12.989477350395006], [0.75, 64.78872379442113], [0.85, 104.57406983487084], [0.9, 131.1641128315672], [0.95, 162.33385585970305], [0.99, 192.43763269798882], [0.999, 200.45684006150202]],
  },
];
