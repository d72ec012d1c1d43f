import * as Flags from '@oclif/core/flags';
import {
  parseCpuQuantity,
  parseImage,
  parseMachineMemory,
  parseMemoryQuantity,
  parsePercent,
  parseRegistry,
} from './flag-values.ts';
import { durationFlag, env, switchFlag, textFlag } from './plain-flags.ts';

/** A flag that may be given several times. */
const repeatableFlag = (name: string, description: string, helpValue: string) =>
  Flags.string({ env: env(name), description, helpValue, multiple: true, multipleNonGreedy: true });

/** A switch that is on unless `--no-NAME`. */
export const optOutFlag = (name: string, description: string) => Flags.boolean({ env: env(name), description, allowNo: true, default: true });

/** A whole number within bounds. */
export const integerFlag = (name: string, description: string, min: number, max: number) =>
  Flags.integer({ env: env(name), description, helpValue: 'N', min, max });

/** A part of a core as Kubernetes writes it (`100m`, `0.5`), in millicores. */
const cpuFlag = (name: string, description: string) =>
  Flags.custom<number>({ env: env(name), description, helpValue: 'CPU', parse: async (text) => parseCpuQuantity(text, `--${name}`) })();

/** Memory as Kubernetes writes it (`256Mi`), in bytes. */
const memoryFlag = (name: string, description: string) =>
  Flags.custom<number>({ env: env(name), description, helpValue: 'MEMORY', parse: async (text) => parseMemoryQuantity(text, `--${name}`) })();

/** A text that is checked and passed on. */
export const checkedFlag = (name: string, description: string, helpValue: string, parse: (text: string, flag: string) => string) =>
  Flags.custom({ env: env(name), description, helpValue, parse: async (text) => parse(text, `--${name}`) })();

/** A whole percentage, with or without the sign. */
const percentFlag = (name: string, description: string) =>
  Flags.custom<number>({ env: env(name), description, helpValue: 'PERCENT', parse: async (text) => parsePercent(text, `--${name}`) })();

/** A TCP port. */
export const portFlag = (name: string, description: string) => integerFlag(name, description, 1, 65_535);

/** Flags that say what a service runs with. Without defaults: what isn't given comes from file, running service or default. */
export const serviceFlags = {
  prices: textFlag('prices', 'price list: a file of ID,PRICE lines, or an http(s) URL', 'FILE|URL'),
  min: integerFlag('min', 'fewest replicas [default: 3]', 1, 1_000),
  max: integerFlag('max', 'most replicas [default: 10]', 1, 1_000),
  'cpu-target': percentFlag('cpu-target', 'CPU that the autoscaler steers to, in percent of the request [default: 50]'),
  'cpu-request': cpuFlag('cpu-request', 'CPU that a replica requests [default: 100m]'),
  'scale-down-window': durationFlag('scale-down-window', 'how long a lower wish must last [default: 5m]'),
  port: portFlag('port', 'port of the service [default: 8080]'),
  'sync-period': durationFlag('sync-period', 'how often the emulated autoscaler looks (local) [default: 15s]'),
  'metric-resolution': durationFlag('metric-resolution', 'how often CPU is measured [default: 15s]'),
};

/** Flags that say what a service on a cluster runs with, beside `serviceFlags`. */
export const clusterFlags = {
  'cpu-limit': cpuFlag('cpu-limit', 'CPU that a replica may use (clusters) [default: 500m]'),
  'memory-limit': memoryFlag('memory-limit', 'memory of a replica (clusters) [default: what a reload of the prices needs + 25 %, at least 128Mi]'),
  'service-type': Flags.option({
    options: ['ClusterIP', 'NodePort', 'LoadBalancer'] as const,
    env: env('service-type'),
    description: 'how the Service is reached (clusters) [default: LoadBalancer on minikube, else ClusterIP]',
  })(),
  image: checkedFlag('image', 'image of the price server that is there already (clusters) [default: one that is built]', 'IMAGE', parseImage),
  registry: checkedFlag('registry', 'registry that a built image is pushed to (clusters)', 'REGISTRY', parseRegistry),
  'base-image': checkedFlag('base-image', 'image with Node that a built one starts from (clusters) [default: node:26-bookworm-slim]', 'IMAGE', parseImage),
  cpus: integerFlag('cpus', "cores of our minikube profile [default: minikube's choice]", 1, 1_024),
  memory: checkedFlag('memory', "memory of our minikube profile, as 4g [default: minikube's choice]", 'MEMORY', parseMachineMemory),
};

/** Flags that say what makes the load, and where. */
export const engineFlags = {
  engine: Flags.option({
    options: ['node', 'k6', 'k6-operator'] as const,
    env: env('engine'),
    description: 'what makes the load [default: node on local and with --in-cluster, else k6-operator]',
  })(),
  'in-cluster': switchFlag('in-cluster', 'node engine: make the load in the cluster of the service, by a job'),
  parallelism: integerFlag('parallelism', 'k6 engines: processes or pods that share the load [default: 1 for k6, 2 for k6-operator]', 1, 1_000),
  script: textFlag('script', 'k6 engines: a k6 script of your own, in place of a profile', 'FILE'),
  'k6-binary': textFlag('k6-binary', 'k6 engine: the program [default: k6 on the PATH]', 'FILE'),
  'operator-bundle': textFlag('operator-bundle', 'k6-operator engine: manifests to install it from when it is missing [default: those of its project, v1.6.0]', 'FILE'),
  raw: switchFlag('raw', 'k6 engines: keep every sample in the run folder, 4 to 5 kB a request; of k6-operator at most 100 MB a runner'),
  keep: switchFlag('keep', 'k6-operator engine: leave its objects in the cluster'),
};

/** Flags that say what load to make. */
export const loadFlags = {
  vus: integerFlag('vus', 'virtual users [default: 100; alone they ramp up, stay and ramp down over 9 minutes]', 1, 100_000),
  stages: textFlag('stages', 'ramp of virtual users, as 2m:100,5m:100,2m:0', 'DURATION:VUS,...'),
  duration: durationFlag('duration', 'length with a constant number of virtual users, or of --rate'),
  rate: textFlag('rate', 'constant arrival rate, as 500/s; no thinking', 'N/s'),
  'think-time': durationFlag('think-time', 'pause of a virtual user after each request [default: 1s]'),
  ids: textFlag('ids', 'file of ids to ask for, one a line [default: ids of the price list]', 'FILE'),
  threshold: repeatableFlag('threshold', "what must hold, as 'http_req_duration:p(95)<200'; repeatable [default: http_req_failed:rate==0 and checks:rate==1]", 'METRIC:EXPRESSION'),
  resend: optOutFlag('resend', 'send a request once more when a re-used connection ends before its response, as k6 does [default: on]'),
};
