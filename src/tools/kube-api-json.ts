/**
 * An answer of the API server as the type that its documentation names for the path. The server checks all that it stores against its own
 * schema, so a check of ours could only repeat that, and would have to know every field of every object.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the type with the path
export function asDocumented<T>(answer: unknown): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where the server's word is taken
  return answer as T;
}
