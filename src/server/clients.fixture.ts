import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { RawClient, requestOf } from './raw-client.fixture.ts';

const price = requestOf('GET', '/price?product_id=P124');

/** Clients that ask for a price on connections kept alive, connect again when told to, and never send a request twice. */
export class Clients {
  /** What went wrong: a wrong answer, none, or a connection that was reset. */
  readonly failures: string[] = [];
  answers = 0;
  connections = 0;
  #isStopped = false;
  readonly #portOf: () => number;
  readonly #running: Promise<void>[] = [];

  /** `portOf` names the port for each new connection. */
  constructor(portOf: () => number) {
    this.#portOf = portOf;
  }

  /** Adds clients that pause up to `pauseMs` between two requests, each time another while. */
  add(count: number, pauseMs: number): void {
    for (let index = 0; index < count; index += 1) this.#running.push(this.#connectAgainAndAgain(pauseMs));
  }

  /** Ends after the answers under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
  }

  async #connectAgainAndAgain(pauseMs: number): Promise<void> {
    while (!this.#isStopped) {
      try {
        const client = await RawClient.connect(this.#portOf());
        this.connections += 1;
        await this.#askOn(client, pauseMs);
        client.close();
      } catch (error) {
        this.failures.push(String(error));
        // Without a server this would be a loop that lets nothing else come to its turn, not even the test's time-out.
        await turn();
      }
    }
  }

  async #askOn(client: RawClient, pauseMs: number): Promise<void> {
    while (!this.#isStopped) {
      const { status, body, headers } = await client.exchange(price);
      this.answers += 1;
      if (status !== 200 || body !== '49.5') this.failures.push(`${status} ${body}`);
      if (headers['connection'] === 'close') {
        const rest = await client.ended();
        if (rest !== '' || client.error !== undefined) this.failures.push(`${client.error}: ${rest}`);
        return;
      }
      if (pauseMs > 0) await delay(pauseMs * Math.random());
    }
  }
}
