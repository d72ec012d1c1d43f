/** What identifies the data that a server answers from. */
export interface PriceData {
  /** Number of price lines. */
  readonly rows: number;
  /** Size of the price file in bytes. */
  readonly bytes: number;
  /** SHA-256 of the file's bytes, lower-case hex. */
  readonly sha256: string;
}

/** A parsed, indexed and immutable price file. */
export interface PriceTable extends PriceData {
  /** The price of an id as it stands in the file, or undefined. Ids are compared byte for byte as UTF-8. */
  lookup(id: string): string | undefined;
  /** The id in the given row, counted from 0 in the order of the file. Throws RangeError outside `0 .. rows - 1`. */
  idAt(row: number): string;
  /** Memory that the table holds: the file's bytes and its index. */
  readonly memoryBytes: number;
}
