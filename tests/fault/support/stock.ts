// A store that does one operation after the other: what each must answer, and what it leaves. Items have no safety
// stock here, and warehouses are active and known by their number in the order of creation; the last one is a
// marketplace's, which is synced and not written to, the others are.

export interface Level { on_hand: number; reserved: number }

// The levels stand in the order of the warehouses. A deleted item keeps its version.
export interface Item { version: number; levels: readonly Level[]; is_deleted?: boolean }

export interface Update { sku: string; warehouse: number; quantity?: number; delta?: number; expected_quantity?: number }

// What a marketplace says.
export interface SyncRow { sku: string; warehouse: number; on_hand: number; reserved: number }

export interface HeldLine { sku: string; warehouse: number; quantity: number }

export type Request =
  | { kind: 'put'; update: Update; if_match?: number }
  | { kind: 'bulk'; updates: Update[]; is_partial?: boolean }
  // On different SKUs.
  | { kind: 'sync'; rows: SyncRow[] }
  | { kind: 'create'; sku: string }
  | { kind: 'delete'; sku: string }
  | { kind: 'get'; sku: string }
  | { kind: 'list'; skus: string[] }
  | { kind: 'hold'; lines: HeldLine[]; expires?: boolean }
  // Nobody asks for an expiry: the store does it by itself, at a time of its own.
  | { kind: 'ship' | 'release' | 'expire'; reservation: string; lines: HeldLine[] };

// A line of the ledger as an answer shows it.
export interface Written { id?: string; sku: string; warehouse: number; before: number; after: number; version: number }

export interface LineError { index: number; code: string }

// A list shows no version.
export interface Seen { sku: string; version?: number; levels: readonly Level[] }

export type Outcome =
  // What a partial bulk did not apply is told by its place.
  | { kind: 'written'; lines: Written[]; errors?: LineError[] }
  | { kind: 'seen'; records: Seen[] }
  | { kind: 'done' }
  | { kind: 'refused'; code: string; details?: unknown };

export interface State { items: ReadonlyMap<string, Item>; held: ReadonlySet<string> }

// The same for outcomes that say the same; ids, which the ledger judges, are left out.
export function outcome_text(outcome: Outcome): string {
  if (outcome.kind === 'written') {
    const lines = outcome.lines.map(({ sku, warehouse, before, after, version }) => `${sku}/${warehouse}:${before}>${after}@${version}`);
    const errors = (outcome.errors ?? []).map(({ index, code }) => `${index}:${code}`);
    return `written ${[...lines, ...errors].join(' ')}`;
  }
  if (outcome.kind === 'seen') return `seen ${outcome.records.map(({ sku, version, levels }) => `${sku}@${version ?? ''}:${levels_text(levels)}`).join(' ')}`;
  if (outcome.kind === 'refused') return `refused ${outcome.code} ${JSON.stringify(outcome.details ?? null)}`;
  return outcome.kind;
}

export const levels_text = (levels: readonly Level[]) => levels.map(({ on_hand, reserved }) => `${on_hand}-${reserved}`).join(',');

export function state_text({ items, held }: State): string {
  const records = [...items].map(([sku, { version, levels, is_deleted }]) => `${sku}@${version}:${is_deleted ? 'deleted' : levels_text(levels)}`);
  return `${records.join(' ')} held ${[...held].sort().join(' ')}`;
}

// By warehouse: what is free, less the deficits of the others, which are withheld in the order of creation.
export function available(levels: readonly Level[]): number[] {
  let withheld = levels.reduce((sum, { on_hand, reserved }) => sum + Math.max(0, reserved - on_hand), 0);
  return levels.map(({ on_hand, reserved }) => {
    const free = Math.max(0, on_hand - reserved);
    const kept = Math.min(free, withheld);
    withheld -= kept;
    return free - kept;
  });
}

const refused = (code: string, details?: unknown): Outcome => ({ kind: 'refused', code, details });
const not_found = refused('INVENTORY_NOT_FOUND');

// The items while one operation works on them.
class Draft {
  readonly items: Map<string, Item>;

  constructor(state: State) {
    this.items = new Map(state.items);
  }

  level({ sku, warehouse }: { sku: string; warehouse: number }): Level {
    return this.items.get(sku)!.levels[warehouse];
  }

  // Each change of a record counts one.
  change({ sku, warehouse }: { sku: string; warehouse: number }, to: Partial<Level>): number {
    const { version, levels } = this.items.get(sku)!;
    this.items.set(sku, { version: version + 1, levels: levels.map((level, i) => (i === warehouse ? { ...level, ...to } : level)) });
    return version + 1;
  }

  has(sku: string): boolean {
    return !this.items.get(sku)!.is_deleted;
  }

  // Deleted, or there again with nothing on hand.
  set_deleted(sku: string, is_deleted: boolean): void {
    const { version, levels } = this.items.get(sku)!;
    this.items.set(sku, { version: version + 1, levels: levels.map(() => ({ on_hand: 0, reserved: 0 })), is_deleted });
  }

  // Reserved counts one change, on hand another one.
  sync(row: SyncRow): Written {
    const { sku, warehouse, on_hand, reserved } = row;
    const before = this.level(row).on_hand;
    this.change(row, { reserved });
    return { sku, warehouse, before, after: on_hand, version: this.change(row, { on_hand }) };
  }

  write(update: Update, if_match?: number): Written | Outcome {
    if (!this.has(update.sku)) return not_found;
    const before = this.level(update).on_hand;
    const { sku, warehouse, expected_quantity } = update;
    if (expected_quantity !== undefined && expected_quantity !== before) {
      return refused('QUANTITY_CHANGED', { expected: expected_quantity, actual: before });
    }
    const { version } = this.items.get(sku)!;
    if (if_match !== undefined && if_match !== version) return refused('PRECONDITION_FAILED', { version });
    const after = update.quantity ?? before + update.delta!;
    if (after < 0) return refused('NEGATIVE_QUANTITY');
    return { sku, warehouse, before, after, version: this.change(update, { on_hand: after }) };
  }
}

function bulk(draft: Draft, updates: Update[], is_partial = false): Outcome {
  const lines: Written[] = [];
  const errors: LineError[] = [];
  for (const [index, update] of updates.entries()) {
    const result = draft.write(update);
    if (!('kind' in result)) lines.push(result);
    else if (result.kind === 'refused') errors.push({ index, code: result.code });
  }
  if (is_partial) return { kind: 'written', lines, errors };
  return errors.length > 0 ? refused(errors[0].code, errors) : { kind: 'written', lines };
}

function sync(draft: Draft, rows: SyncRow[]): Outcome {
  const errors = rows.flatMap(({ sku }, index) => (draft.has(sku) ? [] : [{ index, code: 'INVENTORY_NOT_FOUND' }]));
  return errors.length > 0 ? refused(errors[0].code, errors) : { kind: 'written', lines: rows.map((row) => draft.sync(row)) };
}

function create(draft: Draft, sku: string): Outcome {
  if (draft.has(sku)) return refused('INVENTORY_EXISTS');
  draft.set_deleted(sku, false);
  return { kind: 'done' };
}

function remove(draft: Draft, sku: string): Outcome {
  if (!draft.has(sku)) return not_found;
  if (draft.items.get(sku)!.levels.some(({ on_hand, reserved }) => on_hand !== 0 || reserved !== 0)) return refused('INVENTORY_NOT_EMPTY');
  draft.set_deleted(sku, true);
  return { kind: 'done' };
}

function hold(draft: Draft, lines: HeldLine[]): Outcome {
  if (lines.some(({ sku }) => !draft.has(sku))) return not_found;
  const rows = new Map<string, number[]>();
  const short: object[] = [];
  for (const [index, { sku, warehouse, quantity }] of lines.entries()) {
    if (!rows.has(sku)) rows.set(sku, available(draft.items.get(sku)!.levels));
    const row = rows.get(sku)!;
    if (row[warehouse] < quantity) short.push({ index, sku, warehouse, requested: quantity, available: row[warehouse] });
    else row[warehouse] -= quantity;
  }
  if (short.length > 0) return refused('INSUFFICIENT_STOCK', short);
  for (const line of lines) draft.change(line, { reserved: draft.level(line).reserved + line.quantity });
  return { kind: 'done' };
}

function close(draft: Draft, lines: HeldLine[], is_shipped: boolean): Outcome {
  for (const line of lines) draft.change(line, { reserved: draft.level(line).reserved - line.quantity });
  for (const line of is_shipped ? lines : []) {
    const on_hand = draft.level(line).on_hand - line.quantity;
    if (on_hand < 0) return refused('NEGATIVE_QUANTITY');
    draft.change(line, { on_hand });
  }
  return { kind: 'done' };
}

// The right answer, and what is there afterwards. `name` is what a reservation that is made is known by.
export function execute(state: State, name: string, request: Request): { outcome: Outcome; state: State } {
  const shown = (skus: string[], with_version: boolean): Seen[] => skus.map((sku) => ({ sku, ...state.items.get(sku)! }))
    .filter(({ is_deleted }) => !is_deleted).map(({ sku, version, levels }) => (with_version ? { sku, version, levels } : { sku, levels }));
  if (request.kind === 'list') return { outcome: { kind: 'seen', records: shown(request.skus, false) }, state };
  if (request.kind === 'get') {
    const records = shown([request.sku], true);
    return { outcome: records.length > 0 ? { kind: 'seen', records } : not_found, state };
  }

  const draft = new Draft(state);
  let outcome: Outcome;
  let { held } = state;
  if (request.kind === 'put') {
    const result = draft.write(request.update, request.if_match);
    outcome = 'kind' in result ? result : { kind: 'written', lines: [result] };
  } else if (request.kind === 'bulk') {
    outcome = bulk(draft, request.updates, request.is_partial);
  } else if (request.kind === 'sync') {
    outcome = sync(draft, request.rows);
  } else if (request.kind === 'create') {
    outcome = create(draft, request.sku);
  } else if (request.kind === 'delete') {
    outcome = remove(draft, request.sku);
  } else if (request.kind === 'hold') {
    outcome = hold(draft, request.lines);
    held = new Set([...held, name]);
  } else if (!held.has(request.reservation)) {
    outcome = refused('RESERVATION_CLOSED');
  } else {
    outcome = close(draft, request.lines, request.kind === 'ship');
    held = new Set([...held].filter((reservation) => reservation !== request.reservation));
  }
  return { outcome, state: outcome.kind === 'refused' ? state : { items: draft.items, held } };
}

// The SKUs whose records a success changes, or may change.
export function changed_skus(request: Request): string[] {
  if (request.kind === 'put') return [request.update.sku];
  if (request.kind === 'create' || request.kind === 'delete') return [request.sku];
  if (request.kind === 'bulk') return [...new Set(request.updates.map(({ sku }) => sku))];
  if (request.kind === 'sync') return request.rows.map(({ sku }) => sku);
  if (request.kind === 'get' || request.kind === 'list') return [];
  return [...new Set(request.lines.map(({ sku }) => sku))];
}
