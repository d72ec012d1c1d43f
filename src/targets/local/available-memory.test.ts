import { totalmem } from 'node:os';
import { expect, test } from 'vitest';
import { availableMemory, parseVmStat } from './available-memory.ts';
import { refuseTooLarge } from './prices-step.ts';

test('what is available is part of what there is', async () => {
  const bytes = await availableMemory();
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(totalmem());
});

test("macOS' pages that nobody needs count as available", () => {
  const output = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                                3522.
Pages active:                            230000.
Pages inactive:                          228511.
Pages speculative:                         1489.
Pages wired down:                        120000.
Pages purgeable:                           1478.
`;
  expect(parseVmStat(output)).toBe((3_522 + 228_511 + 1_489 + 1_478) * 16_384);
  expect(parseVmStat('vm_stat: unknown')).toBeUndefined();
});

test('price lists that need more than is free are refused with the number that fits', () => {
  expect(() => refuseTooLarge(100e6, 10, 1e9)).not.toThrow();
  expect(() => refuseTooLarge(100e6, 10, 999e6)).toThrow(
    expect.objectContaining({ code: 'PRICECTL_E_MEMORY', kind: 'environment', hints: ['pricectl up --max 9'] }),
  );
});
