// Walks over the list from page to page while items around the lasting ones come and go and the lasting ones change.
import { Connection } from './connection.js';
import { Random } from './random.js';
import { walk } from '../../api/support/walk.js';

const warehouse_name = 'Warehouse of the walks';
// Available in a lasting item whose status never changes, at least.
const plenty = 1_000;

interface Row { sku: string; status: string }

export class PageWalks {
  readonly problems: string[] = [];
  readonly counts = { walks: 0, pages: 0, created: 0, deleted: 0, status_changes: 0 };
  // Normal throughout; and those whose status is another one all the time.
  readonly steady = Array.from({ length: 40 }, (_, i) => `L-${String(i).padStart(2, '0')}-steady`);
  readonly changing = Array.from({ length: 40 }, (_, i) => `L-${String(i).padStart(2, '0')}-changing`);
  #warehouse_id = '';
  #is_over = false;
  #runs = 0;

  constructor(readonly key: string, readonly seed: number) {}

  stop(): void {
    this.#is_over = true;
  }

  async open(url: string): Promise<void> {
    const connection = new Connection(url);
    this.#warehouse_id = (await this.#send(connection, 'POST', '/api/inventory/warehouses', { name: warehouse_name, type: 'own' })).data.id;
    for (const sku of [...this.steady, ...this.changing]) {
      await this.#send(connection, 'POST', '/api/inventory', { sku, safety_stock: 10 });
      await this.#put(connection, sku, plenty);
    }
    connection.close();
  }

  // Until stop().
  async run(url: string, writers: number, walkers: number): Promise<void> {
    this.#is_over = false;
    const run = (this.#runs += 1);
    const work = (count: number, what: (connection: Connection, random: Random, name: string) => Promise<void>, role: string) =>
      Array.from({ length: count }, async (_, i) => {
        const connection = new Connection(url);
        const random = new Random(this.seed, role, run, i);
        while (!this.#is_over) await what(connection, random, `${role}${i}`);
        connection.close();
      });
    await Promise.all([
      ...work(writers, (connection, random, name) => this.#write(connection, random, name), 'w'),
      ...work(walkers, (connection, random) => this.#walk(connection, random), 'walk'),
    ]);
  }

  async #write(connection: Connection, random: Random, name: string): Promise<void> {
    if (random.chance(0.5)) {
      // On both sides of the threshold of each status.
      await this.#put(connection, random.pick(this.changing), random.pick([0, 5, 15, plenty]));
      await this.#put(connection, random.pick(this.steady), plenty + random.integer(0, 100));
      this.counts.status_changes += 1;
      return;
    }
    // Between any two that last.
    const sku = `L-${String(random.integer(0, 39)).padStart(2, '0')}-${random.pick(['a', 'd', 'z'])}${name}`;
    await this.#send(connection, 'POST', '/api/inventory', { sku });
    this.counts.created += 1;
    await this.#send(connection, 'DELETE', `/api/inventory/${sku}`);
    this.counts.deleted += 1;
  }

  async #walk(connection: Connection, random: Random): Promise<void> {
    const is_filtered = random.chance(0.5);
    const path = `/api/inventory?limit=${random.integer(1, 25)}${is_filtered ? '&status=normal' : ''}`;
    const rows = await walk<Row>(async ({ cursor }) => {
      this.counts.pages += 1;
      return this.#send(connection, 'GET', `${path}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    });
    this.counts.walks += 1;
    this.problems.push(...judge_walk(rows, is_filtered ? this.steady : [...this.steady, ...this.changing], is_filtered).map((problem) => `${path}: ${problem}`));
  }

  #put(connection: Connection, sku: string, quantity: number) {
    return this.#send(connection, 'PUT', `/api/inventory/${sku}`, { warehouse_id: this.#warehouse_id, quantity });
  }

  async #send(connection: Connection, method: string, path: string, body?: object): Promise<any> {
    const answer = await connection.send({ method, path, key: this.key, text: body && JSON.stringify(body) });
    if (answer === undefined || answer.status >= 300) throw new Error(`${method} ${path}: ${answer?.text}`);
    return answer.body;
  }
}

// What is wrong with a walk that must have seen `lasting`, each once, and nothing else twice.
export function judge_walk(rows: Row[], lasting: string[], is_filtered: boolean): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [index, { sku, status }] of rows.entries()) {
    if (seen.has(sku)) problems.push(`${sku} is there twice`);
    if (index > 0 && sku < rows[index - 1].sku) problems.push(`${sku} comes after ${rows[index - 1].sku}`);
    if (is_filtered && status !== 'normal') problems.push(`${sku} is ${status}`);
    seen.add(sku);
  }
  for (const sku of lasting) if (!seen.has(sku)) problems.push(`${sku} is missed`);
  return problems;
}
