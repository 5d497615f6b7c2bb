// The reference's own example bodies, field for field and in its order. Golden files hold them as the reference prints
// them; an answer is compared after its ids, times and cursor are replaced by the reference's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tests_api } from './support/paths.js';
import { start_server } from './support/server.js';
import { ok, type Shop } from './support/shop.js';

const golden = (name: string): string => JSON.stringify(JSON.parse(readFileSync(join(tests_api, 'golden', `${name}.json`), 'utf8')));

const server = await start_server();
const shop = await server.open_shop(['*'], { owner: '[email\u00a0protected]' });

const warehouse_a = (await ok(shop.create_warehouse({ name: 'Warehouse A', type: 'own', address: 'Industriestraße 1, 12345 Berlin, DE' }), 201)).data.id;
const fba_eu = (await ok(shop.create_warehouse({ name: 'FBA EU', type: 'FBA', marketplace: 'amazon_eu' }), 201)).data.id;

// As printed: the text that came, with what the reference cannot know replaced.
function as_in_reference(text: string): string {
  return text
    .replaceAll(warehouse_a, 'wh_01HX...')
    .replaceAll(fba_eu, 'wh_01HY...')
    .replace(/"adj_[0-9A-Z]{26}"/g, '"adj_01HX..."')
    .replace(/"created_at":"[^"]+"/g, '"created_at":"2026-03-12T14:00:00.000Z"')
    .replace(/"nextCursor":"[^"]+"/, '"nextCursor":"cursor_abc123"');
}

async function set_up_the_reference(shop: Shop): Promise<void> {
  await ok(shop.create_item({ sku: 'SKU-001', title: 'Blue Widget 500ml', safety_stock: 15 }), 201);
  const others = Array.from({ length: 1247 }, (_, i) => `SKU-${String(i + 2).padStart(3, '0')}`);
  for (let i = 0; i < others.length; i += 50) {
    await Promise.all(others.slice(i, i + 50).map((sku) => ok(shop.create_item({ sku }), 201)));
  }
  await ok(shop.put('SKU-001', { warehouse_id: warehouse_a, quantity: 450, reason: 'opening_stock' }));
  await ok(shop.put('SKU-001', { warehouse_id: warehouse_a, quantity: 500, reason: 'supplier_receipt', note: 'PO-2026-0312 received' }));
  await ok(shop.put('SKU-001', { warehouse_id: warehouse_a, quantity: 350, reason: 'cycle_count' }));
  await ok(shop.sync([{ sku: 'SKU-001', warehouse_id: fba_eu, on_hand: 137, reserved: 5 }]));
  await ok(shop.reserve({ reference: 'order-1', lines: [{ sku: 'SKU-001', warehouse_id: warehouse_a, quantity: 18 }] }), 201);
}

test('the_reference_example_comes_back_field_for_field', async (t) => {
  await set_up_the_reference(shop);

  await t.test('list_inventory', async () => {
    const page = await shop.send('GET', '/api/inventory');
    assert.equal(page.body.data.length, 50);
    const first = JSON.stringify({ data: page.body.data.slice(0, 1), meta: page.body.meta });
    assert.equal(as_in_reference(first), golden('inventory_list'));
  });

  await t.test('list_warehouses', async () => {
    assert.equal(as_in_reference((await shop.send('GET', '/api/inventory/warehouses')).text), golden('warehouses'));
  });

  await t.test('get_adjustment_history', async () => {
    const history = await shop.send('GET', '/api/inventory/SKU-001/adjustments?reason=supplier_receipt');
    assert.equal(as_in_reference(history.text), golden('adjustments'));
  });

  await t.test('one_record_begins_with_the_fields_of_the_list', async () => {
    const listed = (await ok(shop.list({ sku: ['SKU-001'] }))).data[0];
    const { low_threshold, critical_threshold, version, updated_at, ...same } = await shop.record('SKU-001');
    const rows = same.warehouses.map(({ updated_at: _, ...row }) => row);
    assert.equal(JSON.stringify({ ...same, warehouses: rows }), JSON.stringify(listed));
    assert.deepEqual({ low_threshold, critical_threshold }, { low_threshold: 30, critical_threshold: 15 });
    assert(version > 1 && updated_at);
  });
});

test('the_reference_request_bodies_are_accepted_as_printed', async () => {
  const put = await shop.send('PUT', '/api/inventory/SKU-001', {
    body: `{
  "warehouse_id": "${warehouse_a}",
  "quantity": 500,
  "reason": "supplier_receipt",
  "note": "PO-2026-0312 received"
}`,
  });
  assert.equal(put.status, 200, put.text);
  assert.equal(put.body.data.warehouses[0].on_hand, 500);

  const bulk = await shop.send('POST', '/api/inventory/bulk', {
    body: `{
  "updates": [
    {
      "sku": "SKU-001",
      "warehouse_id": "${warehouse_a}",
      "quantity": 500,
      "reason": "supplier_receipt"
    },
    {
      "sku": "SKU-002",
      "warehouse_id": "${warehouse_a}",
      "quantity": 200,
      "reason": "cycle_count"
    }
  ]
}`,
  });
  assert.equal(bulk.status, 200, bulk.text);
  assert.deepEqual(bulk.body.data.map((line: { after_quantity: number }) => line.after_quantity), [500, 200]);
});
