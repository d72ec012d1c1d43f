/** Most bytes of samples that a runner keeps, as k6 writes them. In a log they are a twentieth of it: less than a kubelet lets a log grow to (10 MiB). */
export const mostSampleBytes = 100_000_000;

/** Name of the container beside k6 that sends the samples. */
export const samplesContainer = 'samples';

/** Where k6 writes them, in a volume of the pod. */
const samplesFile = '/tmp/samples.json';

/** Arguments of `k6 run`. The operator leaves them out for the initializer, which knows no outputs. */
export const samplesArguments: readonly string[] = ['--out', `json=${samplesFile}`];

/**
 * What the container runs. It ends after k6 (the kubelet tells it to), and then writes the samples to its log: gzip, whose end tells whether they are whole, in lines
 * of base64 that no container runtime splits. The size of a file that k6 still writes to can't be limited, but what is over the limit can be dropped from the disk.
 */
const script = `over=
limit() { if [ -n "$(find ${samplesFile} -size +${mostSampleBytes}c 2>/dev/null)" ]; then over=1; : > ${samplesFile}; fi; }
send() { limit; if [ -n "$over" ]; then echo 'more than ${mostSampleBytes / 1_000_000} MB'; else gzip -c ${samplesFile} | base64 -w 8000; fi; exit 0; }
trap send TERM
while :; do limit; sleep 1 & wait $!; done`;

/** A sidecar of a runner (Kubernetes 1.29, `restartPolicy` of an init container): its end doesn't count for the runner's. */
export function samplesSidecar(image: string, escape: (text: string) => string) {
  return {
    name: samplesContainer,
    image,
    restartPolicy: 'Always',
    command: ['sh', '-c', escape(script)],
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '1', memory: '64Mi' } },
  } as const;
}
