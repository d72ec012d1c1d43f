import type { TrendSamples } from './sinks.ts';

/** Samples that are kept as they are; a histogram of no more than these gives exact quantiles. */
export const exactSamples = 4096;

const subBucketBits = 10;
const lowestExponent = -20;
const highestExponent = 26;

/**
 * Bound of the relative error of a quantile once samples are in buckets: half a bucket over its lower end, 0.049 %.
 * It holds from 2^-20 ms (1 ns) to 2^27 ms (37 hours); a smaller positive value is off by less than 1 ns.
 */
export const bucketRelativeError = 2 ** -(subBucketBits + 1);

const doubleExponentBias = 1023;
const highWordMantissaBits = 20;
const firstBucketKey = (lowestExponent + doubleExponentBias) << subBucketBits;
/** One bucket for 0, then `2 ** subBucketBits` for each power of two. */
const bucketCount = 1 + ((highestExponent - lowestExponent + 1) << subBucketBits);

/** A histogram as plain data for `postMessage`. `values` are samples when `exact`, else the buckets from `firstBucket` on. */
export interface HistogramTransfer {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  /** What rounding added to `sum`. */
  readonly compensation: number;
  readonly exact: boolean;
  readonly firstBucket: number;
  readonly values: Float64Array<ArrayBuffer>;
}

/**
 * The samples of a trend in milliseconds. Count, minimum, maximum and sum are exact. The first `exactSamples` are kept as they are;
 * beyond, all go to log-linear buckets (each power of two in 2^10 equal parts, as HdrHistogram lays them out).
 */
export class Histogram implements TrendSamples {
  #count = 0;
  #min = Infinity;
  #max = 0;
  #sum = 0;
  /** What rounding added to the sum (Kahan). */
  #compensation = 0;
  #samples: Float64Array<ArrayBuffer> | undefined = new Float64Array(exactSamples);
  #buckets: Float64Array<ArrayBuffer> | undefined;
  readonly #scratch = new DataView(new ArrayBuffer(8));

  get count(): number {
    return this.#count;
  }

  /** Smallest sample; 0 without samples. */
  get min(): number {
    return this.#count === 0 ? 0 : this.#min;
  }

  /** Largest sample; 0 without samples. */
  get max(): number {
    return this.#max;
  }

  get sum(): number {
    return this.#sum;
  }

  /** Bound of the relative error of `quantile`: 0 while all samples are kept, else `bucketRelativeError`. */
  get relativeError(): number {
    return this.#buckets === undefined ? 0 : bucketRelativeError;
  }

  /** Adds a sample. A value that is no positive number counts as 0. */
  record(valueMs: number): void {
    const value = valueMs > 0 ? valueMs : 0;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    this.#addToSum(value);
    if (this.#samples !== undefined && this.#count < exactSamples) this.#samples[this.#count] = value;
    else this.#addToBucket(value);
    this.#count++;
  }

  /** Adds all samples of another histogram, which stays as it is. The result is the same as of recording them here. */
  merge(other: Histogram): void {
    if (other.#count === 0) return;
    if (other.#samples !== undefined && this.#samples !== undefined && this.#count + other.#count <= exactSamples) {
      this.#samples.set(other.#samples.subarray(0, other.#count), this.#count);
    } else {
      this.#mergeIntoBuckets(other);
    }
    this.#count += other.#count;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
    this.#addToSum(other.#sum);
    this.#addToSum(-other.#compensation);
  }

  /** Value at a quantile 0 .. 1 as k6 defines it: linear interpolation at q * (count - 1). 0 without samples. */
  quantile(q: number): number {
    if (this.#count === 0) return 0;
    const rank = Math.min(Math.max(q, 0), 1) * (this.#count - 1);
    const below = Math.floor(rank);
    const [low, high] = this.#samples === undefined ? this.#bucketedPair(below) : sortedPair(this.#samples.subarray(0, this.#count), below);
    return low + (high - low) * (rank - below);
  }

  /** Forgets all samples. */
  reset(): void {
    this.#count = 0;
    this.#min = Infinity;
    this.#max = 0;
    this.#sum = 0;
    this.#compensation = 0;
    this.#samples ??= new Float64Array(exactSamples);
    this.#buckets = undefined;
  }

  /** A copy as plain data, no longer than its samples need. */
  toTransfer(): HistogramTransfer {
    const exact = this.#samples !== undefined;
    const firstBucket = exact ? 0 : this.#bucketOf(this.#min);
    const values = this.#samples?.slice(0, this.#count) ?? this.#bucketsInUse().slice();
    return {
      count: this.#count,
      min: this.min,
      max: this.#max,
      sum: this.#sum,
      compensation: this.#compensation,
      exact,
      firstBucket,
      values,
    };
  }

  /** The histogram that `toTransfer` was called on. */
  static fromTransfer(transfer: HistogramTransfer): Histogram {
    const histogram = new Histogram();
    if (transfer.count === 0) return histogram;
    histogram.#count = transfer.count;
    histogram.#min = transfer.min;
    histogram.#max = transfer.max;
    histogram.#sum = transfer.sum;
    histogram.#compensation = transfer.compensation;
    if (transfer.exact) {
      histogram.#samples?.set(transfer.values);
    } else {
      histogram.#samples = undefined;
      histogram.#buckets = new Float64Array(bucketCount);
      histogram.#buckets.set(transfer.values, transfer.firstBucket);
    }
    return histogram;
  }

  #addToSum(value: number): void {
    const term = value - this.#compensation;
    const sum = this.#sum + term;
    this.#compensation = sum - this.#sum - term;
    this.#sum = sum;
  }

  /** Buckets are the top bits of a double: its exponent and the first bits of its mantissa. */
  #bucketOf(value: number): number {
    if (value === 0) return 0;
    this.#scratch.setFloat64(0, value);
    const key = this.#scratch.getUint32(0) >>> (highWordMantissaBits - subBucketBits);
    return Math.min(Math.max(key - firstBucketKey, 0) + 1, bucketCount - 1);
  }

  #addToBucket(value: number): void {
    const buckets = this.#buckets ?? this.#turnIntoBuckets();
    const index = this.#bucketOf(value);
    buckets[index] = (buckets[index] ?? 0) + 1;
  }

  #turnIntoBuckets(): Float64Array<ArrayBuffer> {
    const buckets = new Float64Array(bucketCount);
    this.#buckets = buckets;
    const samples = this.#samples?.subarray(0, this.#count) ?? [];
    this.#samples = undefined;
    for (const sample of samples) this.#addToBucket(sample);
    return buckets;
  }

  #mergeIntoBuckets(other: Histogram): void {
    const buckets = this.#buckets ?? this.#turnIntoBuckets();
    if (other.#samples !== undefined) {
      for (const sample of other.#samples.subarray(0, other.#count)) this.#addToBucket(sample);
      return;
    }
    const first = other.#bucketOf(other.#min);
    for (const [offset, count] of other.#bucketsInUse().entries()) {
      buckets[first + offset] = (buckets[first + offset] ?? 0) + count;
    }
  }

  #bucketsInUse(): Float64Array<ArrayBuffer> {
    return (this.#buckets ?? new Float64Array(0)).subarray(this.#bucketOf(this.#min), this.#bucketOf(this.#max) + 1);
  }

  /** The samples of rank `below` and of the next one (or the same, if it is the last), as the middles of their buckets. */
  #bucketedPair(below: number): [number, number] {
    const above = Math.min(below + 1, this.#count - 1);
    const first = this.#bucketOf(this.#min);
    let low: number | undefined;
    let seen = 0;
    for (const [offset, count] of this.#bucketsInUse().entries()) {
      seen += count;
      if (low === undefined && seen > below) low = this.#middleOf(first + offset, below);
      if (low !== undefined && seen > above) return [low, this.#middleOf(first + offset, above)];
    }
    return [low ?? this.#max, this.#max];
  }

  /** Middle of a bucket; but the first and the last sample are known exactly. */
  #middleOf(bucket: number, rank: number): number {
    if (rank === 0) return this.#min;
    if (rank === this.#count - 1) return this.#max;
    if (bucket === 0) return 0;
    const power = 2 ** (((bucket - 1) >> subBucketBits) + lowestExponent);
    const part = ((bucket - 1) & (2 ** subBucketBits - 1)) + 0.5;
    return Math.min(Math.max(power * (1 + part / 2 ** subBucketBits), this.#min), this.#max);
  }
}

/** Sorts in place, as the order of samples means nothing. */
function sortedPair(samples: Float64Array, below: number): [number, number] {
  samples.sort();
  const low = samples[below] ?? 0;
  return [low, samples[below + 1] ?? low];
}
