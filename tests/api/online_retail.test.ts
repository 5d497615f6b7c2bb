// A shop's real days: 50,062 order lines of the public "Online Retail" data set (tests/data), replayed over several
// connections as a shop would. Each order is held by one reservation and shipped; what comes back is put back. In the
// middle of it the server is killed, as by a power cut; every write carries an Idempotency-Key and is repeated under
// it until its answer is known. In the end not one piece is missing.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse_csv, write_csv } from './support/csv.js';
import { repository } from './support/paths.js';
import { Server } from './support/server.js';
import { ok, Shop } from './support/shop.js';
import { temporary_folder } from './support/store.js';
import { sleep } from './support/wait.js';
import { walk } from './support/walk.js';

const connections = 8;
const opening_stock = 10_000;

interface OrderLine { sku: string; title: string; quantity: number }
type Order = { id: string; lines: OrderLine[] };

function read_orders(): Order[] {
  const [, ...rows] = parse_csv(readFileSync(join(repository, 'tests/data/online-retail-orders.csv'), 'utf8'));
  const orders = new Map<string, Order>();
  for (const [id, sku, title, quantity] of rows) {
    if (!orders.has(id)) orders.set(id, { id, lines: [] });
    orders.get(id)!.lines.push({ sku, title, quantity: Number(quantity) });
  }
  return [...orders.values()];
}

const orders = read_orders();
const all_lines = orders.flatMap((order) => order.lines);
const titles = new Map<string, string>();
for (const { sku, title } of all_lines) titles.set(sku, titles.get(sku) || title);

// A client of the API that never leaves the outcome of a write open.
class PersistentClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  repeated = 0;
  replayed = 0;

  constructor(readonly server: Server, readonly key: string) {}

  async write(idempotency_key: string, method: string, path: string, body?: object): Promise<any> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#once(idempotency_key, method, path, body);
      if (answer !== undefined && answer.status < 300) {
        if (answer.replayed) this.replayed += 1;
        return answer.body;
      }
      const repeatable = answer === undefined || answer.status === 503;
      assert(repeatable && tries < 600, `${method} ${path}: ${JSON.stringify(answer)}`);
      this.repeated += 1;
      await sleep(100);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  // Undefined when no answer came: then nobody knows whether it was done.
  #once(idempotency_key: string, method: string, path: string, body?: object): Promise<{ status: number; replayed: boolean; body: any } | undefined> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers: Record<string, string> = { Authorization: `Bearer ${this.key}`, 'Idempotency-Key': idempotency_key };
    if (text !== undefined) Object.assign(headers, { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) });
    return new Promise((resolve) => {
      const { hostname, port } = new URL(this.server.url);
      const outgoing = request({ hostname, port, method, path, headers, agent: this.#agent }, (incoming) => {
        let received = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
        incoming.on('error', () => resolve(undefined));
        incoming.on('end', () => {
          if (!incoming.complete) resolve(undefined);
          else resolve({ status: incoming.statusCode!, replayed: incoming.headers['idempotent-replayed'] === 'true', body: JSON.parse(received) });
        });
      });
      outgoing.on('error', () => resolve(undefined));
      outgoing.end(text);
    });
  }
}

async function fulfil(client: PersistentClient, order: Order): Promise<void> {
  const sold = order.lines.filter((line) => line.quantity > 0).map(({ sku, quantity }) => ({ sku, quantity }));
  if (sold.length > 0) {
    const { data: held } = await client.write(`${order.id}-hold`, 'POST', '/api/reservations', { reference: order.id, lines: sold });
    const { data: shipped } = await client.write(`${order.id}-ship`, 'POST', `/api/reservations/${held.id}/ship`);
    assert.equal(shipped.status, 'shipped');
  }
  for (const [i, line] of order.lines.entries()) {
    if (line.quantity >= 0) continue;
    const body = { warehouse_id: warehouse, delta: -line.quantity, reason: 'customer_return', note: order.id };
    await client.write(`${order.id}-return-${i}`, 'PUT', `/api/inventory/${encodeURIComponent(line.sku)}`, body);
  }
}

const server = new Server();
let warehouse = '';

test('fifty_thousand_real_order_lines_leave_exactly_the_right_stock', async (t) => {
  assert.deepEqual([all_lines.length, orders.length, titles.size], [50_062, 2_342, 2_879]);
  await server.start();
  t.after(() => server.stop());
  const shop = await server.open_shop();

  await t.test('the_opening_stock_is_imported_while_the_server_runs', async () => {
    const file = join(temporary_folder(), 'opening.csv');
    const rows = [...titles].map(([sku, title]) => [sku, title, 'Main', String(opening_stock)]);
    writeFileSync(file, write_csv([['sku', 'title', 'warehouse', 'quantity'], ...rows]));
    await server.cli('import', '--tenant', shop.tenant, file, '--create-warehouses');
    warehouse = (await ok(shop.warehouses())).data[0].id;
    assert.equal((await ok(shop.list())).meta.total, 2_879);
  });

  await t.test('the_orders_are_fulfilled_through_a_power_cut', async () => {
    const queue = [...orders];
    const clients = Array.from({ length: connections }, () => new PersistentClient(server, shop.key));
    let power_cut: Promise<void> | undefined;
    const cut_power = async () => {
      await server.kill();
      await server.start();
    };
    await Promise.all(clients.map(async (client) => {
      for (let order = queue.shift(); order !== undefined; order = queue.shift()) {
        if (queue.length < orders.length / 2) power_cut ??= cut_power();
        await fulfil(client, order);
      }
    }));
    await power_cut;
    for (const client of clients) client.close();
    const repeated = clients.reduce((sum, client) => sum + client.repeated, 0);
    t.diagnostic(`${repeated} writes were repeated, ${clients.reduce((sum, client) => sum + client.replayed, 0)} of them had been done already`);
    assert(repeated > 0, 'the power cut was felt');
  });

  const records = new Map<string, { on_hand: number; reserved: number }>();
  await t.test('nothing_is_reserved_and_every_piece_is_accounted_for', async () => {
    const again = new Shop(server, shop.tenant, shop.key);
    for (const one of await walk((cursor) => ok(again.list({ limit: 200, ...cursor })))) {
      records.set(one.sku, { on_hand: one.total_on_hand, reserved: one.total_reserved });
    }
    assert.equal(records.size, 2_879);
    const sum = (field: 'on_hand' | 'reserved') => [...records.values()].reduce((total, one) => total + one[field], 0);
    assert.equal(sum('reserved'), 0);
    assert.equal(sum('on_hand'), 28_374_919);
    assert.equal(records.get('84077')?.on_hand, 4_180);
    assert.equal(records.get('84347')?.on_hand, 17_022);
    const expected = new Map([...titles.keys()].map((sku) => [sku, opening_stock]));
    for (const { sku, quantity } of all_lines) expected.set(sku, expected.get(sku)! - quantity);
    for (const [sku, quantity] of expected) assert.equal(records.get(sku)?.on_hand, quantity, sku);
  });

  await t.test('the_history_has_one_line_for_each_order_line_and_one_for_the_import', async () => {
    const again = new Shop(server, shop.tenant, shop.key);
    const expected = new Map<string, number[]>([...titles.keys()].map((sku) => [sku, [opening_stock]]));
    for (const { sku, quantity } of all_lines) expected.get(sku)!.push(-quantity);
    for (const [sku, deltas] of expected) {
      const history = await again.adjustments(sku);
      assert.deepEqual(history.map((line) => line.delta).sort((a, b) => a - b), deltas.sort((a, b) => a - b), sku);
      for (const [i, line] of history.entries()) assert.equal(line.before_quantity, history[i + 1]?.after_quantity ?? 0, `${sku}: the lines join`);
    }
  });

  await t.test('every_order_with_a_sale_is_shipped', async () => {
    const again = new Shop(server, shop.tenant, shop.key);
    assert.deepEqual((await ok(again.reservations({ status: ['held', 'released', 'expired'] }))).data, []);
    const shipped = await walk((cursor) => ok(again.reservations({ status: ['shipped'], limit: 200, ...cursor })));
    assert.equal(shipped.length, orders.filter((order) => order.lines.some((line) => line.quantity > 0)).length);
  });

  await t.test('verify_adds_the_whole_ledger_up', async () => {
    await server.stop();
    const verified = await server.cli('verify');
    assert.equal(verified.ok, true);
    assert.equal(verified.items, 2_879);
    assert.equal(verified.adjustments, 50_062 + 2_879);
  });
});
