// Warehouses: adding, changing and switching off; what is read-only, and what is available from where.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused, type Shop } from './support/shop.js';

const server = await start_server();

test('warehouses_are_listed_oldest_first_with_only_the_fields_that_apply', async () => {
  const shop = await server.open_shop();
  assert.deepEqual((await ok(shop.warehouses())).data, []);
  const bodies = [
    { name: 'Zeta', type: 'own', address: 'Here 1' }, { name: 'Alpha', type: '3PL' }, { name: 'FBA EU', type: 'FBA', marketplace: 'amazon_eu' }, { name: 'FBS', type: 'FBS' },
  ] as const;
  const ids: string[] = [];
  for (const body of bodies) ids.push((await ok(shop.create_warehouse(body), 201)).data.id);
  assert.deepEqual((await ok(shop.warehouses())).data, [
    { id: ids[0], name: 'Zeta', address: 'Here 1', type: 'own', is_active: true },
    { id: ids[1], name: 'Alpha', type: '3PL', is_active: true },
    { id: ids[2], name: 'FBA EU', type: 'FBA', marketplace: 'amazon_eu', is_active: true, is_readonly: true },
    { id: ids[3], name: 'FBS', type: 'FBS', is_active: true, is_readonly: true },
  ]);
  assert.deepEqual([...ids].sort(), ids, 'ids sort by creation');
});

test('patch_renames_and_sets_and_removes_the_address', async () => {
  const shop = await server.open_shop();
  const id = await shop.add_warehouse('Old name');
  const sku_row = async () => (await shop.record('A')).warehouses[0].name;
  await shop.add_item('A', { [id]: 1 });
  assert.equal((await ok(shop.change_warehouse(id, { name: 'New name', address: 'There 2' }))).data.address, 'There 2');
  assert.equal(await sku_row(), 'New name');
  const { data } = await ok(shop.change_warehouse(id, { address: null }));
  assert.deepEqual(data, { id, name: 'New name', type: 'own', is_active: true });
});

const refused_warehouses: [string, string][] = [
  ['no_name', '{"type":"own"}'], ['no_type', '{"name":"A"}'], ['an_unknown_type', '{"name":"A","type":"OWN"}'], ['an_empty_name', '{"name":"","type":"own"}'],
  ['a_name_of_201_characters', JSON.stringify({ name: 'ü'.repeat(201), type: 'own' })], ['an_address_that_is_a_number', '{"name":"A","type":"own","address":5}'],
  ['an_id', '{"name":"A","type":"own","id":"wh_01HX8K3N5V7Q2R9T4W6Y1ZB0CD"}'], ['is_readonly', '{"name":"A","type":"own","is_readonly":true}'],
];
test('what_cannot_be_a_warehouse', async (t) => {
  const shop = await server.open_shop();
  for (const [what, body] of refused_warehouses) {
    await t.test(`with ${what}`, () => refused(shop.send('POST', '/api/inventory/warehouses', { body }), 'VALIDATION_ERROR'));
  }
  assert.deepEqual((await ok(shop.warehouses())).data, []);
});

test('what_cannot_be_changed_about_a_warehouse', async (t) => {
  const shop = await server.open_shop();
  const id = await shop.add_warehouse();
  for (const body of ['{"type":"FBA"}', '{"marketplace":"x"}', '{"name":null}', '{"name":""}', '{"is_active":"no"}', '{"is_active":null}']) {
    await t.test(body, () => refused(shop.send('PATCH', `/api/inventory/warehouses/${id}`, { body }), 'VALIDATION_ERROR'));
  }
});

test('an_unknown_warehouse_is_not_found_whether_or_not_it_looks_like_an_id', async (t) => {
  const shop = await server.open_shop();
  await shop.add_item('A');
  for (const id of ['wh_01HX8K3N5V7Q2R9T4W6Y1ZB0CD', 'wh_01HX...', 'nonsense', 'adj_01HX8K3N5V7Q2R9T4W6Y1ZB0CD']) {
    await t.test(id, async () => {
      await refused(shop.change_warehouse(id, { name: 'x' }), 'WAREHOUSE_NOT_FOUND');
      await refused(shop.put('A', { warehouse_id: id, quantity: 1 }), 'WAREHOUSE_NOT_FOUND');
      await refused(shop.list({ warehouse_id: id }), 'WAREHOUSE_NOT_FOUND');
      await refused(shop.history('A', { warehouse_id: id }), 'WAREHOUSE_NOT_FOUND');
      await refused(shop.reserve({ reference: id, lines: [{ sku: 'A', warehouse_id: id, quantity: 1 }] }), 'WAREHOUSE_NOT_FOUND');
    });
  }
});

test('a_readonly_warehouse_refuses_every_write_but_sync', async (t) => {
  const shop = await server.open_shop();
  await shop.add_item('A');
  for (const type of ['FBA', 'FBS'] as const) {
    await t.test(type, async () => {
      const id = await shop.add_warehouse(type, type);
      await refused(shop.put('A', { warehouse_id: id, quantity: 1 }), 'READONLY_WAREHOUSE');
      await refused(shop.bulk([{ sku: 'A', warehouse_id: id, quantity: 1 }]), 'READONLY_WAREHOUSE');
      await ok(shop.sync([{ sku: 'A', warehouse_id: id, on_hand: 4, reserved: 1 }]));
      await refused(shop.reserve({ reference: type, lines: [{ sku: 'A', warehouse_id: id, quantity: 1 }] }), 'READONLY_WAREHOUSE');
      const row = (await shop.record('A')).warehouses.find((one) => one.warehouse_id === id);
      assert.deepEqual([row?.on_hand, row?.reserved, row?.available, row?.type], [4, 1, 3, type]);
    });
  }
});

test('an_inactive_warehouse_refuses_writes_and_has_nothing_available_until_it_is_active_again', async () => {
  const shop = await server.open_shop();
  const [a, b] = [await shop.add_warehouse('A'), await shop.add_warehouse('B')];
  await shop.add_item('S', { [a]: 10, [b]: 4 });
  await ok(shop.reserve({ reference: 'o', lines: [{ sku: 'S', warehouse_id: a, quantity: 3 }] }), 201);
  assert.equal((await ok(shop.change_warehouse(a, { is_active: false }))).data.is_active, false);

  const off = await shop.record('S');
  assert.deepEqual([off.total_on_hand, off.total_reserved, off.total_available], [14, 3, 4]);
  assert.deepEqual(off.warehouses.map((row) => row.available), [0, 4]);
  await refused(shop.put('S', { warehouse_id: a, quantity: 1 }), 'WAREHOUSE_INACTIVE');
  await refused(shop.bulk([{ sku: 'S', warehouse_id: a, delta: 1 }]), 'WAREHOUSE_INACTIVE');
  await refused(shop.reserve({ reference: 'p', lines: [{ sku: 'S', quantity: 5 }] }), 'INSUFFICIENT_STOCK');

  await ok(shop.change_warehouse(a, { is_active: true }));
  const on = await shop.record('S');
  assert.deepEqual(on.warehouses.map((row) => row.available), [7, 4]);
  await ok(shop.put('S', { warehouse_id: a, quantity: 11 }));
});

// Each case: [type, on_hand, reserved] for each warehouse in the order of creation, and what must be available.
type Row = [type: 'own' | '3PL' | 'FBA', on_hand: number, reserved: number];
const availability: { what: string; rows: Row[]; safety_stock: number; available: number[]; status: string }[] = [
  { what: 'the_reference', rows: [['own', 350, 18], ['FBA', 137, 5]], safety_stock: 15, available: [317, 132], status: 'normal' },
  { what: 'safety_stock_is_withheld_from_the_oldest_writable_first', rows: [['own', 10, 0], ['own', 10, 0]], safety_stock: 12, available: [0, 8], status: 'critical' },
  { what: 'readonly_stock_is_withheld_last', rows: [['FBA', 10, 0], ['3PL', 5, 0]], safety_stock: 7, available: [8, 0], status: 'low' },
  { what: 'never_below_zero', rows: [['own', 3, 0]], safety_stock: 10, available: [0], status: 'out_of_stock' },
  { what: 'more_reserved_than_on_hand_is_taken_from_the_others', rows: [['own', 20, 0], ['FBA', 2, 7]], safety_stock: 0, available: [15, 0], status: 'normal' },
  { what: 'exactly_at_the_low_threshold', rows: [['own', 15, 0]], safety_stock: 5, available: [10], status: 'low' },
  { what: 'just_above_the_low_threshold', rows: [['own', 16, 0]], safety_stock: 5, available: [11], status: 'normal' },
  { what: 'exactly_at_the_critical_threshold', rows: [['own', 10, 0]], safety_stock: 5, available: [5], status: 'critical' },
  { what: 'without_safety_stock_one_piece_is_normal', rows: [['own', 1, 0]], safety_stock: 0, available: [1], status: 'normal' },
];

async function make_rows(shop: Shop, rows: Row[], safety_stock: number): Promise<void> {
  await ok(shop.create_item({ sku: 'S' }), 201);
  for (const [i, [type, on_hand, reserved]] of rows.entries()) {
    const warehouse_id = await shop.add_warehouse(`W${i}`, type);
    if (type === 'FBA') await ok(shop.sync([{ sku: 'S', warehouse_id, on_hand, reserved }]));
    else {
      await ok(shop.put('S', { warehouse_id, quantity: on_hand }));
      if (reserved > 0) await ok(shop.reserve({ reference: `r${i}`, lines: [{ sku: 'S', warehouse_id, quantity: reserved }] }), 201);
    }
  }
  await ok(shop.change_item('S', { safety_stock }));
}

for (const { what, rows, safety_stock, available, status } of availability) {
  test(`availability: ${what}`, async () => {
    const shop = await server.open_shop();
    await make_rows(shop, rows, safety_stock);
    const record = await shop.record('S');
    assert.deepEqual(record.warehouses.map((row) => row.available), available);
    assert.equal(record.total_available, available.reduce((sum, one) => sum + one, 0), 'the rows add up to the total');
    assert.equal(record.status, status);
  });
}
