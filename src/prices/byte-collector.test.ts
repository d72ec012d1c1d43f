import { expect, test } from 'vitest';
import { ByteCollector } from './byte-collector.ts';
import { createRandom } from './prices.fixture.ts';

test('puts chunks of any size together, whatever number of bytes was expected', () => {
  const random = createRandom(5);
  for (let round = 0; round < 200; round += 1) {
    const chunks = Array.from({ length: Math.floor(random() * 6) }, () => Buffer.from('0123456789'.repeat(5).slice(0, Math.floor(random() * 40))));
    const whole = Buffer.concat(chunks).toString();
    for (const expected of [undefined, whole.length, 0, 13, 1_000]) {
      const collector = new ByteCollector('the list', expected, 16);
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
