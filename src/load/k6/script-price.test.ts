import { expect, test } from 'vitest';
import { quantileGrid } from '../merge-grid.ts';
import { k6Options } from './script-options.ts';
import { generateScript } from './script-price.ts';
import { checkSyntax, loadRequest } from './scripts.fixture.ts';

const read = (files: ReadonlyMap<string, string>, name: string): unknown => JSON.parse(files.get(name) ?? '');

test('the options are the profile', () => {
  const request = loadRequest({ vus: 3, durationMs: 2_000, thinkTimeMs: 250, thresholds: ['http_req_duration:p(95)<9'] });
  const script = generateScript(request);
  expect(read(script.files, 'settings.json')).toEqual({
    url: 'http://127.0.0.1:8080',
    thinkTimeMs: 250,
    requestTimeoutMs: 60_000,
    options: k6Options(request.profile, 'pricectl'),
  });
  expect(script).toMatchObject({ maxVus: 3, isOwn: false, env: {} });
});

test('the files are those of a flat folder, and modules that can be read', async () => {
  const { files } = generateScript(loadRequest({ vus: 1, durationMs: 1_000 }));
  expect([...files.keys()].toSorted()).toEqual(['ids.json', 'main.js', 'price.js', 'pricectl.json', 'settings.json']);
  await checkSyntax(files.get('main.js') ?? '(');
  await checkSyntax(files.get('price.js') ?? '(');
});

test('the grid that is merged is the grid that is asked for', () => {
  const { files } = generateScript(loadRequest({ vus: 1, durationMs: 1_000 }));
  expect(read(files, 'pricectl.json')).toEqual({ grid: quantileGrid, thresholds: {} });
});

test('ids come along as they are, but for half characters', () => {
  const { files } = generateScript(loadRequest({ vus: 1, durationMs: 1_000 }, { ids: ['P1', 'é "x"', '\ud800'], url: 'https://shop.test/api/' }));
  expect(read(files, 'ids.json')).toEqual(['P1', 'é "x"', '\ufffd']);
  expect(read(files, 'settings.json')).toMatchObject({ url: 'https://shop.test/api' });
});

test('the most virtual users are those of the profile', () => {
  expect(generateScript(loadRequest({ rate: '500/s', durationMs: 1_000 })).maxVus).toBe(500);
  expect(generateScript(loadRequest({ stages: '1s:7,1s:3' })).maxVus).toBe(7);
});

test('more ids than a ConfigMap holds are refused, unless nobody needs one', () => {
  const request = loadRequest({ vus: 1, durationMs: 1_000 }, { ids: Array.from({ length: 100_000 }, (_, index) => `P${index}-abcdefgh`) });
  expect(() => generateScript(request)).toThrow(expect.objectContaining({ code: 'PRICECTL_E_SCRIPT', hints: expect.arrayContaining(['--engine k6 takes any number']) }));
  expect(generateScript(request, Infinity).files.size).toBe(5);
});

test('a URL that no service has is refused', () => {
  expect(() => generateScript(loadRequest({ vus: 1, durationMs: 1_000 }, { url: 'http://127.0.0.1/?x=1' }))).toThrow(expect.objectContaining({ code: 'PRICECTL_E_USAGE' }));
});
