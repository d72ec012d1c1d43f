import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');

/** A page of the documentation. */
export interface Guide {
  /** `docs/guide.md` */
  readonly path: string;
  readonly text: string;
}

/** README, CONTRIBUTING, SECURITY and the pages of docs/. */
export async function readGuides(): Promise<readonly Guide[]> {
  const docs = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => join('docs', name));
  return Promise.all(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...docs].map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

/** The texts of a page's code blocks of one language. */
export function codeBlocks(markdown: string, language: string): readonly string[] {
  return [...markdown.matchAll(new RegExp(String.raw`^\`\`\`${language}\n([\s\S]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block);
}

/** What a page has people run: its `sh` blocks, and the `run` and `script` of the pipelines in its `yaml` blocks. */
export function shellBlocks(markdown: string): readonly string[] {
  return [...codeBlocks(markdown, 'sh'), ...codeBlocks(markdown, 'yaml').flatMap((block) => pipelineScripts(parse(block)))];
}

/** The lines of a block as a shell gets them: continued ones in one, without prompt. Comments stay. */
export function shellLines(block: string): readonly string[] {
  return block
    .replaceAll(/\s*\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.replace(/^\s*\$ /, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

const pricectl = /^(?:\w+=\S* )*(?:npx )?(?:\.\/bin\/run\.js|pricectl)(?= |$)/;

/** The commands of a page that run pricectl, one each, without prompt and comment. */
export function commandLines(markdown: string): readonly string[] {
  return shellBlocks(markdown).flatMap(shellLines).flatMap(pricectlCommands);
}

/** The commands of a shell's line that run pricectl, without comment. */
export function pricectlCommands(line: string): readonly string[] {
  return withoutComment(line)
    .split(/&&|\|\||[;|]/)
    .map((command) => command.trim())
    .filter((command) => pricectl.test(command));
}

/** A line without the comment at its end. */
export function withoutComment(line: string): string {
  return line.replace(/\s+#.*$/, '');
}

/** The scripts of a pipeline: each `run` of GitHub Actions, each list `script`, `before_script` and `after_script` of GitLab. */
function pipelineScripts(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    if (key === 'run' && typeof item === 'string') return [item];
    if (/^(before_|after_)?script$/.test(key) && Array.isArray(item)) return [item.join('\n')];
    return pipelineScripts(item);
  });
}
