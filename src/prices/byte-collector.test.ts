import { expect, test } from 'vitest';
import { ByteCollector } from './byte-collector.ts';
import { createRandom } from './prices.fixture.ts';

test('puts chunks of any size together, whatever number of bytes was expected', () => {
  const random = createRandom(5);
  for (let round = 0; round < 200; round += 1) {
    const chunks = Array.from({ length: Math.floor(random() * 6) }, () => Buffer.from('0123456789'.repeat(5).slice(0, Math.floor(random() * 40))));
    const whole = Buffer.concat(chunks).toString();
    for (const expected of [undefined, whole.length, 0, 13, 1_000]) {
      const collector = new ByteCollector('the list', expected, { partBytes: 16 });
      for (const chunk of chunks) collector.append(chunk);
      expect(collector.length).toBe(whole.length);
      expect(Buffer.from(collector.finish()).toString()).toBe(whole);
    }
  }
});

test('copies nothing when there are as many bytes as were expected', () => {
  const collector = new ByteCollector('the list', 3);
  collector.append(Uint8Array.of(1, 2));
  collector.append(Uint8Array.of(3));
  expect(collector.finish()).toBe(collector.finish());
});

test('collects no more than what a list may take of the memory', () => {
  const collector = new ByteCollector('the list', undefined, { partBytes: 8, memoryBytes: 40 });
  for (let chunk = 0; chunk < 2; chunk += 1) collector.append(Buffer.alloc(10));
  const more = () => collector.append(Buffer.alloc(1));
  expect(more).toThrow(expect.objectContaining({ kind: 'environment', code: 'PRICECTL_E_PRICES_MEMORY', message: expect.stringMatching(/^the list: not enough memory: .* half of the 40 B/) }));
});
