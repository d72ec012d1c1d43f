import { isRecord } from '../tools/json.ts';

/** Reads typed fields out of parsed JSON; each method throws TypeError with the field's path when it is something else. */
export class JsonReader {
  readonly #value: unknown;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    this.#value = value;
    this.#path = path;
  }

  field(name: string): JsonReader {
    const record = isRecord(this.#value) ? this.#value : this.#fail('an object');
    return new JsonReader(record[name], `${this.#path}.${name}`);
  }

  items(): readonly JsonReader[] {
    const list: readonly unknown[] = Array.isArray(this.#value) ? this.#value : this.#fail('a list');
    return list.map((item, index) => new JsonReader(item, `${this.#path}[${index}]`));
  }

  text(): string {
    return typeof this.#value === 'string' ? this.#value : this.#fail('a text');
  }

  /** Whether it is null, or isn't there. */
  isNull(): boolean {
    return this.#value === null || this.#value === undefined;
  }

  /** A text; null for null and for a field that isn't there. */
  textOrNull(): string | null {
    return this.isNull() ? null : this.text();
  }

  /** A number of at least `least`; null for null and for a field that isn't there. */
  numberOrNull(least = 0): number | null {
    return this.isNull() ? null : this.number(least);
  }

  flag(): boolean {
    return typeof this.#value === 'boolean' ? this.#value : this.#fail('true or false');
  }

  /** A number of at least `least`. */
  number(least = 0): number {
    return typeof this.#value === 'number' && this.#value >= least ? this.#value : this.#fail(`a number from ${least}`);
  }

  /** One of the given texts. */
  oneOf<const T extends string>(...choices: readonly T[]): T {
    return choices.find((choice) => choice === this.#value) ?? this.#fail(`one of ${choices.join(', ')}`);
  }

  #fail(wanted: string): never {
    throw new TypeError(`${this.#path} is not ${wanted}`);
  }
}
