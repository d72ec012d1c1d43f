/** The part of autocannon 9 that is used here; it brings no types. */
declare module 'autocannon' {
  interface Run extends Promise<{ readonly errors: number; readonly non2xx: number }> {
    on(event: 'tick', listener: (tick: { readonly counter: number }) => void): this;
  }
  export default function autocannon(options: { readonly url: string; readonly connections: number; readonly duration: number }): Run;
}
