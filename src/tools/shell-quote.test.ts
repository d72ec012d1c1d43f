import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { hostileTexts } from '../../test/hostile.ts';
import { shellQuote } from './shell-quote.ts';

/** Numbers that look random, the same ones each time (Numerical Recipes' generator). */
function* numbers(): Generator<number, never> {
  for (let state = 4_711; ; state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) yield state / 2 ** 32;
}

/** Words of all that a word can have: each ASCII character alone and between others, what is hostile, and mixtures with more of what shells act on. */
function words(): readonly string[] {
  const ascii = Array.from({ length: 127 }, (_, index) => String.fromCharCode(index + 1));
  const alphabet = [...ascii, ...'\'"\\$`!*?[]{}()<>|&;~#=^ \n\t-'.split(''), 'ä', '€', '😀', '\u2028', '\u00A0', '\u0085', '\u202E'];
  const chance = numbers();
  const pick = (count: number) => Math.floor(chance.next().value * count);
  const mixtures = Array.from({ length: 2_000 }, () => Array.from({ length: 1 + pick(12) }, () => alphabet[pick(alphabet.length)]).join(''));
  return [...ascii, ...ascii.map((character) => `a${character}b`), ...hostileTexts.filter((text) => !text.includes('\0')), ...mixtures];
}

test.each(['sh', 'bash', 'zsh'])('%s reads each word back as it was, and does nothing else', (shell) => {
  const given = words();
  // As it would be pasted, read from stdin.
  const { status, stdout, stderr, error } = spawnSync(shell, ['-s'], { input: `printf '%s\\0' ${given.map(shellQuote).join(' ')}\n`, encoding: 'utf8', cwd: '/' });
  if (error !== undefined && shell !== 'sh') return;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.split('\0').slice(0, -1)).toEqual(given);
});
