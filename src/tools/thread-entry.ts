import { extname } from 'node:path';

declare global {
  interface ImportMeta {
    /** Written into each file of `dist/image` by scripts/bundle.js, where all modules are one file; undefined where each is its own. */
    readonly bundle?: { readonly version: string };
  }
}

/**
 * Entry of a worker thread: the module `name` beside the one that starts it (whose URL is given), as source or compiled. In a bundle all
 * modules are that one file; as a thread's entry it does the thread's work (the `*bundle-main.ts` of each).
 */
export function threadEntry(name: string, startedBy: string): URL {
  return new URL(import.meta.bundle === undefined ? `./${name}${extname(startedBy)}` : startedBy, startedBy);
}
