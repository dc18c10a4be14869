/** A seeded source of random numbers (sfc32). The same seed and the same calls give the same numbers. */
export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  private constructor(a: number, b: number, c: number) {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    for (let i = 0; i < 12; i++) this.next();
  }

  static of(seed: number): Prng {
    return new Prng(seed | 0, Math.floor(seed / 2 ** 32) | 0, 0x9e3779b9);
  }

  /** A source of its own for one part of the run, so that what another part draws doesn't shift it. */
  fork(name: string): Prng {
    let hash = 0x811c9dc5;
    for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return new Prng(this.#a ^ hash, this.#b, this.#c);
  }

  /** From 0 up to but not including 1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  integer(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.next() * items.length)];
  }

  /** Each item with the same probability, in their order. */
  some<T>(items: readonly T[], probability: number): T[] {
    return items.filter(() => this.chance(probability));
  }

  weighted<T>(choices: readonly (readonly [weight: number, choice: T])[]): T {
    let point = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, choice] of choices) {
      point -= weight;
      if (point < 0) return choice;
    }
    const last = choices.at(-1);
    if (last === undefined) throw new Error("there is nothing to choose from");
    return last[1];
  }
}
