import { EnvironmentError } from '../tools/errors.ts';

/** The base URL of a service that is up. Throws EnvironmentError `PRICECTL_E_NOT_UP` when it isn't. */
export function urlOf(snapshot: { readonly url: string | null; readonly problem: string | null }): string {
  if (snapshot.url !== null && snapshot.problem === null) return snapshot.url;
  throw notUp(snapshot.problem);
}

/** That the service isn't up, or what is wrong with it. */
export function notUp(problem: string | null = null): EnvironmentError {
  return new EnvironmentError('PRICECTL_E_NOT_UP', problem ?? 'the service is not up', { hints: ['pricectl up', 'pricectl status'] });
}
