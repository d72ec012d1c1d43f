import { expect, test } from 'vitest';
import { type SyntheticRun, syntheticRun } from './compare.fixture.ts';
import { compareRuns } from './compare.ts';
import { testPaired, testUnpaired } from './compare-windows.ts';

/** Numbers that look random and are the same each time (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    const twice = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((twice ^ (twice >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Noise that follows itself from second to second: AR(1) with this correlation and deviation. */
function createNoise(random: () => number, correlation: number, deviation: number): () => number {
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let value = gauss();
  return () => {
    value = correlation * value + gauss() * Math.sqrt(1 - correlation ** 2);
    return value * deviation;
  };
}

/** A run at 800 requests/s, or a ramp of them, whose latency is `factor` times 1 ms, with noise on both. */
function noisyRun(random: () => number, { correlation = 0.3, factor = 1, seconds = 120, ramp = false, rate = 800 } = {}, more: Partial<SyntheticRun> = {}) {
  const ofRate = createNoise(random, correlation, 0.05);
  const ofLatency = createNoise(random, correlation, 0.2);
  return syntheticRun({
    seconds,
    at: (second) => ({ rate: rate * (ramp ? second / seconds : 1) * Math.exp(ofRate()), p50Ms: factor * (ramp ? 1 + second / seconds : 1) * Math.exp(ofLatency()) }),
    ...more,
  });
}

const measureOf = (comparison: ReturnType<typeof compareRuns>, name: string) => comparison.measures.find((measure) => measure.name === name);

const steady = (rate: number) => syntheticRun({ seconds: 60, at: () => ({ rate, p50Ms: 1 }) });

const failing = (failures: (second: number) => number) => syntheticRun({ seconds: 60, at: (second) => ({ rate: 1_000, p50Ms: 1, failed: failures(second) }) });

const withTarget = (seed: number, target: string) => noisyRun(createRandom(seed), {}, { settings: { min: '3', 'cpu-target': target } });

test.each([
  [0, false],
  [0.3, false],
  [0.6, false],
  [0.3, true],
])('runs of one distribution with a correlation of %d from second to second (ramp: %s) differ by no more than noise in 95 %% of cases', (correlation, ramp) => {
  const random = createRandom(11);
  const cases = 400;
  let alarms = 0;
  for (let turn = 0; turn < cases; turn += 1) {
    const { conclusion } = compareRuns(noisyRun(random, { correlation, ramp }), noisyRun(random, { correlation, ramp }));
    if (conclusion === 'different') alarms += 1;
  }
  // 5 % are expected; 2.2 % more are two standard deviations of 400 cases.
  expect(alarms / cases).toBeLessThan(0.072);
});

test('loads that differ are compared unpaired, with as few false alarms', () => {
  const random = createRandom(12);
  let alarms = 0;
  for (let turn = 0; turn < 400; turn += 1) {
    const b = noisyRun(random, { seconds: 200 }, { result: { description: 'another' } });
    const comparison = compareRuns(noisyRun(random), b);
    expect(comparison).toMatchObject({ likeWithLike: false });
    expect(measureOf(comparison, 'http_req_duration p(50)')?.test?.name ?? 'unpaired windows').toBe('unpaired windows');
    if (comparison.conclusion === 'different') alarms += 1;
  }
  expect(alarms / 400).toBeLessThan(0.072);
});

test('latency that is 20 % higher is found in nearly all cases, also on a ramp', () => {
  const random = createRandom(13);
  let found = 0;
  for (let turn = 0; turn < 100; turn += 1) {
    const ramp = turn % 2 === 0;
    const comparison = compareRuns(noisyRun(random, { ramp }), noisyRun(random, { ramp, factor: 1.2 }));
    if (measureOf(comparison, 'http_req_duration p(95)')?.finding === 'higher') found += 1;
  }
  expect(found).toBeGreaterThan(90);
});

test('a found change has its direction, its size and an interval around it', () => {
  const comparison = compareRuns(noisyRun(createRandom(1)), noisyRun(createRandom(2), { factor: 0.5, rate: 1_600 }));
  expect(comparison.conclusion).toBe('different');
  const rate = measureOf(comparison, 'http_reqs');
  const latency = measureOf(comparison, 'http_req_duration p(50)');
  expect(rate?.finding).toBe('higher');
  expect(latency?.finding).toBe('lower');
  expect(rate?.change).toBeCloseTo(1, 1);
  expect(latency?.change).toBeCloseTo(-0.5, 1);
  expect(rate?.test?.low).toBeLessThan(rate?.change ?? 0);
  expect(rate?.test?.high).toBeGreaterThan(rate?.change ?? 0);
});

test('the same runs give the same comparison, and a run is no other than itself', () => {
  const pair = () => compareRuns(noisyRun(createRandom(4)), noisyRun(createRandom(5)));
  expect(pair()).toEqual(pair());
  const one = noisyRun(createRandom(4));
  expect(compareRuns(one, one)).toMatchObject({ conclusion: 'noise', likeWithLike: true, conditions: [] });
});

test('a change under 1 % is noise, however steady it is', () => {
  expect(compareRuns(steady(1_000), steady(1_005)).conclusion).toBe('noise');
  expect(measureOf(compareRuns(steady(1_000), steady(1_020)), 'http_reqs')).toMatchObject({ finding: 'higher', test: { p: 0 } });
});

test('what goes on for long in a short run is not tested, and nothing is concluded', () => {
  const slowing = syntheticRun({ seconds: 60, at: (second) => ({ rate: 800, p50Ms: Math.exp(second / 20) }) });
  const comparison = compareRuns(noisyRun(createRandom(6), { seconds: 60 }), slowing);
  expect(measureOf(comparison, 'http_req_duration p(95)')).toMatchObject({ finding: 'untested', test: null, untested: expect.stringMatching(/windows of \d+ s/) });
  expect(comparison.conclusion).toBe('unknown');
});

test('a few failures of many requests may be chance, many are not; all in one second are told', () => {
  const none = failing(() => 0);
  expect(measureOf(compareRuns(none, failing((second) => (second === 7 ? 3 : 0))), 'http_req_failed')?.finding).toBe('noise');
  const comparison = compareRuns(none, failing((second) => (second === 7 ? 300 : 0)));
  expect(measureOf(comparison, 'http_req_failed')).toMatchObject({ finding: 'higher', a: 0, change: null, test: { name: 'Fisher' } });
  expect(comparison.notes).toEqual(['the 300 failures of B fell within 1 of 60 seconds: one event may have made them all']);
  expect(compareRuns(none, failing(() => 5)).notes).toEqual([]);
});

test.each<[string, NonNullable<SyntheticRun['result']>]>([
  ['engine', { measuredOn: { ...noisyRun(createRandom(1)).result.measuredOn, engine: 'k6' } }],
  ['cores', { measuredOn: { ...noisyRun(createRandom(1)).result.measuredOn, cores: 8 } }],
  ['target', { measuredOn: { ...noisyRun(createRandom(1)).result.measuredOn, target: 'kube' } }],
  ['load', { description: '900 requests/s for 1 m' }],
])('another %s makes the runs measurements of different things', (what, result) => {
  const comparison = compareRuns(noisyRun(createRandom(1)), noisyRun(createRandom(2), {}, { result }));
  expect(comparison.likeWithLike).toBe(false);
  expect(comparison.conditions).toEqual([expect.objectContaining({ what, isOther: true })]);
});

test('other settings are what a comparison is for', () => {
  expect(compareRuns(withTarget(1, '50%'), withTarget(2, '70%'))).toMatchObject({ likeWithLike: true, conditions: [{ what: '--cpu-target', a: '50%', b: '70%', isOther: false }] });
});

test('runs without seconds are compared by their sums', () => {
  const empty = syntheticRun({ seconds: 60, at: () => ({ rate: 10, p50Ms: 1 }) });
  const comparison = compareRuns({ ...empty, series: [] }, empty);
  expect(comparison.conclusion).toBe('unknown');
  expect(measureOf(comparison, 'http_reqs')).toMatchObject({ a: 10, b: 10, untested: expect.stringMatching(/no value/) });
});

test('too little is not tested', () => {
  expect(testPaired([], [])).toMatchObject({ kind: 'untested', reason: 'no-values' });
  expect(testPaired([1, 2, 3], [1, 3, 2])).toMatchObject({ kind: 'untested', reason: 'few-windows' });
  expect(testUnpaired([1], [1, 2])).toMatchObject({ kind: 'untested', reason: 'no-values' });
});
