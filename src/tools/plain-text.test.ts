import { expect, test } from 'vitest';
import { plainText } from './plain-text.ts';

test.each([
  ['colours', '\u001B[31;1mred\u001B[0m', 'red'],
  ['titles of windows', 'a\u001B]0;pwned\u0007b', 'ab'],
  ['cleared screens', '\u001B[2J\u001B[Hx', 'x'],
  ['other control characters', 'a\u0000\u0008\u007F\u009B31mb', 'ab'],
  ['lines that are written over, which become lines', '10%\r20%\rerror: x\r\ny', '10%\n20%\nerror: x\ny'],
  ['line breaks of other systems', 'a\r\n\r\nb\r\r\nc\r\n', 'a\n\nb\nc\n'],
  ['a return at either end, which is no line', '\r20%\r', '20%'],
  ['a return beside escape sequences', 'a\u001B[K\r\u001B[Kb', 'a\nb'],
  ['turned text', 'a\u202Egnp.exe\u2069', 'agnp.exe'],
  ['lines and letters, which stay', 'zwei\n\tZeilen: ü 价 👩‍💻', 'zwei\n\tZeilen: ü 价 👩‍💻'],
])('%s', (_, text, plain) => {
  expect(plainText(text)).toBe(plain);
});
