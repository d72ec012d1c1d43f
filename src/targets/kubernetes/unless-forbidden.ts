import { KubeApiError } from '../../tools/kube-api.ts';

/** An answer of the API; undefined when the user may not have it, as is usual on shared clusters. Throws any other failure. */
export async function unlessForbidden<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 403) return undefined;
    throw error;
  }
}
