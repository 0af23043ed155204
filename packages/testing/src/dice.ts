// Numbers that look random and are the same in each run with the same seed.

export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to `sides` - 1. */
  roll(sides: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 4294967296) * sides);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.roll(list.length)]!;
  }

  /** True once in `sides` times. */
  once(sides: number): boolean {
    return this.roll(sides) === 0;
  }
}
