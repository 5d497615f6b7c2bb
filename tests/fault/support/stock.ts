// A store that does one operation after the other: what each must answer, and what it leaves. Items have no safety
// stock here, and warehouses are active, writable and known by their number in the order of creation.

export interface Level { on_hand: number; reserved: number }

// The levels stand in the order of the warehouses.
export interface Item { version: number; levels: readonly Level[] }

export interface Update { sku: string; warehouse: number; quantity?: number; delta?: number; expected_quantity?: number }

export interface HeldLine { sku: string; warehouse: number; quantity: number }

export type Request =
  | { kind: 'put'; update: Update; if_match?: number }
  | { kind: 'bulk'; updates: Update[] }
  | { kind: 'get'; sku: string }
  | { kind: 'list'; skus: string[] }
  | { kind: 'hold'; lines: HeldLine[] }
  | { kind: 'ship' | 'release'; reservation: string; lines: HeldLine[] };

// A line of the ledger as an answer shows it.
export interface Written { id?: string; sku: string; warehouse: number; before: number; after: number; version: number }

// A list shows no version.
export interface Seen { sku: string; version?: number; levels: readonly Level[] }

export type Outcome =
  | { kind: 'written'; lines: Written[] }
  | { kind: 'seen'; records: Seen[] }
  | { kind: 'done' }
  | { kind: 'refused'; code: string; details?: unknown };

export interface State { items: ReadonlyMap<string, Item>; held: ReadonlySet<string> }

// The same for outcomes that say the same; ids, which the ledger judges, are left out.
export function outcome_text(outcome: Outcome): string {
  if (outcome.kind === 'written') return `written ${outcome.lines.map(({ sku, warehouse, before, after, version }) => `${sku}/${warehouse}:${before}>${after}@${version}`).join(' ')}`;
  if (outcome.kind === 'seen') return `seen ${outcome.records.map(({ sku, version, levels }) => `${sku}@${version ?? ''}:${levels_text(levels)}`).join(' ')}`;
  if (outcome.kind === 'refused') return `refused ${outcome.code} ${JSON.stringify(outcome.details ?? null)}`;
  return outcome.kind;
}

export const levels_text = (levels: readonly Level[]) => levels.map(({ on_hand, reserved }) => `${on_hand}-${reserved}`).join(',');

export function state_text({ items, held }: State): string {
  const records = [...items].map(([sku, { version, levels }]) => `${sku}@${version}:${levels_text(levels)}`);
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

  write(update: Update, if_match?: number): Written | Outcome {
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

function bulk(draft: Draft, updates: Update[]): Outcome {
  const lines: Written[] = [];
  const errors: { index: number; code: string }[] = [];
  for (const [index, update] of updates.entries()) {
    const result = draft.write(update);
    if (!('kind' in result)) lines.push(result);
    else if (result.kind === 'refused') errors.push({ index, code: result.code });
  }
  return errors.length > 0 ? refused(errors[0].code, errors) : { kind: 'written', lines };
}

function hold(draft: Draft, lines: HeldLine[]): Outcome {
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
  const shown = (sku: string, with_version: boolean): Seen => {
    const { version, levels } = state.items.get(sku)!;
    return with_version ? { sku, version, levels } : { sku, levels };
  };
  if (request.kind === 'get') return { outcome: { kind: 'seen', records: [shown(request.sku, true)] }, state };
  if (request.kind === 'list') return { outcome: { kind: 'seen', records: request.skus.map((sku) => shown(sku, false)) }, state };

  const draft = new Draft(state);
  let outcome: Outcome;
  let { held } = state;
  if (request.kind === 'put') {
    const result = draft.write(request.update, request.if_match);
    outcome = 'kind' in result ? result : { kind: 'written', lines: [result] };
  } else if (request.kind === 'bulk') {
    outcome = bulk(draft, request.updates);
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

// The SKUs whose records a success changes.
export function changed_skus(request: Request): string[] {
  if (request.kind === 'put') return [request.update.sku];
  if (request.kind === 'bulk') return [...new Set(request.updates.map(({ sku }) => sku))];
  if (request.kind === 'get' || request.kind === 'list') return [];
  return [...new Set(request.lines.map(({ sku }) => sku))];
}
