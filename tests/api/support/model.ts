// What the API promises about stock, written down a second time and as plainly as possible: no server, no HTTP.
// Every write returns the error code that the server must answer with, or undefined for a success.

export interface Level { on_hand: number; reserved: number }
export interface ModelWarehouse { id: string; name: string; type: 'own' | 'FBA'; is_active: boolean }
export interface Line { sku: string; warehouse_id: string; quantity: number }
export interface ModelReservation { reference: string; status: 'held' | 'shipped' | 'released'; lines: Line[] }
export interface ModelItem { safety_stock: number; low: number | null; critical: number | null; levels: Map<string, Level>; history: number[] }
export interface Change { warehouse_id: string; quantity?: number; delta?: number; expected_quantity?: number }

export const largest = 1_000_000_000_000;

export class Model {
  warehouses: ModelWarehouse[] = [];
  items = new Map<string, ModelItem>();
  reservations = new Map<string, ModelReservation>();

  add_item(sku: string): void {
    this.items.set(sku, { safety_stock: 0, low: null, critical: null, levels: new Map(), history: [] });
  }

  put(sku: string, change: Change): string | undefined {
    const refusal = this.#judge(sku, change);
    if (refusal === undefined) this.#set(sku, change.warehouse_id, this.#result(sku, change));
    return refusal;
  }

  // All or none: the code is the first refusal's.
  bulk(updates: (Change & { sku: string })[]): string | undefined {
    const before = structuredClone(this.items);
    let first: string | undefined;
    for (const update of updates) {
      const refusal = this.put(update.sku, update);
      first ??= refusal;
    }
    if (first !== undefined) this.items = before;
    return first;
  }

  sync(sku: string, warehouse_id: string, on_hand: number, reserved: number): string | undefined {
    if (!this.items.has(sku)) return 'INVENTORY_NOT_FOUND';
    const warehouse = this.#warehouse(warehouse_id);
    if (warehouse.type !== 'FBA') return 'WAREHOUSE_NOT_READONLY';
    if (!warehouse.is_active) return 'WAREHOUSE_INACTIVE';
    this.#set(sku, warehouse_id, on_hand);
    this.#level(sku, warehouse_id).reserved = reserved;
    return undefined;
  }

  // Where the lines would be taken from, or why they cannot be.
  reserve(lines: { sku: string; quantity: number; warehouse_id?: string }[]): Line[] | string {
    if (lines.some((line) => !this.items.has(line.sku))) return 'INVENTORY_NOT_FOUND';
    const named = lines.flatMap((line) => (line.warehouse_id ? [this.#warehouse(line.warehouse_id)] : []));
    if (named.some((warehouse) => warehouse.type === 'FBA')) return 'READONLY_WAREHOUSE';
    if (named.some((warehouse) => !warehouse.is_active)) return 'WAREHOUSE_INACTIVE';
    const taken: Line[] = [];
    const left = new Map<string, Map<string, number>>();
    for (const { sku, quantity, warehouse_id } of lines) {
      if (!left.has(sku)) left.set(sku, new Map(this.available(sku)));
      const rows = left.get(sku)!;
      let rest = quantity;
      for (const [id, available] of rows) {
        if (warehouse_id ? id !== warehouse_id : this.#warehouse(id).type === 'FBA') continue;
        const part = Math.min(rest, available);
        if (part === 0) continue;
        taken.push({ sku, warehouse_id: id, quantity: part });
        rows.set(id, available - part);
        rest -= part;
      }
      if (rest > 0) return 'INSUFFICIENT_STOCK';
    }
    return taken;
  }

  hold(id: string, reference: string, lines: Line[]): void {
    this.reservations.set(id, { reference, status: 'held', lines: structuredClone(lines) });
    for (const line of lines) this.#level(line.sku, line.warehouse_id).reserved += line.quantity;
  }

  // Ships everything, or only the line of this index, one piece of it.
  ship(id: string, part?: { index: number; quantity: number }): string | undefined {
    const reservation = this.reservations.get(id)!;
    if (reservation.status !== 'held') return 'RESERVATION_CLOSED';
    const leaving = part ? [{ ...reservation.lines[part.index], quantity: part.quantity }] : reservation.lines;
    if (leaving.some((line) => !this.#warehouse(line.warehouse_id).is_active)) return 'WAREHOUSE_INACTIVE';
    const before = structuredClone(this.items);
    for (const line of leaving) {
      const level = this.#level(line.sku, line.warehouse_id);
      if (level.on_hand < line.quantity) {
        this.items = before;
        return 'NEGATIVE_QUANTITY';
      }
      level.reserved -= line.quantity;
      this.#set(line.sku, line.warehouse_id, level.on_hand - line.quantity);
    }
    const all = reservation.lines.reduce((sum, line) => sum + line.quantity, 0);
    if (leaving.reduce((sum, line) => sum + line.quantity, 0) === all) reservation.status = 'shipped';
    else if (part) {
      reservation.lines[part.index].quantity -= part.quantity;
      reservation.lines = reservation.lines.filter((line) => line.quantity > 0);
    }
    return undefined;
  }

  release(id: string): string | undefined {
    const reservation = this.reservations.get(id)!;
    if (reservation.status !== 'held') return 'RESERVATION_CLOSED';
    for (const line of reservation.lines) this.#level(line.sku, line.warehouse_id).reserved -= line.quantity;
    reservation.status = 'released';
    return undefined;
  }

  // By warehouse, oldest first: what may be promised from there.
  available(sku: string): Map<string, number> {
    const { levels, safety_stock } = this.items.get(sku)!;
    const rows = this.warehouses.filter((warehouse) => levels.has(warehouse.id)).map((warehouse) => ({ warehouse, ...levels.get(warehouse.id)! }));
    const active = rows.filter((row) => row.warehouse.is_active);
    let withheld = safety_stock + active.reduce((sum, row) => sum + Math.max(0, row.reserved - row.on_hand), 0);
    const available = new Map(rows.map((row) => [row.warehouse.id, 0]));
    for (const readonly of [false, true]) {
      for (const row of active) {
        if ((row.warehouse.type === 'FBA') !== readonly) continue;
        const free = Math.max(0, row.on_hand - row.reserved);
        const kept = Math.min(free, withheld);
        withheld -= kept;
        available.set(row.warehouse.id, free - kept);
      }
    }
    return available;
  }

  // The record as the API shows it, without what only the server can know.
  record(sku: string) {
    const item = this.items.get(sku)!;
    const available = this.available(sku);
    const rows = this.warehouses.filter((one) => item.levels.has(one.id)).map((one) => ({
      warehouse_id: one.id, name: one.name, ...item.levels.get(one.id)!, available: available.get(one.id)!, ...(one.type === 'own' ? {} : { type: one.type }),
    }));
    const sum = (field: 'on_hand' | 'reserved' | 'available') => rows.reduce((total, row) => total + row[field], 0);
    const [critical, low] = [item.critical ?? item.safety_stock, item.low ?? 2 * item.safety_stock];
    const total = sum('available');
    const status = total === 0 ? 'out_of_stock' : total <= critical ? 'critical' : total <= low ? 'low' : 'normal';
    return { sku, total_on_hand: sum('on_hand'), total_reserved: sum('reserved'), total_available: total, safety_stock: item.safety_stock, status, warehouses: rows, low_threshold: low, critical_threshold: critical };
  }

  #judge(sku: string, change: Change): string | undefined {
    if (!this.items.has(sku)) return 'INVENTORY_NOT_FOUND';
    const warehouse = this.#warehouse(change.warehouse_id);
    if (warehouse.type === 'FBA') return 'READONLY_WAREHOUSE';
    if (!warehouse.is_active) return 'WAREHOUSE_INACTIVE';
    if (change.expected_quantity !== undefined && change.expected_quantity !== this.#on_hand(sku, change.warehouse_id)) return 'QUANTITY_CHANGED';
    const result = this.#result(sku, change);
    if (result < 0) return 'NEGATIVE_QUANTITY';
    return result > largest ? 'QUANTITY_TOO_LARGE' : undefined;
  }

  #result(sku: string, { warehouse_id, quantity, delta }: Change): number {
    return quantity ?? this.#on_hand(sku, warehouse_id) + delta!;
  }

  #on_hand(sku: string, warehouse_id: string): number {
    return this.items.get(sku)!.levels.get(warehouse_id)?.on_hand ?? 0;
  }

  #set(sku: string, warehouse_id: string, on_hand: number): void {
    const before = this.#on_hand(sku, warehouse_id);
    this.#level(sku, warehouse_id).on_hand = on_hand;
    this.items.get(sku)!.history.unshift(on_hand - before);
  }

  #level(sku: string, warehouse_id: string): Level {
    const { levels } = this.items.get(sku)!;
    if (!levels.has(warehouse_id)) levels.set(warehouse_id, { on_hand: 0, reserved: 0 });
    return levels.get(warehouse_id)!;
  }

  #warehouse(id: string): ModelWarehouse {
    return this.warehouses.find((warehouse) => warehouse.id === id)!;
  }
}
