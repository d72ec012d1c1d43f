import { expect, test } from 'vitest';
import { plainText } from './plain-text.ts';

test.each([
  ['colours', '\u001B[31;1mred\u001B[0m', 'red'],
  ['titles of windows', 'a\u001B]0;pwned\u0007b', 'ab'],
  ['cleared screens', '\u001B[2J\u001B[Hx', 'x'],
  ['other control characters', 'a\u0000\u0008\r\u007F\u009B31mb', 'ab'],
  ['turned text', 'a\u202Egnp.exe\u2069', 'agnp.exe'],
  ['lines and letters, which stay', 'zwei\n\tZeilen: ü 价 👩‍💻', 'zwei\n\tZeilen: ü 价 👩‍💻'],
])('%s', (_, text, plain) => {
  expect(plainText(text)).toBe(plain);
});
