import { setTimeout as delay } from 'node:timers/promises';
import { RawClient, requestOf } from '../../src/server/raw-client.fixture.ts';

const ids = Array.from({ length: 40 }, (_, index) => `P${index}`);
const askAll = requestOf('POST', '/prices', [], JSON.stringify({ product_ids: ids }));

/** A list that has the same price for every id, and so names its version in every answer; `rows` of its rows are never asked for. */
export function listOfVersion(version: number, rows = 0): string {
  const others = Array.from({ length: rows }, (_, index) => `other ${index}`);
  return [...ids, ...others].map((id) => `${id},${version}\n`).join('');
}

/** Clients that ask all the time for one price, and for all of them at once, and tell a wrong answer by the lists that have been good until then. */
export class ListClients {
  /** What went wrong: a request without an answer, a version that was never good, one that was good before, or two in one answer. */
  readonly failures: string[] = [];
  /** Answers of each version. */
  readonly answers = new Map<string, number>();
  #good: readonly string[] = [];
  readonly #portOf: () => number;
  readonly #running: Promise<void>[];
  #isStopped = false;

  /** `portOf` names the port for each new connection. */
  constructor(portOf: () => number, count: number) {
    this.#portOf = portOf;
    this.#running = Array.from({ length: count }, () => this.#connectAgainAndAgain());
  }

  /** From now on an answer may be of this version, or of the one before it, which may be under way still. */
  allow(version: number): void {
    this.#good = [...this.#good.slice(-1), String(version)];
  }

  /** How many answers there have been. */
  get count(): number {
    return [...this.answers.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Ends after the answers under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
  }

  async #connectAgainAndAgain(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const client = await RawClient.connect(this.#portOf());
        while (!this.#isStopped && !(await this.#ask(client))) await delay(10 * Math.random());
        client.close();
      } catch (error) {
        this.failures.push(String(error));
        await delay(4);
      }
    }
  }

  /** Asks twice; true when the server has said that the connection ends. */
  async #ask(client: RawClient): Promise<boolean> {
    const one = await client.exchange(requestOf('GET', `/price?product_id=${ids[Math.floor(Math.random() * ids.length)]}`));
    this.#check(one.status, [one.body]);
    if (one.headers['connection'] === 'close') return true;
    const all = await client.exchange(askAll, 'POST');
    this.#check(all.status, all.status === 200 ? pricesIn(all.body) : [all.body]);
    return all.headers['connection'] === 'close';
  }

  #check(status: number, prices: readonly string[]): void {
    const versions = new Set(prices);
    const [version = ''] = versions;
    this.answers.set(version, (this.answers.get(version) ?? 0) + 1);
    if (status !== 200 || versions.size !== 1 || !this.#good.includes(version)) this.failures.push(`${status} ${[...versions].join(' ').slice(0, 200)}`);
  }
}

function pricesIn(body: string): string[] {
  const answer: { readonly prices: Readonly<Record<string, string>>; readonly missing: readonly string[] } = JSON.parse(body);
  return [...Object.values(answer.prices), ...answer.missing];
}
