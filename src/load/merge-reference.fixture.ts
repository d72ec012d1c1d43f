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
 * Made once, on 2026-11-25, by CPython with the functions `P` and `expand` of the study that the method comes from: our grid by `P`,
 * samples back by `expand`, pooled, sorted, `P` again. Its samples are sorted values of `1 + 200 * u ** 4`, u from the generator of merge.fixture.ts.
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
    merged: [[0.25, 1.5310611468803297], [0.5, 10.749683061684635], [0.75, 54.78162981965347], [0.85, 89.01620247153053], [0.9, 124.92861649372189], [0.95, 154.81982754366362], [0.99, 194.88608872625295], [0.999, 200.03165402998272]],
  },
  {
    runners: [[8, 20000], [9, 20000], [10, 20000], [11, 20000]],
    exact: false,
    merged: [[0.25, 1.7858339747992564], [0.5, 13.599362623153882], [0.75, 64.84149194340345], [0.85, 106.01284819504266], [0.9, 132.46189112233264], [0.95, 163.63894990189036], [0.99, 193.27192080139866], [0.999, 200.22864867991925]],
  },
  {
    runners: [[12, 30000], [13, 25000], [14, 23000]],
    exact: false,
    merged: [[0.25, 1.7521372549758443], [0.5, 13.383338035038136], [0.75, 64.66728193087528], [0.85, 105.4080794398961], [0.9, 131.86586944325276], [0.95, 163.76522781793182], [0.99, 192.73375786995487], [0.999, 200.28349291586943]],
  },
];
