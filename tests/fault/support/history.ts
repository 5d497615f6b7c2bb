// What concurrent clients did and when, as they saw it.
import { Connection, type Answer, type Call } from './connection.js';
import { sleep, until } from '../../api/support/wait.js';
import { walk } from '../../api/support/walk.js';
import type { HeldLine, Item, Level, LineError, Outcome, Request, Seen, Update, Written } from './stock.js';

export interface Operation {
  // The idempotency key. What is written is known by it in the ledger, too.
  name: string;
  // On a clock that never stands still; the second is infinite while no answer has come. What the store does by itself
  // begins at the last moment that was certainly before it: an answer of that same moment came before.
  invoked: number;
  answered: number;
  request: Request;
  // Undefined while it is not known.
  outcome?: Outcome;
}

// A reservation that ends by itself: from `at` on, in milliseconds of the wall's clock, it may have.
interface Expiry { at: number; reservation: string; lines: HeldLine[] }

export interface LedgerLine { id: string; sku: string; warehouse: number; before: number; after: number; reason: string; note: string }

export interface History {
  opening: ReadonlyMap<string, Item>;
  operations: Operation[];
  // By SKU, what came after the opening, oldest first.
  ledgers: ReadonlyMap<string, LedgerLine[]>;
}

const opening_note = 'opening';
const expires_in_seconds = 1;
// The server's clock is this one; it cuts off what is less than a millisecond.
const clock_slack_ms = 5;
const expiry_patience_ms = 30_000;
// The code that leaves the outcome open.
const undecided = 'UNAVAILABLE';

// Sends what clients ask for to a server and writes the history.
export class Recorder {
  readonly operations: Operation[] = [];
  readonly opening = new Map<string, Item>();
  #warehouses: string[] = [];
  #reservation_ids = new Map<string, string>();
  #expiries: Expiry[] = [];
  #expired: Operation[] = [];
  #clock = 0;
  // When it was on the wall's clock that this one's went on.
  #ticks: { clock: number; wall: number }[] = [];

  constructor(readonly key: string, readonly skus: readonly string[]) {}

  now(): number {
    this.#let_expire();
    this.#clock += 1;
    this.#ticks.push({ clock: this.#clock, wall: Date.now() });
    return this.#clock;
  }

  // Between two ticks: the last moment that was certainly before this one of the wall's clock.
  #moment_before(wall: number): number {
    return (this.#ticks.filter((tick) => tick.wall < wall - clock_slack_ms).at(-1)?.clock ?? 0) + 0.5;
  }

  // What may have expired by now is an operation that nobody asked for, begun now and without an answer.
  #let_expire(): void {
    while (this.#expiries.length > 0 && this.#expiries[0].at <= Date.now()) {
      const { reservation, lines } = this.#expiries.shift()!;
      const operation: Operation = { name: `${reservation} expires`, invoked: (this.#clock += 1), answered: Infinity, request: { kind: 'expire', reservation, lines } };
      this.#expired.push(operation);
      this.operations.push(operation);
    }
  }

  // Makes the warehouses, so many that are written to and one that is synced, and the items.
  async open(url: string, warehouse_count: number, opening_stock: number): Promise<void> {
    const connection = new Connection(url);
    const write = async (path: string, body: object) => {
      const answer = await connection.send({ method: 'POST', path, key: this.key, text: JSON.stringify(body) });
      if (answer === undefined || answer.status >= 300) throw new Error(`POST ${path}: ${answer?.text}`);
      return answer.body.data;
    };
    for (let i = 0; i < warehouse_count; i += 1) {
      this.#warehouses.push((await write('/api/inventory/warehouses', { name: `Warehouse ${i}`, type: 'own' })).id);
    }
    for (const sku of this.skus) await write('/api/inventory', { sku });
    const own = [...this.#warehouses];
    this.#warehouses.push((await write('/api/inventory/warehouses', { name: 'FBA', type: 'FBA' })).id);
    const updates = this.skus.flatMap((sku) => own.map((warehouse_id) => ({ sku, warehouse_id, quantity: opening_stock, note: opening_note })));
    await write('/api/inventory/bulk', { updates });
    for (const sku of this.skus) {
      const { body } = (await connection.send(this.#call('', { kind: 'get', sku })))!;
      this.opening.set(sku, { version: body.data.version, levels: this.#levels(body.data) });
    }
    connection.close();
  }

  // The outcome stays unknown when no answer comes.
  async perform(connection: Connection, name: string, request: Request): Promise<Operation> {
    const operation: Operation = { name, invoked: this.now(), answered: Infinity, request };
    if (request.kind === 'hold' && request.expires) {
      this.#expiries.push({ at: Date.now() + expires_in_seconds * 1000 - clock_slack_ms, reservation: name, lines: request.lines });
    }
    await this.#send(connection, operation);
    const is_read = request.kind === 'get' || request.kind === 'list';
    if (operation.outcome || !is_read) this.operations.push(operation);
    return operation;
  }

  // Sends again, under its key, what has no outcome.
  async settle(connection: Connection, operation: Operation): Promise<void> {
    await this.#send(connection, operation);
    if (!operation.outcome) throw new Error(`${operation.name} is not decided by its key`);
  }

  async #send(connection: Connection, operation: Operation): Promise<void> {
    const answer = await connection.send(this.#call(operation.name, operation.request));
    if (answer === undefined || answer.body?.error?.code === undecided) return;
    operation.answered = this.now();
    operation.outcome = this.#outcome(operation, answer);
    // What is not held does not expire.
    if (operation.outcome.kind === 'refused' && operation.request.kind === 'hold') this.#forget_expiry(operation.name);
  }

  #forget_expiry(reservation: string): void {
    const is_other = ({ request }: Operation) => request.kind !== 'expire' || request.reservation !== reservation;
    this.#expiries = this.#expiries.filter((expiry) => expiry.reservation !== reservation);
    if (this.#expired.every(is_other)) return;
    this.#expired = this.#expired.filter(is_other);
    this.operations.splice(this.operations.findIndex((operation) => !is_other(operation)), 1);
  }

  #update({ sku, warehouse, ...rest }: Update, note: string) {
    return { sku, warehouse_id: this.#warehouses[warehouse], ...rest, note };
  }

  #call(name: string, request: Request): Call {
    const { key } = this;
    const write = { key, idempotency_key: name };
    switch (request.kind) {
      case 'get':
        return { key, method: 'GET', path: `/api/inventory/${request.sku}` };
      case 'list':
        return { key, method: 'GET', path: `/api/inventory?limit=200${request.skus.map((sku) => `&sku=${sku}`).join('')}` };
      case 'put': {
        const { sku, ...fields } = this.#update(request.update, name);
        const if_match = request.if_match === undefined ? undefined : `"${request.if_match}"`;
        return { ...write, method: 'PUT', path: `/api/inventory/${sku}`, if_match, text: JSON.stringify(fields) };
      }
      case 'bulk': {
        const updates = request.updates.map((update, index) => this.#update(update, `${name}/${index}`));
        return { ...write, method: 'POST', path: '/api/inventory/bulk', text: JSON.stringify({ updates, ...(request.is_partial && { mode: 'partial' }) }) };
      }
      case 'sync': {
        const updates = request.rows.map(({ warehouse, ...row }) => ({ ...row, warehouse_id: this.#warehouses[warehouse] }));
        return { ...write, method: 'POST', path: '/api/inventory/sync', text: JSON.stringify({ updates }) };
      }
      case 'create':
        return { ...write, method: 'POST', path: '/api/inventory', text: JSON.stringify({ sku: request.sku }) };
      case 'delete':
        return { ...write, method: 'DELETE', path: `/api/inventory/${request.sku}` };
      case 'hold': {
        const lines = request.lines.map(({ sku, warehouse, quantity }) => ({ sku, warehouse_id: this.#warehouses[warehouse], quantity }));
        return { ...write, method: 'POST', path: '/api/reservations', text: JSON.stringify({ reference: name, lines, ...(request.expires && { expires_in_seconds }) }) };
      }
      default:
        return { ...write, method: 'POST', path: `/api/reservations/${this.#reservation_ids.get(request.reservation)}/${request.kind}` };
    }
  }

  #outcome({ name, invoked, answered, request }: Operation, answer: Answer): Outcome {
    const { status, body, text } = answer;
    const wrong = (what: string) => new Error(`${name} ${JSON.stringify(request)}: ${what}: ${status} ${text}`);
    if (status >= 400) return this.#refusal(body.error);
    switch (request.kind) {
      case 'get':
        return { kind: 'seen', records: [this.#seen(body.data, true)] };
      case 'list':
        return { kind: 'seen', records: body.data.map((record: any) => this.#seen(record, false)) };
      case 'put': {
        const line = this.#written(body.meta.adjustment);
        const record = this.#seen(body.data, true);
        if (record.version! < line.version) throw wrong('the record is older than the write');
        this.operations.push({ name: `${name} record`, invoked, answered, request: { kind: 'get', sku: request.update.sku }, outcome: { kind: 'seen', records: [record] } });
        return { kind: 'written', lines: [line] };
      }
      case 'bulk': {
        const lines = body.data.filter(({ error }: any) => !error).map((line: any) => this.#written(line));
        const errors: LineError[] = body.data.flatMap(({ error }: any, index: number) => (error ? [{ index, code: error.code }] : []));
        if (errors.length > 0 && !request.is_partial) throw wrong('a part of it is refused');
        return request.is_partial ? { kind: 'written', lines, errors } : { kind: 'written', lines };
      }
      case 'sync':
        return { kind: 'written', lines: body.data.map((line: any) => this.#written(line)) };
      case 'create':
        this.operations.push({ name: `${name} record`, invoked, answered, request: { kind: 'get', sku: request.sku }, outcome: { kind: 'seen', records: [this.#seen(body.data, true)] } });
        return { kind: 'done' };
      case 'delete':
        return { kind: 'done' };
      case 'hold': {
        const held: HeldLine[] = body.data.lines.map(({ sku, warehouse_id, quantity }: any) => ({ sku, warehouse: this.#number(warehouse_id), quantity }));
        if (JSON.stringify(held) !== JSON.stringify(request.lines) || body.data.status !== 'held') throw wrong('something else is held');
        this.#reservation_ids.set(name, body.data.id);
        return { kind: 'done' };
      }
      default:
        if (body.data.status !== (request.kind === 'ship' ? 'shipped' : 'released')) throw wrong('it has another status');
        return { kind: 'done' };
    }
  }

  // Any other code is kept as it is: no sound store answers with it here.
  #refusal({ code, details }: any): Outcome {
    const of_bulk = () => details?.errors?.map(({ index, code: of }: any) => ({ index, code: of }));
    const told: Record<string, () => unknown> = {
      NEGATIVE_QUANTITY: of_bulk,
      INVENTORY_NOT_FOUND: of_bulk,
      QUANTITY_CHANGED: () => of_bulk() ?? { expected: details.expected, actual: details.actual },
      PRECONDITION_FAILED: () => ({ version: details.version }),
      INSUFFICIENT_STOCK: () => details.lines.map(({ index, sku, warehouse_id, requested, available }: any) => ({ index, sku, warehouse: this.#number(warehouse_id), requested, available })),
    };
    return { kind: 'refused', code, details: told[code]?.() };
  }

  #number(warehouse_id: string): number {
    return this.#warehouses.indexOf(warehouse_id);
  }

  #levels({ warehouses }: any): Level[] {
    return this.#warehouses.map((id) => {
      const { on_hand, reserved } = warehouses.find(({ warehouse_id }: any) => warehouse_id === id) ?? { on_hand: 0, reserved: 0 };
      return { on_hand, reserved };
    });
  }

  #seen(record: any, with_version: boolean): Seen {
    const { sku, version } = record;
    return with_version ? { sku, version, levels: this.#levels(record) } : { sku, levels: this.#levels(record) };
  }

  #written({ id, sku, warehouse_id, before_quantity: before, after_quantity: after, version }: any): Written {
    return { id, sku, warehouse: this.#number(warehouse_id), before, after, version };
  }

  // Waits until everything has expired that will, and knows what did.
  async #see_expiries(connection: Connection): Promise<void> {
    while (this.#expiries.length > 0) {
      await sleep(Math.max(0, this.#expiries[0].at - Date.now()));
      this.#let_expire();
    }
    for (const operation of this.#expired) {
      const { reservation } = operation.request as { reservation: string };
      const id = this.#reservation_ids.get(reservation);
      if (id === undefined) continue;
      let shown: any;
      await until(async () => {
        shown = (await connection.send({ method: 'GET', path: `/api/reservations/${id}`, key: this.key }))?.body?.data;
        return shown?.status !== 'held';
      }, expiry_patience_ms);
      if (shown?.status !== 'expired') {
        // Somebody was quicker.
        this.operations.splice(this.operations.indexOf(operation), 1);
        continue;
      }
      // It says when it was decided; others saw it later than that.
      operation.invoked = Math.max(operation.invoked, this.#moment_before(Date.parse(shown.closed_at)));
      operation.answered = this.now();
      operation.outcome = { kind: 'done' };
    }
    this.#expired = [];
  }

  // With the ledgers, and a last look at each record, deleted ones made again; nothing else may go on.
  async finish(url: string): Promise<History> {
    const connection = new Connection(url);
    await this.#see_expiries(connection);
    for (const sku of this.skus) await this.perform(connection, `there-${sku}`, { kind: 'create', sku });
    const ledgers = new Map<string, LedgerLine[]>();
    for (const sku of this.skus) {
      await this.perform(connection, `last look at ${sku}`, { kind: 'get', sku });
      const lines = await walk<any>(async ({ cursor }) => {
        const path = `/api/inventory/${sku}/adjustments?limit=200${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
        return (await connection.send({ method: 'GET', path, key: this.key }))!.body;
      });
      ledgers.set(sku, lines.reverse().filter(({ note }) => note !== opening_note).map((line) => {
        const { version: _, ...rest } = this.#written(line);
        return { ...rest, reason: line.reason, note: line.note ?? '' } as LedgerLine;
      }));
    }
    connection.close();
    return { opening: this.opening, operations: this.operations, ledgers };
  }
}
