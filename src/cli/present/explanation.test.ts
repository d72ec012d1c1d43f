import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { external, makeAutoscaler, makePod, makeScale, makeSight, sightMs, utilization } from '../../targets/kubernetes/autoscaler-sight.fixture.ts';
import { explainSight } from '../../targets/kubernetes/judge-explanation.ts';
import type { AutoscalerSight } from '../../targets/kubernetes/judge-hpa-sight.ts';
import { ToolError } from '../../tools/errors.ts';
import { createExplanationView } from '../explanation-view.ts';
import { plainStyle } from '../style.ts';
import { presentExplanation } from './explanation.ts';

const present = (sight: AutoscalerSight) => presentExplanation(explainSight(sight, null), plainStyle);

test('head, sentence, metric with its band and age, pods that do not count, what comes next, what is not known', () => {
  const sight = makeSight('90m', { scale: makeScale(5) });
  expect(present({ ...sight, pods: [...(sight.pods ?? []), makePod('web-5')] }).split('\n')).toEqual([
    'web, HPA in namespace shop of context prod: 5 replicas of Deployment web (2 to 10)',
    '  CPU 90 % of request, target 50 %: 72 % with the others counted, wants 8; counted as idle: 1 without metric; goes to 8 in 12 s',
    '',
    '  CPU        90 % of request, target 50 %: asks for 8',
    '             from 45 % to 55 % nothing happens',
    '             72 % with the pods below counted',
    '             the oldest reading is 10 s old, an average of up to 15 s',
    '  pods       4 of 5 count',
    '             web-5  counted as idle: nobody has measured it yet',
    '  next       looks in 12 s, then sets 8',
    '',
    '  not known  its looks are counted from the last one that changed its status, every 15 s',
    expect.stringMatching(/^ {13}the controller's flags are taken for their defaults/),
  ]);
});

test('two outcomes, when the change comes at the latest, and the highest of several metrics', () => {
  const autoscaler = makeAutoscaler({ metrics: [utilization('cpu', 50), utilization('memory', 90)] });
  const lines = present(makeSight('10m', { autoscaler })).split('\n');
  expect(lines).toContain('  wish       3, the highest of the metrics');
  expect(lines).toContain('  next       looks in 12 s, then sets 3 to 4');
  expect(lines).toContain('             3 come in 10 s to 312 s if the metrics stay');
});

test('more pods than can be named', () => {
  const pods = Array.from({ length: 14 }, (_, index) => makePod(`web-${index + 1}`));
  const block = present(makeSight('90m', { pods, scale: makeScale(14), autoscaler: makeAutoscaler({ maxReplicas: 20 }) }));
  expect(block.match(/nobody has measured it yet/g)).toHaveLength(10);
});

test('what is off, and what can not be computed', () => {
  expect(present(makeSight('', { scale: makeScale(0) })).split('\n')).toEqual(['web, HPA in namespace shop of context prod: 0 replicas of Deployment web (2 to 10)', '  off: Deployment web is set to 0 replicas']);
  const blind = makeAutoscaler({ metrics: [external('queue', '10')] });
  expect(present(makeSight('', { autoscaler: blind }))).toMatch(/queue {2}unknown, target 10: only the autoscaler reads it, and its status tells no value$/m);
});

async function show(isJson: boolean): Promise<{ readonly lines: readonly string[]; readonly errors: string }> {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const view = await createExplanationView({ output, errors, style: plainStyle, isJson });
  for (const seconds of [0, 2, 4]) view.show({ explanation: explainSight(makeSight('90m', { nowMs: sightMs + seconds * 1_000 }), null) });
  view.show({ failure: new ToolError('PRICECTL_E_KUBE_API', 'no answer') });
  view.show({ explanation: explainSight(makeSight('20m'), null) });
  view[Symbol.dispose]();
  output.end();
  errors.end();
  return { lines: (await text(output)).trim().split('\n'), errors: await text(errors) };
}

test('without a terminal a line comes for each change, not for each countdown', async () => {
  const { lines, errors } = await show(false);
  expect(lines).toEqual([
    '12:00:00Z  4 replicas  CPU 90 % of request, target 50 %: wants 8; goes to 8 in 12 s',
    '12:00:00Z  4 replicas  CPU 20 % of request, target 50 %: wants 2; a window may hold it; may go to 2 in 10 to 312 s',
  ]);
  expect(errors).toBe("can't look: no answer\n");
});

test('as JSON each look is a line', async () => {
  const { lines, errors } = await show(true);
  expect(lines.map((line) => JSON.parse(line).wish)).toEqual([8, 8, 8, 2]);
  expect(errors).toBe("can't look: no answer\n");
});
