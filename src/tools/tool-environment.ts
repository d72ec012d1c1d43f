import type { Environment } from './files.ts';

/** The programs that we drive. */
export type ToolName = 'kubectl' | 'minikube' | 'docker' | 'kind' | 'k3d' | 'k6';

/**
 * What every one of them may need: where programs and the user's own files are, the language of messages, the way out of a company's network
 * and whom to trust there, the agent that holds SSH keys (`DOCKER_HOST=ssh://`), the session bus and GnuPG (where helpers keep passwords), and what
 * tells a program that it runs under WSL.
 */
const common = [
  /^(?:PATH|HOME|USER|LOGNAME|TMPDIR|TZ|LANG|LANGUAGE|LC_\w+|XDG_\w+)$/,
  /^(?:HTTP|HTTPS|NO|ALL|FTP)_PROXY$/i,
  /^SSL_CERT_(?:FILE|DIR)$/,
  /^(?:SSH_AUTH_SOCK|DBUS_SESSION_BUS_ADDRESS|GNUPGHOME|PASSWORD_STORE_DIR)$/,
  /^WSL\w+$/,
];

/** Where the user's clusters are, and kubectl's own switches. */
const kubeconfig = [/^KUBECONFIG$/, /^KUBERC$/, /^KUBECTL_\w+$/];

/**
 * Credentials of clouds: contexts of EKS, GKE, AKS and others have kubectl run a plugin that logs in with them, and registries of these clouds have
 * docker run a helper that does. The rest finds the plugin (version managers) or shows its login page.
 */
const cloudLogin = [
  /^(?:AWS|GOOGLE|CLOUDSDK|AZURE|AAD|ARM|OCI|DIGITALOCEAN|IBMCLOUD|LINODE|HCLOUD|TELEPORT|TSH|VAULT|KUBELOGIN)_\w+$/,
  /^USE_GKE_GCLOUD_AUTH_PLUGIN$/,
  /^(?:ASDF|MISE|PYENV|NIX)_\w+$/,
  /^(?:DISPLAY|WAYLAND_DISPLAY|BROWSER)$/,
];

/** Which engine docker talks to and how it builds, of docker, of what builds on it, and of podman in its place. */
const engine = [/^(?:DOCKER|BUILDKIT|BUILDX|CONTAINER|CONTAINERS)_\w+$/, /^(?:CONTAINER_HOST|REGISTRY_AUTH_FILE)$/];

/** minikube's own switches, those of its drivers, and ours: what stands for minikube on a PATH may be a wrapper that is told by them. */
const minikube = [/^(?:MINIKUBE|CHANGE_MINIKUBE|LIBVIRT|PODMAN|PRICECTL)_\w+$/];

/**
 * What a k6 script may be told of the network, and our own switches. None that shapes the load, like K6_VUS: it would count more than the script's
 * options, and what is measured wouldn't be what was asked for.
 */
const k6 = [/^K6_(?:DNS|HOSTS|LOCAL_IPS|INSECURE_SKIP_TLS_VERIFY|SETUP_TIMEOUT|TEARDOWN_TIMEOUT|HANDLE_SUMMARY_TIMEOUT|BROWSER_\w+)$/, /^PRICECTL_\w+$/];

const allowed: Readonly<Record<ToolName, readonly RegExp[]>> = {
  kubectl: [...common, ...kubeconfig, ...cloudLogin],
  docker: [...common, ...engine, ...cloudLogin],
  minikube: [...common, ...kubeconfig, ...engine, ...minikube],
  kind: [...common, ...kubeconfig, ...engine, /^KIND_\w+$/],
  k3d: [...common, ...kubeconfig, ...engine, /^K3D_\w+$/],
  k6: [...common, ...k6],
};

/**
 * The part of our environment that a tool gets. What isn't listed stays here: secrets of other programs, and what tunes Node or a shell, which
 * would change what the tool does in ways that we haven't seen.
 */
export function toolEnvironment(tool: ToolName, env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => allowed[tool].some((pattern) => pattern.test(name))));
}
