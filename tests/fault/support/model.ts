// What must be in the store: everything that was acknowledged, folded together from the answers themselves.

// One line of the ledger. The version is known where an answer told it.
export interface Line { id: string; warehouse_id: string; before: number; after: number; reason: string; note?: string; version?: number }

export interface ReservationLine { sku: string; warehouse_id: string; quantity: number }

export interface Reservation { id: string; reference: string; status: string; lines: ReservationLine[]; expires_at?: string }

export interface Warehouse { id: string; name: string; is_active: boolean }

// Without its secret when its maker never got the answer.
export interface Key { tenant_id: string; name: string; secret?: string; is_revoked: boolean }

export interface Acknowledged { idempotency_key: string; method: string; path: string; text?: string; status: number; answer: string }

export class Sku {
  exists = false;
  title = '';
  safety_stock = 0;
  settings_version = 0;
  // How often the record changed: its version, once all of the changes are in.
  changes = 0;
  // Lines that were acknowledged and not yet seen in the history, by id; and those of shipments, whose answers do not
  // show them, by what they must say, with their number.
  readonly fresh = new Map<string, Line>();
  readonly shipped = new Map<string, number>();
  // Lines seen in the history by an audit, oldest first, and what they left on hand in each warehouse.
  readonly audited: Line[] = [];
  readonly on_hand = new Map<string, number>();
  // What marketplaces last said is reserved, by warehouse.
  readonly reported = new Map<string, { version: number; reserved: number }>();

  constructor(readonly sku: string) {}

  settings(record: { title: string; safety_stock: number; version: number }): void {
    this.changes += 1;
    if (record.version < this.settings_version) return;
    this.title = record.title;
    this.safety_stock = record.safety_stock;
    this.settings_version = record.version;
  }
}

export const shipped_line = (line: ReservationLine, reference: string) => `${line.warehouse_id} ${-line.quantity} ${reference}`;

export class Model {
  readonly skus = new Map<string, Sku>();
  readonly reservations = new Map<string, Reservation>();
  readonly warehouses = new Map<string, Warehouse>();
  // What was made at the host: tenants' names, and API keys, by id; and the keys that changed since the last audit.
  readonly tenants = new Map<string, string>();
  readonly keys = new Map<string, Key>();
  readonly touched_keys = new Set<string>();
  // Reservations that changed since the last audit.
  readonly touched = new Set<string>();
  // All that succeeded, newest last; old ones are forgotten.
  readonly acknowledged: Acknowledged[] = [];
  readonly counts = { acknowledged: 0, administered: 0, refused: 0, unknown: 0, unknown_done: 0, replayed: 0, audits: 0, lines: 0 };
  // Answers that no sound server gives.
  readonly problems: string[] = [];

  sku(sku: string): Sku {
    let found = this.skus.get(sku);
    if (!found) this.skus.set(sku, (found = new Sku(sku)));
    return found;
  }

  problem(text: string): void {
    this.problems.push(text);
  }

  expect(condition: boolean, text: () => string): void {
    if (!condition) this.problem(text());
  }

  acknowledge(call: Acknowledged): void {
    this.counts.acknowledged += 1;
    this.acknowledged.push(call);
    if (this.acknowledged.length > 20_000) this.acknowledged.splice(0, 10_000);
  }

  // A line that an answer showed. `changes` is what the record's version grew by.
  add_line(adjustment: any, changes = 1): void {
    const sku = this.sku(adjustment.sku);
    this.expect(!sku.fresh.has(adjustment.id), () => `${adjustment.id} was given to two writes`);
    sku.fresh.set(adjustment.id, as_line(adjustment));
    sku.changes += changes;
  }

  put_reservation(reservation: Reservation): void {
    this.reservations.set(reservation.id, reservation);
    this.touched.add(reservation.id);
  }

  put_key(id: string, key: Key): void {
    this.keys.set(id, key);
    this.touched_keys.add(id);
  }

  add_shipped(lines: ReservationLine[], reference: string): void {
    for (const line of lines) {
      const sku = this.sku(line.sku);
      const key = shipped_line(line, reference);
      sku.shipped.set(key, (sku.shipped.get(key) ?? 0) + 1);
      sku.changes += 2;
    }
  }

  touch_items_of(lines: ReservationLine[]): void {
    for (const line of lines) this.sku(line.sku).changes += 1;
  }

  // By SKU and warehouse, the sum of the held reservations' lines.
  held(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const { status, lines } of this.reservations.values()) {
      if (status !== 'held') continue;
      for (const line of lines) {
        const place = `${line.sku} ${line.warehouse_id}`;
        sums.set(place, (sums.get(place) ?? 0) + line.quantity);
      }
    }
    return sums;
  }
}

export function as_line(adjustment: any): Line {
  const { id, warehouse_id, before_quantity, after_quantity, reason, note, version } = adjustment;
  return { id, warehouse_id, before: before_quantity, after: after_quantity, reason, note, version };
}
