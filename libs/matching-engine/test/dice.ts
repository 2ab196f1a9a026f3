/** A seeded source of small numbers (mulberry32). */
export class Dice {
  constructor(private state: number) {}

  /** 0 … sides − 1 */
  roll(sides: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * sides);
  }

  pick<T>(...items: T[]): T {
    return items[this.roll(items.length)]!;
  }

  /** True once in so many. */
  oneIn(sides: number): boolean {
    return this.roll(sides) === 0;
  }
}
