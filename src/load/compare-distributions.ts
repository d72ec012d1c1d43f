/** Coefficients of Lanczos' approximation with g = 7 (Numerical Recipes, 3rd edition, 6.1; relative error below 1e-14). */
const lanczos = [
  0.999_999_999_999_809_9, 676.520_368_121_885_1, -1_259.139_216_722_402_8, 771.323_428_777_653_1, -176.615_029_162_140_6, 12.507_343_278_686_905,
  -0.138_571_095_265_720_12, 9.984_369_578_019_572e-6, 1.505_632_735_149_311_6e-7,
];

/** Natural logarithm of the gamma function, for x > 0. */
function logGamma(x: number): number {
  const at = x - 1;
  const base = at + 7.5;
  const sum = lanczos.reduce((total, coefficient, index) => (index === 0 ? coefficient : total + coefficient / (at + index)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (at + 0.5) * Math.log(base) - base + Math.log(sum);
}

/** Regularised incomplete beta function by its continued fraction, evaluated as Lentz does (Numerical Recipes, 3rd edition, 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const atLeast = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / atLeast(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 300; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / atLeast(1 + even * d);
    c = atLeast(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / atLeast(1 + odd * d);
    c = atLeast(1 + odd / c);
    const step = d * c;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-14) break;
  }
  return fraction;
}

/** Probability that Student's t with `degrees` of freedom lies at least as far from 0 as `t`, on either side. */
export function studentTail(t: number, degrees: number): number {
  return incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** The t that is exceeded on either side with probability `tail`, to nine digits. */
export function studentQuantile(tail: number, degrees: number): number {
  let low = 0;
  let high = 1;
  while (studentTail(high, degrees) > tail) high *= 2;
  for (let turn = 0; turn < 60; turn += 1) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return high;
}

/** How many of how many. */
export interface Share {
  readonly count: number;
  readonly total: number;
}

/**
 * Fisher's exact test, two-sided: the probability that two shares of one population lie at least as far apart as these, among all tables with the same
 * sums (the sum over tables that are no more probable than the one observed, as R's fisher.test does).
 */
export function fisherTail(a: Share, b: Share): number {
  const marked = a.count + b.count;
  const lowest = Math.max(0, marked - b.total);
  const highest = Math.min(marked, a.total);
  const logAt = (x: number) => logChoose(a.total, x) + logChoose(b.total, marked - x) - logChoose(a.total + b.total, marked);
  const observed = logAt(a.count);
  // Of logarithms of factorials that are this large the last bits are noise.
  const noise = Math.max(1e-7, 8 * Number.EPSILON * logGamma(a.total + b.total + 1));
  let log = logAt(lowest);
  let sum = 0;
  for (let x = lowest; x <= highest; x += 1) {
    if (log <= observed + noise) sum += Math.exp(log);
    log += Math.log(((a.total - x) * (marked - x)) / ((x + 1) * (b.total - marked + x + 1)));
  }
  return Math.min(1, sum);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}

/** Holm's adjustment: p values of several tests such that the chance of any false alarm among them is what each says. In the order given. */
export function adjustHolm(values: readonly number[]): readonly number[] {
  const order = values.map((_, index) => index).toSorted((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const adjusted = values.map(() => 1);
  let highest = 0;
  for (const [rank, index] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (values[index] ?? 1) * (values.length - rank)));
    adjusted[index] = highest;
  }
  return adjusted;
}
