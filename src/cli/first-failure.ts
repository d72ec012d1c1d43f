/**
 * What went wrong first. When a disposal fails after what it was meant to clean up after, the language wraps both into a SuppressedError (by name:
 * not every Node has that class, and then the compiler brings its own).
 */
export function firstFailure(error: Error): Error {
  if (error.name !== 'SuppressedError' || !('suppressed' in error) || !(error.suppressed instanceof Error)) return error;
  return firstFailure(error.suppressed);
}
