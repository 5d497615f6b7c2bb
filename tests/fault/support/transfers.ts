// Pieces move between the two items of a pair, each time by one atomic bulk: whatever is read as of one moment, the two
// add up to what they began with.
import { Connection } from './connection.js';
import { Random } from './random.js';

export interface Transfer { note: string; from: string; to: string; started: number; answered: number }

// What a store shows of the items, by SKU.
export interface Shown { on_hand: Map<string, number>; notes: Map<string, Set<string>> }

export const opening_stock = 1_000_000;

export class Transfers {
  readonly done: Transfer[] = [];
  #runs = 0;
  readonly pairs: [string, string][];
  #is_over = false;
  // Time that never stands still.
  #clock = 0;

  constructor(readonly key: string, readonly warehouse_id: string, pairs: number, readonly seed: number) {
    this.pairs = Array.from({ length: pairs }, (_, i) => [`LEFT-${i}`, `RIGHT-${i}`]);
  }

  now(): number {
    return (this.#clock += 1);
  }

  stop(): void {
    this.#is_over = true;
  }

  async open(url: string): Promise<void> {
    const connection = new Connection(url);
    for (const sku of this.pairs.flat()) {
      await this.#write(connection, 'POST', '/api/inventory', { sku });
      await this.#write(connection, 'PUT', `/api/inventory/${sku}`, { warehouse_id: this.warehouse_id, quantity: opening_stock, note: 'opening' });
    }
    connection.close();
  }

  // Until stop().
  async run(url: string, clients: number): Promise<void> {
    this.#is_over = false;
    const run = (this.#runs += 1);
    await Promise.all(Array.from({ length: clients }, async (_, client) => {
      const random = new Random(this.seed, 'transfer', run, client);
      const connection = new Connection(url);
      for (let count = 0; !this.#is_over; count += 1) {
        const pair = random.pick(this.pairs);
        const [from, to] = random.chance(0.5) ? pair : [pair[1], pair[0]];
        const note = `t${run}-${client}-${count}`;
        const delta = random.integer(1, 50);
        const update = (sku: string, by: number) => ({ sku, warehouse_id: this.warehouse_id, delta: by, note });
        const started = this.now();
        await this.#write(connection, 'POST', '/api/inventory/bulk', { updates: [update(from, -delta), update(to, delta)] });
        this.done.push({ note, from, to, started, answered: this.now() });
      }
      connection.close();
    }));
  }

  async #write(connection: Connection, method: string, path: string, body: object): Promise<void> {
    const answer = await connection.send({ method, path, key: this.key, text: JSON.stringify(body) });
    if (answer === undefined || answer.status >= 300) throw new Error(`${method} ${path}: ${answer?.text}`);
  }

  async read(url: string): Promise<Shown> {
    const shown: Shown = { on_hand: new Map(), notes: new Map() };
    const connection = new Connection(url);
    for (const sku of this.pairs.flat()) {
      const record = await connection.send({ method: 'GET', path: `/api/inventory/${sku}`, key: this.key });
      const history = await connection.send({ method: 'GET', path: `/api/inventory/${sku}/adjustments`, key: this.key });
      shown.on_hand.set(sku, record!.body.data.total_on_hand);
      shown.notes.set(sku, new Set(history!.body.data.map(({ note }: any) => note)));
    }
    connection.close();
    return shown;
  }

  // What is wrong with a copy that was begun at `begun` and ready at `ready`, if it is to stand for one moment between.
  judge(shown: Shown, begun: number, ready: number): string[] {
    const problems: string[] = [];
    for (const [left, right] of this.pairs) {
      const sum = shown.on_hand.get(left)! + shown.on_hand.get(right)!;
      if (sum !== 2 * opening_stock) problems.push(`${left} and ${right} add up to ${sum}`);
    }
    let latest_start_of_present = 0;
    let earliest_answer_of_absent = Infinity;
    for (const { note, from, to, started, answered } of this.done) {
      const is_there = shown.notes.get(from)!.has(note);
      if (is_there !== shown.notes.get(to)!.has(note)) problems.push(`${note} is there by half`);
      if (answered < begun && !is_there) problems.push(`${note} was done before and is not there`);
      if (started > ready && is_there) problems.push(`${note} was begun afterwards and is there`);
      if (is_there) latest_start_of_present = Math.max(latest_start_of_present, started);
      else earliest_answer_of_absent = Math.min(earliest_answer_of_absent, answered);
    }
    if (earliest_answer_of_absent < latest_start_of_present) problems.push('one is not there that was done before another one, which is there, was begun');
    return problems;
  }
}
