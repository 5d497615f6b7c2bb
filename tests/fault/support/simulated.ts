// Histories of a store that exists only here: each operation works at a moment between its beginning and its answer,
// unless the store has a bug.
import { Contender } from './contender.js';
import type { History, LedgerLine, Operation } from './history.js';
import { Random } from './random.js';
import { execute, type HeldLine, type Item, type Outcome, type Request, type State } from './stock.js';

export const bugs = ['stale_read', 'lost_update', 'torn_bulk', 'early_answer', 'written_twice', 'version_gap', 'oversold', 'not_deleted', 'partial_bulk_lost', 'torn_sync', 'expired_and_held'] as const;
export type Bug = (typeof bugs)[number];

export interface Simulation { seed: number; operations: number; clients?: number; skus?: number; bug?: Bug; without_answer?: number }

interface Running { client: Contender; operation: Operation; outcome?: Outcome; rest?: Request }

export function simulate(options: Simulation): History {
  return new SimulatedStore(options).run();
}

class SimulatedStore {
  readonly #random: Random;
  readonly #skus: string[];
  readonly #ledgers: Map<string, LedgerLine[]>;
  readonly #past: State[] = [];
  #state: State;
  // Reservations that will end by themselves, with the time before which they cannot.
  #expiring: { reservation: string; lines: HeldLine[]; invoked: number }[] = [];
  #clock = 0;
  #lines = 0;

  constructor(readonly options: Simulation) {
    this.#random = new Random(options.seed, 'simulated', options.bug ?? '');
    this.#skus = Array.from({ length: options.skus ?? 2 }, (_, i) => `SKU-${i}`);
    this.#ledgers = new Map(this.#skus.map((sku) => [sku, []]));
    const opening: Item = { version: 3, levels: [100, 100, 0].map((on_hand) => ({ on_hand, reserved: 0 })) };
    this.#state = { items: new Map(this.#skus.map((sku) => [sku, opening])), held: new Set() };
  }

  run(): History {
    const { seed, clients = 3, operations: count, without_answer = 0 } = this.options;
    const opening = this.#state.items;
    const operations: Operation[] = [];
    const pool = { held: [], synced: 0 };
    const idle = Array.from({ length: clients }, (_, i) => new Contender(`c${i}`, this.#skus, 2, pool, seed));
    const running: Running[] = [];
    while (operations.length < count || running.length > 0) {
      if (this.#expiring.length > 0 && this.#random.chance(0.15)) operations.push(...this.#expire());
      if (operations.length < count && idle.length > 0 && this.#random.chance(0.4)) {
        const client = idle.splice(this.#random.integer(0, idle.length - 1), 1)[0];
        const operation: Operation = { ...client.next(), invoked: (this.#clock += 1), answered: Infinity };
        operations.push(operation);
        running.push({ client, operation });
        continue;
      }
      if (running.length === 0) continue;
      const one = this.#random.pick(running);
      const is_lost = this.#random.chance(without_answer);
      if (!is_lost && (!one.outcome || one.rest)) {
        this.#work(one);
        continue;
      }
      // A client whose connection is gone goes on with another one.
      running.splice(running.indexOf(one), 1);
      idle.push(one.client);
      if (is_lost) continue;
      one.operation.answered = this.#clock += 1;
      one.operation.outcome = one.outcome;
      one.client.learn(one.operation);
    }
    const is_read = ({ request }: Operation) => request.kind === 'get' || request.kind === 'list';
    return { opening, operations: operations.filter((operation) => operation.outcome || !is_read(operation)), ledgers: this.#ledgers };
  }

  // Does what is asked for; with a bug, now and then, something else.
  #work(one: Running): void {
    const { name, request } = one.operation;
    if (one.rest) {
      this.#apply(`${name}/late`, one.rest, name);
      one.rest = undefined;
      return;
    }
    const bug = this.#random.chance(0.5) ? this.options.bug : undefined;
    if (bug === 'early_answer' && request.kind === 'put') {
      one.outcome = execute(this.#state, name, request).outcome;
      if (one.outcome.kind === 'written') one.rest = request;
    } else if (bug === 'torn_bulk' && request.kind === 'bulk') {
      this.#tear(one, name, request.updates);
    } else if (bug === 'torn_sync' && request.kind === 'sync') {
      one.outcome = execute(this.#state, name, request).outcome;
      if (one.outcome.kind === 'written') one.rest = request;
      this.#apply(name, { kind: 'sync', rows: request.rows.slice(1) }, name);
    } else if ((bug === 'not_deleted' && request.kind === 'delete') || (bug === 'partial_bulk_lost' && request.kind === 'bulk' && request.is_partial)) {
      one.outcome = execute(this.#state, name, request).outcome;
    } else if (bug === 'stale_read' && request.kind === 'get' && this.#past.length > 0) {
      one.outcome = execute(this.#random.pick(this.#past), name, request).outcome;
    } else if (bug === 'lost_update' && request.kind === 'put') {
      one.outcome = execute(this.#state, name, request).outcome;
    } else if (bug === 'oversold' && request.kind === 'hold') {
      const plenty = new Map([...this.#state.items].map(([sku, { version, levels }]) => [sku, { version, levels: levels.map((level) => ({ ...level, on_hand: level.on_hand + 1000 })) }]));
      const { outcome, state } = execute({ ...this.#state, items: plenty }, name, request);
      one.outcome = outcome;
      this.#state = { ...state, items: new Map([...state.items].map(([sku, { version, levels }]) => [sku, { version, levels: levels.map((level) => ({ ...level, on_hand: level.on_hand - 1000 })) }])) };
    } else {
      one.outcome = this.#apply(name, request, name);
      if (bug === 'written_twice') this.#apply(name, request, name);
      if (bug === 'version_gap' && one.outcome.kind === 'written' && one.outcome.lines.length > 0) {
        const { sku } = one.outcome.lines[0];
        const { version, levels } = this.#state.items.get(sku)!;
        this.#state = { ...this.#state, items: new Map(this.#state.items).set(sku, { version: version + 1, levels }) };
      }
    }
  }

  // The one that was held first. Now and then nobody hears of it.
  #expire(): Operation[] {
    const { invoked, ...expiring } = this.#expiring.shift()!;
    const operation: Operation = { name: `${expiring.reservation} expires`, invoked, answered: Infinity, request: { kind: 'expire', ...expiring } };
    const outcome = this.#apply(operation.name, operation.request, '');
    if (outcome.kind === 'refused') return [];
    if (this.options.bug === 'expired_and_held') this.#state = { ...this.#state, held: new Set([...this.#state.held, expiring.reservation]) };
    return [this.#random.chance(0.3) ? operation : { ...operation, answered: (this.#clock += 1), outcome }];
  }

  // Answers as for all of it and does the last part later.
  #tear(one: Running, name: string, updates: (Request & { kind: 'bulk' })['updates']): void {
    one.outcome = execute(this.#state, name, { kind: 'bulk', updates }).outcome;
    if (one.outcome.kind !== 'written') return;
    this.#apply(name, { kind: 'bulk', updates: updates.slice(0, -1) }, name);
    one.rest = { kind: 'bulk', updates: updates.slice(-1) };
  }

  #apply(name: string, request: Request, note: string): Outcome {
    const { outcome, state } = execute(this.#state, name, request);
    if (state !== this.#state) this.#past.push(this.#state);
    const before = this.#state;
    this.#state = state;
    if (request.kind === 'hold' && request.expires && outcome.kind === 'done') this.#expiring.push({ reservation: name, lines: request.lines, invoked: this.#clock });
    if (outcome.kind === 'written') {
      for (const [index, line] of outcome.lines.entries()) {
        const { version: _, ...shown } = line;
        const errors = new Set(outcome.errors?.map((error) => error.index));
        const places = request.kind === 'bulk' ? request.updates.map((_, place) => place).filter((place) => !errors.has(place)) : [];
        const reason = request.kind === 'sync' ? 'marketplace_sync' : 'manual_adjustment';
        line.id = this.#add_line({ ...shown, reason, note: request.kind === 'bulk' ? `${note}/${places[index]}` : note });
      }
    }
    if (outcome.kind === 'done' && request.kind === 'ship') {
      for (const { sku, warehouse, quantity } of request.lines) {
        const { on_hand } = before.items.get(sku)!.levels[warehouse];
        this.#add_line({ sku, warehouse, before: on_hand, after: on_hand - quantity, reason: 'order_shipped', note: request.reservation });
      }
    }
    return outcome;
  }

  #add_line(line: Omit<LedgerLine, 'id'>): string {
    const id = `adj_${(this.#lines += 1)}`;
    this.#ledgers.get(line.sku)!.push({ ...line, id });
    return id;
  }
}
