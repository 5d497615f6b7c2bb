// A client that competes with others for a few items: what it asks for next, at random.
import type { Operation } from './history.js';
import { Random } from './random.js';
import type { HeldLine, Level, Request, SyncRow, Update } from './stock.js';

// What all contenders know: what is held and, as far as is known, not closed, which anybody may try to close; and how
// many rows were synced, for each has another quantity, by which the ledger knows it.
export interface Pool { held: { reservation: string; lines: HeldLine[] }[]; synced: number }

const synced_base = 10_000;

export class Contender {
  readonly #random: Random;
  #operations = 0;
  #seen = new Map<string, { version: number; levels: readonly Level[] }>();

  // What it asks for next in any case.
  #intended: Request | undefined;
  // The last SKU comes and goes; the others are synced, too.
  readonly #lasting: readonly string[];
  readonly #passing: string;

  // `warehouses` are written to, and one more is synced.
  constructor(readonly name: string, readonly skus: readonly string[], readonly warehouses: number, readonly pool: Pool, seed: number) {
    this.#random = new Random(seed, name);
    this.#lasting = skus.slice(0, -1);
    this.#passing = skus.at(-1)!;
  }

  next(): { name: string; request: Request } {
    this.#operations += 1;
    return { name: `${this.name}-${this.#operations}`, request: this.#request() };
  }

  #request(): Request {
    const intended = this.#intended;
    this.#intended = undefined;
    if (intended) return intended;
    const roll = this.#random.real();
    if (roll < 0.24) return this.#put();
    if (roll < 0.37) return { kind: 'bulk', updates: this.#updates(), ...(this.#random.chance(0.4) && { is_partial: true }) };
    if (roll < 0.43) return this.#sync();
    if (roll < 0.51) return this.#come_or_go();
    if (roll < 0.63) return { kind: 'get', sku: this.#random.pick(this.skus) };
    if (roll < 0.74) return { kind: 'list', skus: [...this.skus] };
    return this.pool.held.length < 8 && this.#random.chance(0.6) ? this.#hold() : this.#close();
  }

  #place() {
    return { sku: this.#random.pick(this.skus), warehouse: this.#random.integer(0, this.warehouses - 1) };
  }

  #updates(): Update[] {
    return Array.from({ length: this.#random.integer(2, 4) }, () => this.#update());
  }

  #sync(): Request {
    const rows: SyncRow[] = this.#random.sample(this.#lasting, this.#random.integer(1, 2)).map((sku) => {
      this.pool.synced += 1;
      return { sku, warehouse: this.warehouses, on_hand: synced_base + this.pool.synced, reserved: this.#random.integer(0, 50) };
    });
    return { kind: 'sync', rows };
  }

  // An item can go when nothing is in it: it is emptied first, and perhaps filled by others before it goes.
  #come_or_go(): Request {
    const sku = this.#passing;
    if (this.#random.chance(0.5)) return this.#random.chance(0.5) ? { kind: 'create', sku } : { kind: 'delete', sku };
    this.#intended = { kind: 'delete', sku };
    return { kind: 'bulk', updates: Array.from({ length: this.warehouses }, (_, warehouse) => ({ sku, warehouse, quantity: 0 })) };
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
    const skus = this.#random.chance(0.1) ? this.skus : this.#lasting;
    const lines = this.#random.sample(skus, this.#random.integer(1, 2)).map((sku) => ({ ...this.#place(), sku, quantity: this.#random.integer(1, 120) }));
    return { kind: 'hold', lines, ...(this.#random.chance(0.25) && { expires: true }) };
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
    if (outcome?.kind === 'refused' && outcome.code === 'INVENTORY_NOT_FOUND' && this.#random.chance(0.1)) this.#intended = { kind: 'create', sku: this.#passing };
    // Most of what expires is left to that.
    if (request.kind === 'hold' && outcome?.kind === 'done' && (!request.expires || this.#random.chance(0.3))) this.pool.held.push({ reservation: name, lines: request.lines });
    const is_closed = outcome?.kind === 'done' || (outcome?.kind === 'refused' && outcome.code === 'RESERVATION_CLOSED');
    if ((request.kind === 'ship' || request.kind === 'release') && is_closed) {
      this.pool.held = this.pool.held.filter(({ reservation }) => reservation !== request.reservation);
    }
  }
}
