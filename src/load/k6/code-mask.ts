/** What a slash begins after such a word or character is a regular expression, not a division. */
const beforeExpression = /(?:^|[([{,;=:?!&|^~+\-*%<>]|=>|\b(?:return|typeof|case|in|of|delete|void|throw|new|do|else|instanceof|yield|await))\s*$/;

/**
 * JavaScript or TypeScript with the contents of its comments, strings, templates and regular expressions blanked out: what is left is code, at its
 * places. What begins a regular expression is told by what stands before it, as highlighters do; a program that tricks that gets more blanks.
 */
export function maskCode(code: string): string {
  const blanks: (readonly [from: number, to: number])[] = [];
  const tokens = /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*"|`|\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*|[{}]/g;
  /** Of each open brace: whether it belongs to a template. */
  const braces: boolean[] = [];
  for (let match = tokens.exec(code); match !== null; match = tokens.exec(code)) {
    const [token] = match;
    const isTemplate = token === '`' || (token === '}' && braces.pop() === true);
    if (token === '{') braces.push(false);
    else if (isTemplate) {
      const end = templateEnd(code, match.index + 1);
      blanks.push([match.index + 1, end.at]);
      if (end.opensBrace) braces.push(true);
      tokens.lastIndex = end.at + (end.opensBrace ? 2 : 1);
    } else if (/^\/[^/*]/.test(token) && !beforeExpression.test(code.slice(Math.max(0, match.index - 40), match.index))) tokens.lastIndex = match.index + 1;
    else if (token.length > 1) blanks.push(token.startsWith('/') ? [match.index, match.index + token.length] : [match.index + 1, match.index + token.length - 1]);
  }
  return blankOut(code, blanks);
}

/** Where a part of a template ends: at its last backtick, or at a substitution. */
function templateEnd(code: string, from: number): { readonly at: number; readonly opensBrace: boolean } {
  for (let at = from; at < code.length; at += 1) {
    if (code[at] === '\\') at += 1;
    else if (code[at] === '`') return { at, opensBrace: false };
    else if (code[at] === '$' && code[at + 1] === '{') return { at, opensBrace: true };
  }
  return { at: code.length, opensBrace: false };
}

function blankOut(code: string, blanks: readonly (readonly [from: number, to: number])[]): string {
  let masked = '';
  let at = 0;
  for (const [from, to] of blanks) {
    masked += code.slice(at, from) + code.slice(from, to).replaceAll(/[^\n]/g, ' ');
    at = to;
  }
  return masked + code.slice(at);
}
