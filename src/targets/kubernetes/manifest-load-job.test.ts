import { expect, test } from 'vitest';
import { insideUrl, loadConfigMap, loadJob, loadJobName } from './manifest-load-job.ts';
import { ownLabels, podLabels } from './service-objects.ts';

const values = { identity: { namespace: 'pricectl', name: 'price-api' }, suffix: 'abcde', image: 'localhost/price-api:1', request: 'AA==', seconds: 40.5 };
const job: { spec: { activeDeadlineSeconds: number; template: { metadata: { labels: Record<string, string> }; spec: object } } } = JSON.parse(JSON.stringify(loadJob(values)));

test('its labels are ours, and not those of a server', () => {
  const { labels } = job.spec.template.metadata;
  expect(labels).toMatchObject({ ...ownLabels('price-api'), 'app.kubernetes.io/component': 'load', 'pricectl.dev/load-job': 'price-api-load-abcde' });
  expect(labels).not.toMatchObject(podLabels('price-api'));
  for (const object of [loadJob(values), loadConfigMap(values)]) {
    expect(object.metadata).toMatchObject({ namespace: 'pricectl', name: 'price-api-load-abcde', labels: ownLabels('price-api') });
  }
});

test('its pod may nothing that it does not need, and is made once', () => {
  expect(job).toMatchObject({
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: 300,
      activeDeadlineSeconds: 341,
      template: {
        spec: {
          restartPolicy: 'Never',
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, runAsUser: 10_001, runAsGroup: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              image: 'localhost/price-api:1',
              imagePullPolicy: 'IfNotPresent',
              command: ['node', '/app/load.js', '/etc/pricectl/load/request.json.gz'],
              securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
              volumeMounts: [{ mountPath: '/etc/pricectl/load', readOnly: true }],
            },
          ],
          volumes: [{ configMap: { name: 'price-api-load-abcde' } }],
        },
      },
    },
  });
});

test.each([
  ['price-api', 'price-api-load-abcde'],
  ['n'.repeat(63), `${'n'.repeat(41)}-load-abcde`],
  [`${'n'.repeat(40)}-${'m'.repeat(20)}`, `${'n'.repeat(40)}-load-abcde`],
])('the job of %s is %s, which leaves room for the name of its pod', (name, expected) => {
  expect(loadJobName(name, 'abcde')).toBe(expected);
  expect(`${expected}-fghij`.length).toBeLessThanOrEqual(63);
});

test('a service is asked by its short name', () => {
  expect(insideUrl('price-api', 8_080)).toBe('http://price-api:8080');
});
