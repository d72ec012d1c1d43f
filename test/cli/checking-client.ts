import { Agent, get } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/** One request that did not get the answer that it should. */
export interface Failure {
  readonly atMs: number;
  readonly what: string;
}

/** What checking clients have seen so far. */
export interface Observations {
  answers: number;
  readonly failures: Failure[];
  /** Every body that was answered, with how often. */
  readonly bodies: Map<string, number>;
}

/** Clients that ask one id over and over, a keep-alive connection each, without sending anything twice. */
export interface CheckingClients extends AsyncDisposable {
  readonly seen: Observations;
}

/**
 * Starts `connections` clients, which pause so many milliseconds after each answer. A status other than 200, or no answer, is a failure; bodies are
 * collected for the test to judge.
 */
export function startCheckingClients(url: string, connections: number, pauseMs = 0): CheckingClients {
  const seen: Observations = { answers: 0, failures: [], bodies: new Map() };
  const stop = new AbortController();
  const clients = Array.from({ length: connections }, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!stop.signal.aborted) {
      try {
        const { status, body } = await ask(url, agent);
        if (status === 200) {
          seen.answers += 1;
          seen.bodies.set(body, (seen.bodies.get(body) ?? 0) + 1);
        } else seen.failures.push({ atMs: performance.now(), what: `status ${status}` });
      } catch (error) {
        seen.failures.push({ atMs: performance.now(), what: String(error) });
      }
      if (pauseMs > 0) await setTimeout(pauseMs);
    }
    agent.destroy();
  });
  return {
    seen,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.all(clients);
    },
  };
}

function ask(url: string, agent: Agent): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent, timeout: 10_000 }, (response) => {
      let body = '';
      response.setEncoding('latin1');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 10 s')));
    request.on('error', reject);
  });
}
