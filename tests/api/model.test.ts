// Random days in a warehouse, played on the server and on support/model.ts at once: the same answers, the same
// refusals, the same records, also after the server was killed in between. A failing run is its seed (NEXUS_SEED).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model, type Change, type Line } from './support/model.js';
import { start_server } from './support/server.js';
import { ok, type Answer, type BulkRow, type Shop } from './support/shop.js';

const steps = 400;
const seeds = process.env.NEXUS_SEED ? [Number(process.env.NEXUS_SEED)] : [1, 2, 3];
const skus = ['A', 'B', 'C', 'NOPE'];

const server = await start_server();

// Mulberry32: small, and the same everywhere.
function dice(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number) => Math.floor(next() * n);
  return { below, one_of: <T>(values: readonly T[]): T => values[below(values.length)], chance: (percent: number) => next() * 100 < percent };
}

class Play {
  readonly #roll;
  readonly #model = new Model();
  #shop: Shop;
  #orders = 0;

  constructor(shop: Shop, seed: number) {
    this.#shop = shop;
    this.#roll = dice(seed);
  }

  async set_up(): Promise<void> {
    for (const [name, type] of [['North', 'own'], ['FBA', 'FBA'], ['South', 'own']] as const) {
      this.#model.warehouses.push({ id: await this.#shop.add_warehouse(name, type), name, type, is_active: true });
    }
    for (const sku of skus.slice(0, 3)) {
      await this.#shop.add_item(sku);
      this.#model.add_item(sku);
    }
  }

  async step(): Promise<void> {
    const moves = [this.#put, this.#put, this.#bulk, this.#sync, this.#reserve, this.#reserve, this.#ship, this.#ship_part, this.#release, this.#settings, this.#switch];
    await this.#roll.one_of(moves).call(this);
    await this.compare(this.#roll.one_of(skus.slice(0, 3)));
  }

  async compare(sku: string): Promise<void> {
    const { title, version, updated_at, ...record } = await this.#shop.record(sku);
    const warehouses = record.warehouses.map(({ updated_at: _, ...row }) => row);
    assert.deepEqual({ ...record, warehouses }, this.#model.record(sku));
  }

  async compare_all(): Promise<void> {
    for (const sku of skus.slice(0, 3)) {
      await this.compare(sku);
      assert.deepEqual((await this.#shop.adjustments(sku)).map((line) => line.delta), this.#model.items.get(sku)!.history);
    }
    for (const [id, { status, lines }] of this.#model.reservations) {
      const { data } = await ok(this.#shop.reservation(id));
      assert.deepEqual([data.status, data.lines], [status, lines]);
    }
  }

  async power_cut(): Promise<void> {
    await server.kill();
    await server.start();
    this.#shop = this.#shop.again();
    await this.compare_all();
  }

  // The server must have answered as the model did.
  #check(answer: Answer<unknown>, refusal: string | undefined): void {
    const code = (answer.body as { error?: { code: string } } | undefined)?.error?.code;
    assert.equal(code, refusal, JSON.stringify(answer.body));
  }

  #change(): Change {
    const { below, chance, one_of } = this.#roll;
    const change: Change = { warehouse_id: one_of(this.#model.warehouses).id };
    if (chance(50)) change.quantity = chance(5) ? 1_000_000_000_001 : below(60);
    else change.delta = below(60) - 30;
    if (chance(10)) change.expected_quantity = below(30);
    return change;
  }

  async #put(): Promise<void> {
    const [sku, change] = [this.#roll.one_of(skus), this.#change()];
    this.#check(await this.#shop.put(sku, change), this.#model.put(sku, change));
  }

  async #bulk(): Promise<void> {
    const updates: BulkRow[] = Array.from({ length: 1 + this.#roll.below(4) }, () => ({ sku: this.#roll.one_of(skus.slice(0, this.#roll.chance(10) ? 4 : 3)), ...this.#change() }));
    this.#check(await this.#shop.bulk(updates), this.#model.bulk(updates));
  }

  async #sync(): Promise<void> {
    const { one_of, below, chance } = this.#roll;
    const [sku, warehouse] = [one_of(skus), chance(80) ? this.#model.warehouses[1] : one_of(this.#model.warehouses)];
    const row = { sku, warehouse_id: warehouse.id, on_hand: below(40), reserved: below(20) };
    this.#check(await this.#shop.sync([row]), this.#model.sync(sku, row.warehouse_id, row.on_hand, row.reserved));
  }

  async #reserve(): Promise<void> {
    const { one_of, below, chance } = this.#roll;
    const reference = `order-${(this.#orders += 1)}`;
    const lines = Array.from({ length: 1 + below(3) }, () => ({ sku: one_of(skus.slice(0, chance(5) ? 4 : 3)), quantity: 1 + below(15), ...(chance(25) && { warehouse_id: one_of(this.#model.warehouses).id }) }));
    const expected = this.#model.reserve(lines);
    const answer = await this.#shop.reserve({ reference, lines });
    this.#check(answer, typeof expected === 'string' ? expected : undefined);
    if (typeof expected === 'string') return;
    const { data } = answer.body as { data: { id: string; lines: Line[] } };
    assert.deepEqual(data.lines, expected);
    this.#model.hold(data.id, reference, expected);
  }

  #some_reservation(): string | undefined {
    const all = [...this.#model.reservations];
    const held = all.filter(([, { status }]) => status === 'held');
    const choice = held.length > 0 && this.#roll.chance(90) ? held : all;
    return choice.length > 0 ? this.#roll.one_of(choice)[0] : undefined;
  }

  async #ship(): Promise<void> {
    const id = this.#some_reservation();
    if (id) this.#check(await this.#shop.ship(id), this.#model.ship(id));
  }

  async #ship_part(): Promise<void> {
    const id = this.#some_reservation();
    if (!id) return;
    const { lines } = this.#model.reservations.get(id)!;
    const index = this.#roll.below(lines.length);
    const { sku, warehouse_id, quantity } = lines[index];
    // Of two lines of one SKU in one warehouse it does not matter which one is meant: the first one is.
    if (lines.findIndex((line) => line.sku === sku && line.warehouse_id === warehouse_id) !== index) return;
    const part = 1 + this.#roll.below(quantity);
    this.#check(await this.#shop.ship(id, { lines: [{ sku, warehouse_id, quantity: part }] }), this.#model.ship(id, { index, quantity: part }));
  }

  async #release(): Promise<void> {
    const id = this.#some_reservation();
    if (id) this.#check(await this.#shop.release(id), this.#model.release(id));
  }

  async #settings(): Promise<void> {
    const { one_of, below, chance } = this.#roll;
    const sku = one_of(skus.slice(0, 3));
    const [safety_stock, low_threshold, critical_threshold] = [below(10), chance(50) ? null : below(40), chance(50) ? null : below(20)];
    await ok(this.#shop.change_item(sku, { safety_stock, low_threshold, critical_threshold }));
    Object.assign(this.#model.items.get(sku)!, { safety_stock, low: low_threshold, critical: critical_threshold });
  }

  async #switch(): Promise<void> {
    const warehouse = this.#roll.one_of(this.#model.warehouses);
    warehouse.is_active = this.#roll.chance(75);
    await ok(this.#shop.change_warehouse(warehouse.id, { is_active: warehouse.is_active }));
  }
}

for (const seed of seeds) {
  test(`a_random_day_of_seed_${seed}`, async () => {
    const play = new Play(await server.open_shop(), seed);
    await play.set_up();
    for (let step = 1; step <= steps; step += 1) {
      try {
        await play.step();
      } catch (error) {
        throw new Error(`seed ${seed}, step ${step}`, { cause: error });
      }
      if (step % 150 === 0) await play.power_cut();
    }
    await play.compare_all();
  });
}
