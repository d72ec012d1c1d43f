import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wrapUserScript, type WrapOptions } from './script-own.ts';
import { checkSyntax, createFolder } from './scripts.fixture.ts';

/** Wraps `load.js` of these files. */
async function wrap(files: Readonly<Record<string, string | Uint8Array>>, options: WrapOptions = {}, entry = 'load.js') {
  await using folder = await createFolder(files);
  return await wrapUserScript(join(folder.path, entry), options);
}

const body = 'export default function () {}\n';

test('a script is wrapped under its own name, with its text untouched', async () => {
  const script = await wrap({ 'load.js': `import http from 'k6/http';\n${body}` }, { env: { A: '1' } });
  expect([...script.files.keys()]).toEqual(['main.js', 'pricectl.json', 'load.js']);
  expect(script.files.get('load.js')).toBe(`import http from 'k6/http';\n${body}`);
  expect(script).toMatchObject({ isOwn: true, maxVus: null, env: { A: '1' } });
  const main = script.files.get('main.js') ?? '';
  expect(main).toContain("export * from './load.js';\nexport { default } from './load.js';");
  expect(main).not.toContain('price.js');
  await checkSyntax(main);
});

test('a script without a default function gets none', async () => {
  const { files } = await wrap({ 'load.js': 'export const options = {};\nexport function flow() {}\n' });
  expect(files.get('main.js')).not.toContain('export { default }');
  await checkSyntax(files.get('main.js') ?? '(');
});

test('local modules come along, theirs too, each once, under names of a flat folder', async () => {
  const { files } = await wrap({
    'load.js': `import { a } from './lib/a.js';\nimport b from "./b/a.js";\nexport { c } from './lib/deep/c.js';\nimport x from 'https://jslib.k6.io/x.js';\n${body}`,
    'lib/a.js': "import { c } from './deep/c.js';\nexport const a = c;\nexport const later = () => import('../b/a.js');\n",
    'lib/deep/c.js': 'export const c = 1;\n',
    'b/a.js': "import '../load.js';\nexport default 2;\n",
  });
  expect([...files.keys()].slice(2)).toEqual(['load.js', 'a.js', 'a-2.js', 'c.js']);
  expect(files.get('load.js')).toBe(`import { a } from './a.js';\nimport b from "./a-2.js";\nexport { c } from './c.js';\nimport x from 'https://jslib.k6.io/x.js';\n${body}`);
  expect(files.get('a.js')).toBe("import { c } from './c.js';\nexport const a = c;\nexport const later = () => import('./a-2.js');\n");
  expect(files.get('a-2.js')).toBe("import './load.js';\nexport default 2;\n");
});

test('files of our own names make way', async () => {
  const { files } = await wrap({ 'main.js': `import './pricectl.json.js';\n${body}`, 'pricectl.json.js': '' }, {}, 'main.js');
  expect([...files.keys()]).toEqual(['main.js', 'pricectl.json', 'main-2.js', 'pricectl.json.js']);
  expect(files.get('main.js')).toContain("'./main-2.js'");
});

test('data that is opened comes along, beside the module or beside the script', async () => {
  const { files } = await wrap({
    'load.js': `import './lib/a.js';\nconst data = open('./data/ids.csv');\n// open('./none.csv')\nconst text = "open('./none.csv')";\n${body}`,
    'lib/a.js': "const own = open(`./own.txt`);\nconst shared = open('./data/ids.csv', 'b');\nconst meta = open(import.meta.resolve('./own.txt'));\n",
    'lib/own.txt': 'own',
    'data/ids.csv': 'P1\n',
  });
  expect(files.get('load.js')).toContain("const data = open('./ids.csv');\n// open('./none.csv')\nconst text = \"open('./none.csv')\";");
  expect(files.get('a.js')).toBe("const own = open(`./own.txt`);\nconst shared = open('./ids.csv', 'b');\nconst meta = open(import.meta.resolve('./own.txt'));\n");
  expect(files.get('ids.csv')).toBe('P1\n');
  expect(files.get('own.txt')).toBe('own');
});

test('a function of the script that is called open is its own matter', async () => {
  const { files } = await wrap({ 'load.js': `function open(x) { return x; }\nconst y = open(process);\nconst z = y.open(y);\n${body}` });
  expect(files.size).toBe(3);
});

test('TypeScript passes as it is', async () => {
  const text = "import http, { type Response } from 'k6/http';\nimport type { Row } from './types.ts';\nimport { next } from './lib/next.ts';\nexport const options: Record<string, number> = { vus: 1 };\nexport default function (): void { const r: Response = http.get(next<string>('x')); }\n";
  const { files } = await wrap({ 'load.ts': text, 'lib/next.ts': 'export const next = <T>(x: T): T => x;\n' }, {}, 'load.ts');
  expect([...files.keys()].slice(2)).toEqual(['load.ts', 'next.ts']);
  expect(files.get('load.ts')).toBe(text.replace('./lib/next.ts', './next.ts'));
  expect(files.get('main.js')).toContain("from './load.ts'");
});

test('thresholds of the command are added, so that k6 measures their submetrics', async () => {
  const thresholds = { 'http_reqs{status:200}': ['count>5'] };
  const { files } = await wrap({ 'load.js': body }, { thresholds });
  expect(JSON.parse(files.get('pricectl.json') ?? '')).toMatchObject({ thresholds });
});

test.each([
  ['is not there', {}],
  ['is a folder', { 'load.js/x': '' }],
  ['has a syntax error', { 'load.js': 'export default function () {' }],
  ['imports what is not there', { 'load.js': `import './none.js';\n${body}` }],
  ['opens what is not there', { 'load.js': `open('./none.csv');\n${body}` }],
  ['opens a path of run time', { 'load.js': `const n = 1;\nopen('./x' + n);\n${body}` }],
  ['opens a path with a part of run time', { 'load.js': `const n = 1;\nopen(\`./x\${n}\`);\n${body}` }],
  ['opens what is no text', { 'load.js': `open('./x.bin', 'b');\n${body}`, 'x.bin': new Uint8Array([0xff, 0xfe]) }],
  ['is too large', { 'load.js': body + ' '.repeat(1_040_000) }],
  ['is too large with what it brings', { 'load.js': `open('./a');\nopen('./b');\n${body}`, a: 'x'.repeat(600_000), b: 'x'.repeat(600_000) }],
])('a script that %s is refused on one line', async (_, files) => {
  await expect(wrap(files)).rejects.toThrow(expect.objectContaining({ code: 'PRICECTL_E_SCRIPT', message: expect.not.stringContaining('\n') }));
});

test('errors name the place', async () => {
  await expect(wrap({ 'load.js': `const n = 1;\nopen('./x' + n);\n${body}` })).rejects.toThrow(/load\.js, line 2: open\(\)/);
  await expect(wrap({ 'load.js': `import './lib/none.js';\n${body}` })).rejects.toThrow(/none\.js, which .*load\.js names: there is no such file/);
});

test('a limit of the caller counts', async () => {
  const files = { 'load.js': body + ' '.repeat(1_100_000) };
  expect((await wrap(files, { mostBytes: Infinity })).files.size).toBe(3);
});
