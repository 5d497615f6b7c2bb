// Walks authorization_matrix.md: every operation by every kind of caller.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RawAnswer } from './support/http.js';
import { operations } from './support/openapi.js';
import { tests_api } from './support/paths.js';
import { start_server } from './support/server.js';
import { ok, type Shop } from './support/shop.js';
import { until } from './support/wait.js';

const server = await start_server();
const shop = await server.open_shop();
const other = await server.open_shop();
const warehouse_id = await shop.add_warehouse();
const fba = await shop.add_warehouse('FBA', 'FBA');

function read_matrix(): { columns: string[]; rows: Map<string, string[]> } {
  const lines = readFileSync(join(tests_api, 'authorization_matrix.md'), 'utf8').split('\n').filter((line) => line.startsWith('| '));
  const [header, ...rest] = lines.map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
  return { columns: header.slice(1), rows: new Map(rest.map(([operation, ...cells]) => [operation, cells])) };
}
const { columns, rows } = read_matrix();

type Caller = { key: string; headers?: Record<string, string> };

async function make_callers(): Promise<Record<string, Caller>> {
  const revoked = await shop.with_key(['*']);
  await server.cli('key', 'revoke', revoked.key_id);
  const expired = await shop.with_key(['*'], { expires: '1s' });
  await until(async () => (await expired.list()).status === 401);
  const with_scope = async (scope: string) => ({ key: (await shop.with_key([scope])).key });
  return {
    'no key': { key: '' }, 'bad key': { key: 'nxc_live_nonsense' }, revoked: { key: revoked.key }, expired: { key: expired.key },
    read: await with_scope('inventory:read'), write: await with_scope('inventory:write'), admin: await with_scope('inventory:admin'),
    sync: await with_scope('inventory:sync'), all: { key: shop.key },
    'other tenant': { key: other.key }, 'as ours': { key: other.key, headers: { 'X-Tenant-ID': shop.tenant } },
  };
}

// What each operation is tried on: an item and a reservation of its own, so that no try depends on another one.
interface Try { sku: string; held: string; unique: string }
type Request = { path?: Record<string, string>; body?: object };
const requests: Record<string, (on: Try) => Request> = {
  createItem: ({ unique }) => ({ body: { sku: `new-${unique}` } }),
  updateInventory: () => ({ body: { warehouse_id, delta: 1 } }),
  updateItem: () => ({ body: { title: 'changed' } }),
  deleteItem: ({ unique }) => ({ path: { sku: `empty-${unique}` } }),
  bulkUpdateInventory: ({ sku }) => ({ body: { updates: [{ sku, warehouse_id, delta: 1 }] } }),
  syncInventory: ({ sku }) => ({ body: { updates: [{ sku, warehouse_id: fba, on_hand: 1, reserved: 0 }] } }),
  createWarehouse: ({ unique }) => ({ body: { name: unique, type: 'own' } }),
  updateWarehouse: () => ({ body: { name: 'renamed' } }),
  createReservation: ({ sku, unique }) => ({ body: { reference: `new-${unique}`, lines: [{ sku, quantity: 1 }] } }),
};

async function prepare(unique: string): Promise<Try> {
  const sku = `sku-${unique}`;
  await shop.add_item(sku, { [warehouse_id]: 10 });
  await shop.add_item(`empty-${unique}`);
  const { data } = await ok(shop.reserve({ reference: unique, lines: [{ sku, quantity: 1 }] }), 201);
  return { sku, held: data.id, unique };
}

// Everything of a tenant that a caller without the right to it must leave as it is.
async function state(of: Shop, on: Try) {
  const read = await Promise.all([of.list({ sku: [on.sku, `empty-${on.unique}`, `new-${on.unique}`] }), of.warehouses(), of.reservations({ limit: 5 })]);
  return JSON.stringify(read.map((answer) => answer.body));
}

const refusals: Record<string, [number, string[]]> = {
  '401': [401, ['UNAUTHORIZED']],
  scope: [403, ['INSUFFICIENT_SCOPE']],
  tenant: [403, ['TENANT_FORBIDDEN']],
  unknown: [404, ['INVENTORY_NOT_FOUND', 'WAREHOUSE_NOT_FOUND', 'RESERVATION_NOT_FOUND']],
};

test('the_matrix_has_every_operation_and_no_other', () => {
  assert.deepEqual([...rows.keys()].sort(), operations.map(({ operation }) => operation.operationId).sort());
});

test('the_matrix', async (t) => {
  const callers = await make_callers();
  assert.deepEqual(columns, Object.keys(callers));
  let tries = 0;
  for (const { method, path, operation } of operations) {
    const cells = rows.get(operation.operationId);
    if (!cells) continue;
    await t.test(operation.operationId, async () => {
      for (const [i, column] of columns.entries()) {
        const on = await prepare(`${(tries += 1)}`);
        const { path: own_path, body } = requests[operation.operationId]?.(on) ?? {};
        const values: Record<string, string> = { sku: on.sku, warehouse_id, reservation_id: on.held, ...own_path };
        const url = path.replace(/\{(\w+)\}/g, (_, name: string) => values[name]);
        const before = await state(shop, on);
        const answer: RawAnswer = await shop.send(method, url, { ...callers[column], body: body && JSON.stringify(body) });
        const what = `${operation.operationId} by ${column}: ${answer.status} ${answer.text.slice(0, 200)}`;
        if (cells[i] === 'ok') {
          assert(answer.status >= 200 && answer.status < 300, what);
          continue;
        }
        if (cells[i] === 'own') {
          assert(answer.status >= 200 && answer.status < 300, what);
          assert(!answer.text.includes(on.sku) && !answer.text.includes(warehouse_id) && !answer.text.includes(on.held), what);
        } else {
          const [status, codes]: [number, string[]] = refusals[cells[i]];
          assert.equal(answer.status, status, what);
          assert(codes.includes(answer.body.error.code), what);
        }
        assert.equal(await state(shop, on), before, `${what}: changed something`);
      }
    });
  }
});
