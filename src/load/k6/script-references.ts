import { parse } from 'es-module-lexer';
import { maskCode } from './code-mask.ts';
import { scriptError } from './script-files.ts';

/** Another file that a module names. */
export interface Reference {
  /** Whether it is a module, or data for `open`. */
  readonly kind: 'module' | 'data';
  /** As it is written, escapes resolved. */
  readonly path: string;
  /** Where the text between the quotes is. */
  readonly start: number;
  readonly end: number;
}

/** What a module of a script consists of, as far as packing needs to know. */
export interface ModuleParts {
  readonly references: readonly Reference[];
  readonly hasDefault: boolean;
}

/** A string as the only thing in the parentheses, or as the first of two. */
const literalArgument = /^\s*(import\s*\.\s*meta\s*\.\s*resolve\s*\(\s*)?(['"`])((?:\\.|(?!\2)[^\\\n])*)\2\s*[,)]/;

/** The files of the user's that a module imports or opens. `name` is what errors call it. Throws UsageError `PRICECTL_E_SCRIPT`. */
export function readModule(code: string, name: string): ModuleParts {
  const { imports, hasDefault } = lex(code, name);
  const mask = maskCode(code);
  const required = callsOf('require', mask).flatMap((at) => literalAt(code, at, 'module') ?? []);
  const opened = isDeclared(mask, 'open') ? [] : callsOf('open', mask).map((at) => literalAt(code, at, 'data') ?? runTimePath(code, at, name));
  const references = [...imports, ...required.filter(({ path }) => isLocal(path)), ...opened].toSorted((a, b) => a.start - b.start);
  return { references, hasDefault };
}

function lex(code: string, name: string): { readonly imports: readonly Reference[]; readonly hasDefault: boolean } {
  try {
    const [imports, exports] = parse(code, name);
    return {
      imports: imports.flatMap((found): readonly Reference[] => {
        if (found.type !== 'static' && found.type !== 'reexport-star' && found.type !== 'dynamic') return [];
        const { specifier, start, end, type } = found;
        if (specifier === undefined || !isLocal(specifier) || ('typeOnly' in found && found.typeOnly)) return [];
        const quote = type === 'dynamic' ? 1 : 0;
        return [{ kind: 'module', path: specifier, start: start + quote, end: end - quote }];
      }),
      hasDefault: exports.some((exported) => 'name' in exported && exported.name === 'default'),
    };
  } catch (cause) {
    const place = cause instanceof Error ? /:(\d+):\d+$/.exec(cause.message)?.[1] : undefined;
    throw scriptError(`${name} isn't JavaScript that k6 can read${place === undefined ? '' : `: the fault is in line ${place} or below`}`, [`k6 inspect ${name}`], cause);
  }
}

/** A path of the user's machine; anything else is a module of k6's or an address. */
function isLocal(path: string): boolean {
  return /^(?:\.{0,2}\/|file:)/.test(path);
}

/** Places behind the parenthesis of each call of a global function. */
function callsOf(name: string, mask: string): readonly number[] {
  return Array.from(mask.matchAll(new RegExp(`(?<![.\\w$#])(?<!\\bfunction\\s+)${name}\\s*\\(`, 'g')), (match) => match.index + match[0].length);
}

/** Whether a module has something of its own by that name. */
function isDeclared(mask: string, name: string): boolean {
  return new RegExp(`\\b(?:function|const|let|var|class)\\s+${name}\\b|\\bimport\\b[^;'"]*\\b${name}\\b[^;'"]*\\bfrom\\b`).test(mask);
}

function literalAt(code: string, at: number, kind: Reference['kind']): Reference | undefined {
  const match = literalArgument.exec(code.slice(at));
  const [whole, resolve, quote = '', path] = match ?? [];
  if (whole === undefined || path === undefined || path.includes('\\') || (quote === '`' && path.includes('${'))) return undefined;
  const start = at + whole.indexOf(quote, resolve?.length ?? 0) + 1;
  return { kind, path, start, end: start + path.length };
}

function runTimePath(code: string, at: number, name: string): never {
  const line = code.slice(0, at).split('\n').length;
  throw scriptError(`${name}, line ${line}: open() takes a path that is only known at run time, and the file must come along`, ["write the path itself: open('./data.csv')"]);
}
