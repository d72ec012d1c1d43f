import { expect, test } from 'vitest';
import { maskCode } from './code-mask.ts';

test.each([
  ['a comment', "f(); // open('x')\ng();", `f(); ${' '.repeat(12)}\ng();`],
  ['a comment of lines', '/* open(\n */ g()', '        \n    g()'],
  ['a string', "const a = 'open(\\'b\\')' + \"open(c)\";", "const a = '           ' + \"       \";"],
  ['a regular expression', 'const r = /open\\(["/]x/g; f("");', 'const r =               ; f("");'],
  ['a division is none', 'a / open(b) / c', 'a / open(b) / c'],
  ['a template and the code in it', '`open(${open(`b${1}`)} c`; open(x)', '`     ${open(` ${1}`)}  `; open(x)'],
  ['braces within a template', '`${{ a: `}` }}`; f()', '`${{ a: ` ` }}`; f()'],
])('%s', (_, code, masked) => {
  expect(maskCode(code)).toBe(masked);
});

test('a string that is never closed ends with its line', () => {
  expect(maskCode("it's /* x */ y")).toBe("it's         y");
});
