// Choices that a seed repeats.

export class Random {
  #state: number;

  constructor(...seed: (number | string)[]) {
    let hash = 0x811c9dc5;
    for (const character of seed.join('/')) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
    this.#state = hash >>> 0;
  }

  // In [0, 1).
  real(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  // From `low` to `high`, both included.
  integer(low: number, high: number): number {
    return low + Math.floor(this.real() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.real() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.integer(0, from.length - 1)];
  }

  // `count` different ones, in a random order.
  sample<T>(from: readonly T[], count: number): T[] {
    const rest = [...from];
    const chosen: T[] = [];
    while (chosen.length < count && rest.length > 0) chosen.push(...rest.splice(this.integer(0, rest.length - 1), 1));
    return chosen;
  }
}

// The run's seed: FAULT_SEED where a run is to be repeated. Every test prints it.
export const seed = Number(process.env.FAULT_SEED ?? Math.floor(Math.random() * 2 ** 31));

// How often a test breaks the server, unless FAULT_CYCLES asks for more.
export const cycles = (usual: number) => Number(process.env.FAULT_CYCLES ?? usual);
