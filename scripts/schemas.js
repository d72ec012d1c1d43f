// Writes schemas/<command>.json from the result type that each command file exports, and schemas/error.json.
// With --check it writes nothing and exits with 1 when a schema isn't what its type says.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const commands = join(root, 'src', 'commands');
const folder = join(root, 'schemas');

const types = new Map([['error', 'ErrorJson']]);
for (const path of globSync('**/*.ts', { cwd: commands, exclude: ['**/*.test.ts', '**/*.fixture.ts'] })) {
  types.set(path.replace(/\.ts$/, '').replaceAll(/[\\/]/g, '-'), resultTypeOf(path));
}

const generator = createGenerator({
  path: join(root, 'src/{commands/**/*,cli/error-text}.ts'),
  tsconfig: join(root, 'tsconfig.json'),
  // tsc has checked them, and this generator brings another TypeScript.
  skipTypeCheck: true,
  topRef: false,
  expose: 'none',
});
const schemas = new Map(
  [...types].map(([name, type]) => [`${name}.json`, `${JSON.stringify({ ...generator.createSchema(type), title: type }, undefined, 2)}\n`]),
);

if (process.argv.includes('--check')) check();
else write();

/** The name under which the one exported type of a command file that ends in `Result` is declared: `A` in `export type { A as BResult }`. */
function resultTypeOf(path) {
  const code = readFileSync(join(commands, path), 'utf8');
  const exported = code.matchAll(/^export (?:interface|type) (?:\{[^}]*?)?(?:\b(\w+) as )?\b(\w+Result)\b/gm);
  const names = [...exported].map(([, declared, name]) => declared ?? name);
  if (names.length !== 1) throw new Error(`src/commands/${path} exports ${names.length} types that end in Result; one is needed`);
  return names[0];
}

function check() {
  const present = globSync('*.json', { cwd: folder });
  const stale = [...schemas].filter(([name, text]) => !present.includes(name) || readFileSync(join(folder, name), 'utf8') !== text).map(([name]) => name);
  const left = present.filter((name) => !schemas.has(basename(name)));
  for (const name of stale) console.error(`schemas/${name} isn't what its type says`);
  for (const name of left) console.error(`schemas/${name} has no command`);
  if (stale.length + left.length > 0) {
    console.error('npm run schemas writes them anew');
    process.exitCode = 1;
  }
}

function write() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, text] of schemas) writeFileSync(join(folder, name), text);
}
