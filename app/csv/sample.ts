/** So many values are kept, those of longer columns at random: a median of them is off by a percent of the ranks. */
const most = 10_000;

/** Values of a column for its median and spread, in bounded memory. */
export class Sample {
  private readonly values: number[] = [];
  private seen = 0;

  add(value: number): void {
    this.seen += 1;
    if (this.values.length < most) {
      this.values.push(value);
      return;
    }
    const place = Math.floor(Math.random() * this.seen);
    if (place < most) this.values[place] = value;
  }

  /** Whether every value is here. */
  get complete(): boolean {
    return this.seen <= most;
  }

  sorted(): Float64Array {
    return Float64Array.from(this.values).sort();
  }

  median(): number {
    const all = this.sorted();
    const half = all.length / 2;
    const [low = NaN, high = NaN] = [all[Math.ceil(half) - 1], all[Math.floor(half)]];
    return low / 2 + high / 2;
  }
}
