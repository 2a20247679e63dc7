/** A file that cannot be read, for a reason that the person can do something about. */
export class BadFile extends Error {
  /** Of the text that says it. */
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
  constructor(key: string, values: Readonly<Record<string, string | number>> = {}) {
    super(key);
    this.key = key;
    this.values = values;
  }
}
