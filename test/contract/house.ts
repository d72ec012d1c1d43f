/** Files that share their rules: a folder of `src`, or the files whose path begins so. */
export interface Room {
  /** Path below `src`, or its beginning. */
  readonly path: string;
  /** What the files may import beside their own top folder. */
  readonly imports: readonly string[];
  /** Restricted packages that the files may import. */
  readonly packages?: readonly string[];
  /** No I/O and no clock: what they know comes in by arguments. */
  readonly isPure?: true;
}

const features = ['autoscale/', 'load/', 'prices/', 'report/', 'targets/'];

/**
 * The rooms of the house (docs/decisions/0001-layers.md): imports go down, and what is restricted comes in by one door.
 * The last room that a file lies in counts. Read by oxlint.config.ts and by layer-rules.ts.
 */
export const rooms: readonly Room[] = [
  { path: 'commands/', imports: ['cli/', 'workflows/', ...features, 'tools/'], packages: ['@oclif/core'] },
  { path: 'commands/serve.ts', imports: ['cli/', 'workflows/', ...features, 'tools/', 'server/'], packages: ['@oclif/core'] },
  { path: 'cli/', imports: ['workflows/', 'web/', ...features, 'tools/'], packages: ['@oclif/core', 'leven', 'listr2', 'log-update'] },
  { path: 'workflows/', imports: [...features, 'tools/'] },
  { path: 'autoscale/', imports: ['tools/errors.ts'], isPure: true },
  { path: 'load/', imports: ['tools/'] },
  { path: 'load/profile', imports: ['tools/errors.ts'], isPure: true },
  { path: 'load/summary', imports: ['tools/errors.ts'], isPure: true },
  { path: 'load/threshold', imports: ['tools/errors.ts'], isPure: true },
  { path: 'load/sinks', imports: ['tools/errors.ts'], isPure: true },
  { path: 'load/merge', imports: ['tools/errors.ts'], isPure: true },
  { path: 'load/compare', imports: ['tools/errors.ts'], isPure: true },
  { path: 'load/node/', imports: ['tools/'], packages: ['undici'] },
  { path: 'load/in-cluster/', imports: ['tools/', 'targets/kubernetes/'] },
  { path: 'load/k6/', imports: ['tools/'], packages: ['es-module-lexer'] },
  { path: 'load/k6-operator/', imports: ['tools/', 'targets/kubernetes/'] },
  { path: 'prices/', imports: ['tools/'] },
  { path: 'report/', imports: ['load/', 'autoscale/', 'tools/'] },
  { path: 'targets/', imports: ['autoscale/', 'prices/', 'tools/'] },
  { path: 'targets/local/', imports: ['autoscale/', 'prices/', 'tools/'], packages: ['node:child_process'] },
  { path: 'targets/kubernetes/manifest', imports: ['autoscale/', 'prices/', 'tools/errors.ts', 'tools/kube-objects.ts'], packages: ['yaml'], isPure: true },
  { path: 'targets/kubernetes/judge', imports: ['autoscale/', 'prices/', 'tools/errors.ts', 'tools/kube-objects.ts', 'tools/shell-quote.ts'], isPure: true },
  { path: 'web/', imports: ['tools/'] },
  { path: 'tools/', imports: [], packages: ['node:child_process'] },
  { path: 'tools/process.ts', imports: [], packages: ['execa', 'node:child_process'] },
  { path: 'tools/http.ts', imports: [], packages: ['undici'] },
  { path: 'tools/kube-api', imports: [], packages: ['undici'] },
  { path: 'server/', imports: ['prices/', 'tools/errors.ts', 'tools/secrets.ts'], packages: ['express', 'prom-client'] },
];

/** Folders of `src`, each with the slash. */
export const folders: readonly string[] = [...new Set(rooms.map((room) => topFolder(room.path)))];

/** Packages that only some rooms may import. Other packages may be imported nowhere, other modules of Node by all but pure rooms. */
export const restrictedPackages: readonly string[] = [...new Set(rooms.flatMap((room) => room.packages ?? [])), 'node:cluster'];

/** The top folder of a path below `src`, with the slash. */
export function topFolder(path: string): string {
  return path.slice(0, path.indexOf('/') + 1);
}

/** The room that a file lies in, or undefined outside of the house. */
export function roomOf(path: string): Room | undefined {
  return rooms.findLast((room) => path.startsWith(room.path));
}
