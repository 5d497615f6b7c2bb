// A client that competes with others for a few items: what it asks for next, at random.
import type { Operation } from './history.js';
import { Random } from './random.js';
import type { HeldLine, Level, Request, Update } from './stock.js';

// What is held and, as far as is known, not closed: anybody may try to close it.
export interface Pool { held: { reservation: string; lines: HeldLine[] }[] }

export class Contender {
  readonly #random: Random;
  #operations = 0;
  #seen = new Map<string, { version: number; levels: readonly Level[] }>();

  constructor(readonly name: string, readonly skus: readonly string[], readonly warehouses: number, readonly pool: Pool, seed: number) {
    this.#random = new Random(seed, name);
  }

  next(): { name: string; request: Request } {
    this.#operations += 1;
    return { name: `${this.name}-${this.#operations}`, request: this.#request() };
  }

  #request(): Request {
    const roll = this.#random.real();
    if (roll < 0.27) return this.#put();
    if (roll < 0.42) return { kind: 'bulk', updates: Array.from({ length: this.#random.integer(2, 4) }, () => this.#update()) };
    if (roll < 0.58) return { kind: 'get', sku: this.#random.pick(this.skus) };
    if (roll < 0.73) return { kind: 'list', skus: [...this.skus] };
    return this.pool.held.length < 8 && this.#random.chance(0.6) ? this.#hold() : this.#close();
  }

  #place() {
    return { sku: this.#random.pick(this.skus), warehouse: this.#random.integer(0, this.warehouses - 1) };
  }

  #update(): Update {
    // Some ask for more than there is.
    const amount = this.#random.chance(0.25) ? { quantity: this.#random.integer(0, 500) } : { delta: this.#random.integer(-90, 90) };
    return { ...this.#place(), ...amount };
  }

  // Now and then on condition that nothing has changed since it looked.
  #put(): Request {
    const update = this.#update();
    const seen = this.#seen.get(update.sku);
    if (seen && this.#random.chance(0.3)) return { kind: 'put', update: { ...update, expected_quantity: seen.levels[update.warehouse].on_hand } };
    if (seen && this.#random.chance(0.2)) return { kind: 'put', update, if_match: seen.version };
    return { kind: 'put', update };
  }

  #hold(): Request {
    const lines = this.#random.sample(this.skus, this.#random.integer(1, 2)).map((sku) => ({ ...this.#place(), sku, quantity: this.#random.integer(1, 120) }));
    return { kind: 'hold', lines };
  }

  #close(): Request {
    if (this.pool.held.length === 0) return this.#hold();
    const { reservation, lines } = this.#random.pick(this.pool.held);
    return { kind: this.#random.chance(0.5) ? 'ship' : 'release', reservation, lines };
  }

  // From what was answered.
  learn({ name, request, outcome }: Operation): void {
    if (request.kind === 'get' && outcome?.kind === 'seen') {
      const [{ version, levels }] = outcome.records;
      this.#seen.set(request.sku, { version: version!, levels });
    }
    if (request.kind === 'hold' && outcome?.kind === 'done') this.pool.held.push({ reservation: name, lines: request.lines });
    const is_closed = outcome?.kind === 'done' || (outcome?.kind === 'refused' && outcome.code === 'RESERVATION_CLOSED');
    if ((request.kind === 'ship' || request.kind === 'release') && is_closed) {
      this.pool.held = this.pool.held.filter(({ reservation }) => reservation !== request.reservation);
    }
  }
}
