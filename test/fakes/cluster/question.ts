/** What somebody wants of the API, in the words of Kubernetes' authorization. */
export interface Question {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';
  /** `pods`, `pods/log`, `deployments.apps/scale`; the path itself for what is no resource, such as `/version`. */
  readonly right: string;
  /** Undefined outside of namespaces. */
  readonly namespace: string | undefined;
  /** Path of the object or the collection, without subresource and query. */
  readonly path: string;
  readonly name: string | undefined;
  readonly sub: string | undefined;
}

const resourcePath = /^(?<version>\/api\/v1|\/apis\/(?<group>[^/]+)\/[^/]+)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+)(?:\/(?<sub>[^/]+))?)?/;
const verbs: Readonly<Record<string, 'create' | 'patch' | 'delete'>> = { POST: 'create', PATCH: 'patch', DELETE: 'delete' };

/** Takes a request apart. */
export function readQuestion(method: string, { pathname, searchParams }: URL): Question {
  const { group, namespace, resource, name, sub, version } = resourcePath.exec(pathname)?.groups ?? {};
  const reading = searchParams.has('watch') ? 'watch' : name === undefined && resource !== undefined ? 'list' : 'get';
  const verb = verbs[method] ?? reading;
  if (resource === undefined) return { verb, right: pathname, namespace: undefined, path: pathname, name: undefined, sub: undefined };
  const right = `${resource}${group === undefined ? '' : `.${group}`}${sub === undefined ? '' : `/${sub}`}`;
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  const path = `${version}${place}/${resource}${name === undefined ? '' : `/${name.split(':', 1)[0]}`}`;
  return { verb, right, namespace, path, name: name?.split(':', 1)[0], sub };
}

/** `patch deployments.apps/scale`: what a rule of RBAC has to allow. */
export function rightOf({ verb, right }: Question): string {
  return `${verb} ${right}`;
}

/** What the API server says of a right that a user doesn't have (k8s.io/apiserver: endpoints/handlers/responsewriters/errors.go). */
export function refusalOf({ verb, right, namespace, name }: Question): string {
  const [resource = '', sub] = right.split('/');
  const [plain, ...group] = resource.split('.');
  if (right.startsWith('/')) return `User "jane" cannot ${verb} path "${right}"`;
  const what = `${resource}${name === undefined ? '' : ` "${name}"`}`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `${what} is forbidden: User "jane" cannot ${verb} resource "${plain}${sub === undefined ? '' : `/${sub}`}" in API group "${group.join('.')}" ${where}`;
}
