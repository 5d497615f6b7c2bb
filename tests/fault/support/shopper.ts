// A client that does everything the API offers, one thing after the other, at random. Each request has its own
// idempotency key, which is its note in the ledger too, and knows what an answer must say.
import { Random } from './random.js';
import type { Model, Reservation } from './model.js';

export interface Operation {
  idempotency_key: string;
  method: string;
  path: string;
  text?: string;
  // Error codes that are a right answer, for the state may have come to differ or the request asks for it.
  refusals: string[];
  // Folds a success into the model.
  succeed(body: any): void;
  refuse?(code: string): void;
}

// What all clients of a tenant work on.
export interface Shop { own: string[]; fba: string; updated: string[]; reservable: string[] }

const held_at_once = 6;
const warehouses_max = 300;

export class Shopper {
  // What was sent and has no outcome yet.
  pending: Operation | undefined;
  #random: Random;
  #operations = 0;
  #held: Reservation[] = [];
  #private_level = 0;
  #warehouses: string[] = [];

  constructor(readonly name: string, readonly model: Model, readonly shop: Shop, seed: number) {
    this.#random = new Random(seed, name);
  }

  next(): Operation {
    this.#operations += 1;
    const roll = this.#random.real();
    if (roll < 0.28) return this.#put();
    if (roll < 0.34) return this.#refused_put();
    if (roll < 0.48) return this.#bulk();
    if (roll < 0.55) return this.#sync();
    if (roll < 0.6) return this.#change_title(this.#random.pick([...this.shop.updated, ...this.shop.reservable]));
    if (roll < 0.86) return this.#held.length < held_at_once && this.#random.chance(0.55) ? this.#hold() : this.#close();
    if (roll < 0.97) return this.#private_item();
    return this.#warehouse();
  }

  #operation(method: string, path: string, body: object | undefined, refusals: string[], succeed: Operation['succeed'], refuse?: Operation['refuse']): Operation {
    return { idempotency_key: this.#key(), method, path, text: body && JSON.stringify(body), refusals, succeed, refuse };
  }

  // Of the operation that is being made.
  #key(): string {
    return `${this.name}-${this.#operations}`;
  }

  #amount(): { quantity: number } | { delta: number } {
    return this.#random.chance(0.4) ? { quantity: this.#random.integer(0, 400) } : { delta: this.#random.integer(-20, 40) };
  }

  #put(): Operation {
    const sku = this.#random.pick([...this.shop.updated, ...this.shop.reservable]);
    const update: Record<string, unknown> = { warehouse_id: this.#random.pick(this.shop.own), ...this.#amount(), reason: 'crash_test', note: this.#key() };
    const refusals = ['NEGATIVE_QUANTITY'];
    if (this.#random.chance(0.1)) {
      update.expected_quantity = this.#random.integer(0, 400);
      refusals.push('QUANTITY_CHANGED');
    }
    return this.#operation('PUT', `/api/inventory/${sku}`, update, refusals, (body) => {
      this.#check_adjustment(body.meta.adjustment, { sku, ...update });
      this.model.add_line(body.meta.adjustment);
    });
  }

  // Every one of these must be refused and leave nothing, the good first row of a bulk included.
  #refused_put(): Operation {
    const sku = this.#random.pick(this.shop.updated);
    const update = (fields: object) => ({ warehouse_id: this.shop.own[0], reason: 'crash_test', note: this.#key(), ...fields });
    const [refusal, bad] = this.#random.pick<[string, object]>([
      ['NEGATIVE_QUANTITY', update({ delta: -1_000_000_000 })],
      ['READONLY_WAREHOUSE', update({ warehouse_id: this.shop.fba, quantity: 5 })],
      ['QUANTITY_CHANGED', update({ delta: 5, expected_quantity: 999_999_999 })],
    ]);
    const succeed = () => this.model.problem(`${JSON.stringify(bad)} was accepted`);
    if (this.#random.chance(0.5)) return this.#operation('PUT', `/api/inventory/${sku}`, bad, [refusal], succeed);
    const updates = [{ sku, ...update({ delta: 1 }) }, { sku, ...bad }];
    return this.#operation('POST', '/api/inventory/bulk', { updates }, [refusal], succeed);
  }

  #bulk(): Operation {
    const is_partial = this.#random.chance(0.4);
    const updates: any[] = Array.from({ length: this.#random.integer(2, 12) }, (_, index) => ({
      sku: this.#random.pick([...this.shop.updated, ...this.shop.reservable]),
      warehouse_id: this.#random.pick(this.shop.own),
      ...this.#amount(),
      reason: 'crash_test',
      note: `${this.#key()}/${index}`,
    }));
    const has_bad = this.#random.chance(0.25);
    if (has_bad) updates[this.#random.integer(0, updates.length - 1)].sku = 'UNKNOWN';
    const refusals = is_partial ? [] : ['NEGATIVE_QUANTITY', ...(has_bad ? ['INVENTORY_NOT_FOUND'] : [])];
    return this.#operation('POST', '/api/inventory/bulk', { updates, ...(is_partial && { mode: 'partial' }) }, refusals, (body) => {
      this.model.expect(body.data.length === updates.length, () => `${this.#key()}: ${body.data.length} entries for ${updates.length} updates`);
      for (const [index, entry] of body.data.entries()) {
        if (entry.error) {
          const right = is_partial && (entry.error.code === 'NEGATIVE_QUANTITY' || (entry.error.code === 'INVENTORY_NOT_FOUND' && updates[index].sku === 'UNKNOWN'));
          this.model.expect(right, () => `a bulk refuses ${JSON.stringify(updates[index])} with ${JSON.stringify(entry)}`);
          continue;
        }
        this.#check_adjustment(entry, updates[index]);
        this.model.add_line(entry);
      }
    });
  }

  #sync(): Operation {
    const rows = this.#random.sample(this.shop.updated, this.#random.integer(1, 6)).map((sku) => ({
      sku, warehouse_id: this.shop.fba, on_hand: this.#random.integer(0, 500), reserved: this.#random.integer(0, 20),
    }));
    return this.#operation('POST', '/api/inventory/sync', { updates: rows }, [], (body) => {
      for (const [index, entry] of body.data.entries()) {
        const { sku, warehouse_id, on_hand, reserved } = rows[index];
        this.#check_adjustment(entry, { sku, warehouse_id, quantity: on_hand, reason: 'marketplace_sync' });
        this.model.add_line(entry, 2);
        const { reported } = this.model.sku(sku);
        if (entry.version > (reported.get(warehouse_id)?.version ?? 0)) reported.set(warehouse_id, { version: entry.version, reserved });
      }
    });
  }

  #change_title(sku: string): Operation {
    const title = `renamed by ${this.#key()}`;
    return this.#operation('PATCH', `/api/inventory/${sku}`, { title }, [], ({ data }) => {
      this.model.expect(data.title === title, () => `a new title of ${sku} is answered with "${data.title}"`);
      this.model.sku(sku).settings(data);
    });
  }

  #hold(): Operation {
    const reference = `order-${this.#key()}`;
    const lines = this.#random.sample(this.shop.reservable, this.#random.integer(1, 3)).map((sku) => ({
      sku, quantity: this.#random.integer(1, 10), ...(this.#random.chance(0.3) && { warehouse_id: this.#random.pick(this.shop.own) }),
    }));
    const body = { reference, lines, ...(this.#random.chance(0.1) && { expires_in_seconds: 1 }) };
    return this.#operation('POST', '/api/reservations', body, ['INSUFFICIENT_STOCK'], ({ data }) => {
      const total = (of: { sku: string; quantity: number }[], sku: string) => of.reduce((sum, line) => sum + (line.sku === sku ? line.quantity : 0), 0);
      for (const { sku } of lines) {
        this.model.expect(total(data.lines, sku) === total(lines, sku), () => `${reference} holds ${JSON.stringify(data.lines)}, not ${JSON.stringify(lines)}`);
      }
      const { id, status, expires_at } = data;
      const reservation = { id, reference, status, lines: data.lines, expires_at };
      this.model.put_reservation(reservation);
      this.model.touch_items_of(reservation.lines);
      this.#held.push(reservation);
    });
  }

  // Ships or releases what it holds, all or a part.
  #close(): Operation {
    const reservation = this.#held.length > 0 ? this.#random.pick(this.#held) : undefined;
    if (!reservation) return this.#hold();
    const { id, reference } = reservation;
    const refusals = reservation.expires_at ? ['RESERVATION_CLOSED'] : [];
    const drop = () => this.#held.splice(this.#held.indexOf(reservation), 1);
    const refuse = (code: string) => {
      if (code === 'RESERVATION_CLOSED') drop();
    };
    const close = (status: string) => {
      this.model.put_reservation({ ...reservation, status });
      drop();
    };
    const check = (data: any, status: string) => this.model.expect(data.id === id && data.status === status, () => `${id} should be ${status}: ${JSON.stringify(data)}`);

    if (this.#random.chance(0.3)) {
      return this.#operation('POST', `/api/reservations/${id}/release`, undefined, refusals, ({ data }) => {
        check(data, 'released');
        this.model.touch_items_of(reservation.lines);
        close('released');
      }, refuse);
    }
    refusals.push('NEGATIVE_QUANTITY');
    const first = reservation.lines[0];
    if (first.quantity > 1 && this.#random.chance(0.4)) {
      const part = { ...first, quantity: first.quantity - 1 };
      return this.#operation('POST', `/api/reservations/${id}/ship`, { lines: [part] }, refusals, ({ data }) => {
        check(data, 'held');
        this.model.add_shipped([part], reference);
        reservation.lines = [{ ...first, quantity: 1 }, ...reservation.lines.slice(1)];
        this.model.put_reservation(reservation);
      }, refuse);
    }
    return this.#operation('POST', `/api/reservations/${id}/ship`, undefined, refusals, ({ data }) => {
      check(data, 'shipped');
      this.model.add_shipped(reservation.lines, reference);
      close('shipped');
    }, refuse);
  }

  // An item that nobody else touches comes, changes and goes.
  #private_item(): Operation {
    const sku = `P-${this.name}`;
    const item = this.model.sku(sku);
    const path = `/api/inventory/${sku}`;
    if (!item.exists) {
      const body = { sku, title: `made by ${this.#key()}`, safety_stock: this.#random.integer(0, 9) };
      return this.#operation('POST', '/api/inventory', body, [], ({ data }) => {
        item.exists = true;
        item.settings(data);
      });
    }
    if (this.#private_level === 0 && this.#random.chance(0.4)) {
      return this.#operation('DELETE', path, undefined, [], () => {
        item.exists = false;
        item.changes += 1;
      });
    }
    if (this.#random.chance(0.3)) return this.#change_title(sku);
    const quantity = this.#private_level === 0 ? this.#random.integer(1, 50) : 0;
    const update = { warehouse_id: this.shop.own[0], quantity, reason: 'crash_test', note: this.#key() };
    return this.#operation('PUT', path, update, [], (body) => {
      this.#check_adjustment(body.meta.adjustment, { sku, ...update });
      this.model.add_line(body.meta.adjustment);
      this.#private_level = quantity;
    });
  }

  #warehouse(): Operation {
    const name = `Warehouse ${this.#key()}`;
    const keep = ({ data }: any) => {
      this.model.expect(data.name === name, () => `"${name}" is answered with ${JSON.stringify(data)}`);
      if (!this.model.warehouses.has(data.id)) this.#warehouses.push(data.id);
      this.model.warehouses.set(data.id, { id: data.id, name: data.name, is_active: data.is_active });
    };
    if (this.model.warehouses.size < warehouses_max && (this.#warehouses.length === 0 || this.#random.chance(0.2))) {
      return this.#operation('POST', '/api/inventory/warehouses', { name, type: 'own' }, [], keep);
    }
    if (this.#warehouses.length === 0) return this.#put();
    const path = `/api/inventory/warehouses/${this.#random.pick(this.#warehouses)}`;
    return this.#operation('PATCH', path, { name, is_active: this.#random.chance(0.5) }, [], keep);
  }

  #check_adjustment(adjustment: any, update: any): void {
    const { sku, warehouse_id, before_quantity: before, after_quantity: after, delta, reason, note } = adjustment;
    const is_right = sku === update.sku && warehouse_id === update.warehouse_id && reason === update.reason && note === update.note
      && delta === after - before && after >= 0 && before >= 0
      && (update.quantity === undefined ? delta === update.delta : after === update.quantity)
      && (update.expected_quantity === undefined || before === update.expected_quantity);
    this.model.expect(is_right, () => `${JSON.stringify(update)} is answered with ${JSON.stringify(adjustment)}`);
  }
}
