import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { Histogram } from '../histogram.ts';
import { receiveSinks } from '../recorder.ts';
import type { WorkerReport } from './messages.ts';
import { okResponse, type RawRequest, type RawServer, startRawServer } from './raw-server.fixture.ts';
import { parseServiceUrl } from './service-url.ts';
import { testCertificate } from './tls.fixture.ts';
import { clientFactory, WorkerLoad } from './worker-load.ts';

/** The reports of 2 virtual users that load a server for a time, or until it is asked to end them. */
async function load({ url }: RawServer, durationMs: number, enough?: Promise<void>): Promise<readonly WorkerReport[]> {
  const profile = { name: 'custom', scenario: { executor: 'constant-vus', vus: 2, durationMs }, thinkTimeMs: 0, thresholds: {}, gracefulStopMs: 5_000 } as const;
  const request = { profile, url, ids: ['P1'], resend: true, requestTimeoutMs: 5_000 };
  const createClient = await clientFactory(parseServiceUrl(url));
  return new Promise((resolve) => {
    const reports: WorkerReport[] = [];
    const worker = new WorkerLoad({ request, slot: { index: 0, count: 1 } }, createClient, (report) => {
      reports.push(report);
      if (report.type === 'result') resolve(reports);
    });
    worker.obey({ type: 'start' });
    void enough?.then(() => worker.obey({ type: 'stop' }));
  });
}

test('reports each second, the rest of the last one, and the result', async () => {
  const reports = await load(await startRawServer(({ socket }) => setTimeout(() => socket.write(okResponse), 5)), 1_200);
  const samples = reports.flatMap((report) => (report.type === 'sample' ? report.sample : []));
  const result = reports.at(-1);
  expect(reports.map(({ type }) => type)).toEqual(['sample', 'sample', 'result']);
  expect(samples.map(({ isLast, activeVus, allocatedVus }) => [isLast, activeVus, allocatedVus])).toEqual([[false, 2, 2], [true, 0, 2]]);
  const [first = 0, second = 0] = samples.map(({ durations }) => Histogram.fromTransfer(durations).count);
  expect([samples[0]?.requests, samples[1]?.requests]).toEqual([first, first + second]);
  expect(result?.type === 'result' && receiveSinks(result.result.metrics).get('http_reqs')).toMatchObject({ count: first + second });
});

test('over TLS counts what the server counts', async () => {
  const trusted = getCACertificates();
  setDefaultCACertificates([testCertificate.cert]);
  onTestFinished(() => setDefaultCACertificates(trusted));
  const enough = Promise.withResolvers<void>();
  // A user asks again when it has its answer: once both wait in vain, they have all the others.
  const answered = 50;
  const answer = ({ number, socket }: RawRequest) => {
    if (number <= answered) socket.write(okResponse);
    if (number === answered + 2) enough.resolve();
  };
  const server = await startRawServer(answer, testCertificate);
  const result = (await load(server, 30_000, enough.promise)).at(-1);
  const metrics = result?.type === 'result' ? receiveSinks(result.result.metrics) : new Map();
  expect(metrics.get('checks')).toMatchObject({ passes: answered, total: answered });
  expect(server.connections).toBe(2);
});
