// POST /api/inventory/sync: what a marketplace says about its own warehouses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused } from './support/shop.js';

const server = await start_server();
const shop = await server.open_shop();
const own = await shop.add_warehouse();
const warehouse_id = await shop.add_warehouse('FBA EU', 'FBA');
const fbs = await shop.add_warehouse('FBS', 'FBS');

test('on_hand_and_reserved_are_the_marketplaces_own_and_stand_in_the_history', async () => {
  await shop.add_item('S-1');
  const { data, meta } = await ok(shop.sync([{ sku: 'S-1', warehouse_id, on_hand: 137, reserved: 5 }, { sku: 'S-1', warehouse_id: fbs, on_hand: 3, reserved: 0 }]));
  assert.deepEqual(meta, { updated: 2 });
  assert.deepEqual(data.map((line) => ('reason' in line ? [line.warehouse_id, line.before_quantity, line.after_quantity, line.reason] : line)), [
    [warehouse_id, 0, 137, 'marketplace_sync'], [fbs, 0, 3, 'marketplace_sync'],
  ]);
  const record = await shop.record('S-1');
  assert.deepEqual(record.warehouses.map((row) => [row.on_hand, row.reserved, row.available, row.type]), [[137, 5, 132, 'FBA'], [3, 0, 3, 'FBS']]);
  assert.deepEqual((await shop.adjustments('S-1')).map((line) => line.warehouse_id), [fbs, warehouse_id]);
});

test('the_marketplace_may_reserve_more_than_it_has', async () => {
  await shop.add_item('S-2');
  await ok(shop.sync([{ sku: 'S-2', warehouse_id, on_hand: 2, reserved: 7 }]));
  const record = await shop.record('S-2');
  assert.deepEqual([record.total_on_hand, record.total_reserved, record.total_available], [2, 7, 0]);
});

test('a_change_of_reserved_alone_is_a_change_of_the_record', async () => {
  await shop.add_item('S-3');
  await ok(shop.sync([{ sku: 'S-3', warehouse_id, on_hand: 10, reserved: 0 }]));
  const before = await shop.record('S-3');
  await ok(shop.sync([{ sku: 'S-3', warehouse_id, on_hand: 10, reserved: 4 }]));
  const after = await shop.record('S-3');
  assert.equal(after.total_available, 6);
  assert(after.version > before.version);
});

test('a_writable_warehouse_cannot_be_synced', async () => {
  await shop.add_item('S-4', { [own]: 1 });
  const error = await refused(shop.sync([{ sku: 'S-4', warehouse_id, on_hand: 9, reserved: 0 }, { sku: 'S-4', warehouse_id: own, on_hand: 9, reserved: 0 }]), 'WAREHOUSE_NOT_READONLY');
  assert.deepEqual(error.details.errors.map((one: { index: number; code: string }) => [one.index, one.code]), [[1, 'WAREHOUSE_NOT_READONLY']]);
  assert.equal((await shop.record('S-4')).total_on_hand, 1, 'all or none');
});

test('partial_syncs_what_can_be', async () => {
  await shop.add_item('S-5');
  const { data, meta } = await ok(shop.sync([{ sku: 'NOPE', warehouse_id, on_hand: 9, reserved: 0 }, { sku: 'S-5', warehouse_id, on_hand: 9, reserved: 0 }], 'partial'));
  assert.equal(meta.updated, 1);
  assert('error' in data[0] && data[0].error.code === 'INVENTORY_NOT_FOUND');
  assert.equal(await shop.on_hand('S-5'), 9);
});

test('an_inactive_or_unknown_warehouse_cannot_be_synced', async () => {
  await shop.add_item('S-6');
  const id = await shop.add_warehouse('Old FBA', 'FBA');
  await ok(shop.change_warehouse(id, { is_active: false }));
  await refused(shop.sync([{ sku: 'S-6', warehouse_id: id, on_hand: 1, reserved: 0 }]), 'WAREHOUSE_INACTIVE');
  await refused(shop.sync([{ sku: 'S-6', warehouse_id: 'wh_01HX8K3N5V7Q2R9T4W6Y1ZB0CD', on_hand: 1, reserved: 0 }]), 'WAREHOUSE_NOT_FOUND');
});

test('sync_needs_a_scope_of_its_own', async () => {
  const writer = await shop.with_key(['inventory:read', 'inventory:write', 'inventory:admin']);
  const error = await refused(writer.sync([{ sku: 'S-1', warehouse_id, on_hand: 1, reserved: 0 }]), 'INSUFFICIENT_SCOPE');
  assert.equal(error.details.required_scope, 'inventory:sync');
  const connector = await shop.with_key(['inventory:sync'], { owner: 'connector@shop.example' });
  const { data } = await ok(connector.sync([{ sku: 'S-1', warehouse_id, on_hand: 1, reserved: 0 }]));
  assert('created_by' in data[0] && data[0].created_by === 'connector@shop.example');
});

const row = (extra: string) => `{"updates":[{"sku":"S-1","warehouse_id":"${warehouse_id}",${extra}}]}`;
const refused_bodies: [string, string][] = [
  ['no_reserved', row('"on_hand":1')], ['no_on_hand', row('"reserved":1')], ['a_quantity', row('"on_hand":1,"reserved":0,"quantity":1')],
  ['a_reason_of_its_own', row('"on_hand":1,"reserved":0,"reason":"count"')], ['an_empty_list', '{"updates":[]}'],
  ['501_rows', JSON.stringify({ updates: Array.from({ length: 501 }, () => ({ sku: 'S-1', warehouse_id, on_hand: 1, reserved: 0 })) })],
];
for (const [what, body] of refused_bodies) {
  test(`a_sync_with ${what} is_refused`, () => refused(shop.send('POST', '/api/inventory/sync', { body }), 'VALIDATION_ERROR'));
}
