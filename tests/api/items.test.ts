// Items: adding, describing and removing SKUs, and what a SKU may be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused } from './support/shop.js';

const server = await start_server();
const shop = await server.open_shop();
const warehouse = await shop.add_warehouse();

test('a_new_item_has_no_stock_and_the_default_thresholds', async () => {
  const created = await shop.create_item({ sku: 'NEW-1', title: 'Green Widget', safety_stock: 15 });
  assert.equal(created.status, 201);
  assert.equal(created.headers.get('etag'), '"1"');
  const { updated_at, ...record } = (await ok(Promise.resolve(created), 201)).data;
  assert.deepEqual(record, {
    sku: 'NEW-1', title: 'Green Widget', total_on_hand: 0, total_reserved: 0, total_available: 0, safety_stock: 15,
    status: 'out_of_stock', warehouses: [], low_threshold: 30, critical_threshold: 15, version: 1,
  });
  assert.deepEqual(await shop.record('NEW-1'), { ...record, updated_at });
});

test('only_the_sku_is_required', async () => {
  const { data } = await ok(shop.create_item({ sku: 'NEW-2' }), 201);
  assert.deepEqual([data.title, data.safety_stock, data.low_threshold, data.critical_threshold], ['', 0, 0, 0]);
});

test('the_same_sku_twice_is_refused_and_the_first_one_stays', async () => {
  await shop.add_item('TWICE', {}, { title: 'first' });
  await refused(shop.create_item({ sku: 'TWICE', title: 'second' }), 'INVENTORY_EXISTS');
  assert.equal((await shop.record('TWICE')).title, 'first');
});

test('patch_changes_what_is_named_and_leaves_the_rest', async () => {
  await shop.add_item('PATCH-1', {}, { title: 'old', safety_stock: 4, low_threshold: 9, critical_threshold: 2 });
  const changed = await shop.change_item('PATCH-1', { title: 'new' });
  const { data } = await ok(Promise.resolve(changed));
  assert.deepEqual([data.title, data.safety_stock, data.low_threshold, data.critical_threshold, data.version], ['new', 4, 9, 2, 2]);
  assert.equal(changed.headers.get('etag'), '"2"');
});

test('a_threshold_of_null_is_the_default_again', async () => {
  await shop.add_item('PATCH-2', {}, { safety_stock: 10, low_threshold: 99, critical_threshold: 50 });
  const { data } = await ok(shop.change_item('PATCH-2', { low_threshold: null, critical_threshold: null }));
  assert.deepEqual([data.low_threshold, data.critical_threshold], [20, 10]);
  const later = (await ok(shop.change_item('PATCH-2', { safety_stock: 7 }))).data;
  assert.deepEqual([later.low_threshold, later.critical_threshold], [14, 7]);
});

test('patch_and_delete_of_an_unknown_sku', async () => {
  await refused(shop.change_item('NOPE', { title: 'x' }), 'INVENTORY_NOT_FOUND');
  await refused(shop.delete_item('NOPE'), 'INVENTORY_NOT_FOUND');
});

test('patch_and_delete_obey_if_match', async () => {
  await shop.add_item('MATCH');
  await refused(shop.change_item('MATCH', { title: 'x' }, { 'If-Match': '"7"' }), 'PRECONDITION_FAILED');
  await ok(shop.change_item('MATCH', { title: 'x' }, { 'If-Match': '"1"' }));
  await refused(shop.delete_item('MATCH', { 'If-Match': '"1"' }), 'PRECONDITION_FAILED');
  await ok(shop.delete_item('MATCH', { 'If-Match': '"2"' }), 204);
});

test('an_item_is_removed_only_when_nothing_stands_or_is_reserved', async () => {
  await shop.add_item('GONE', { [warehouse]: 5 });
  await refused(shop.delete_item('GONE'), 'INVENTORY_NOT_EMPTY');
  const { data: held } = await ok(shop.reserve({ reference: 'gone', lines: [{ sku: 'GONE', quantity: 5 }] }), 201);
  await ok(shop.put('GONE', { warehouse_id: warehouse, quantity: 0 }));
  await refused(shop.delete_item('GONE'), 'INVENTORY_NOT_EMPTY');
  await ok(shop.release(held.id));
  await ok(shop.delete_item('GONE'), 204);

  await refused(shop.get('GONE'), 'INVENTORY_NOT_FOUND');
  await refused(shop.history('GONE'), 'INVENTORY_NOT_FOUND');
  await refused(shop.put('GONE', { warehouse_id: warehouse, quantity: 1 }), 'INVENTORY_NOT_FOUND');
  assert.deepEqual((await ok(shop.list({ sku: ['GONE'] }))).data, []);
});

test('a_sku_that_is_made_again_goes_on_with_its_history', async () => {
  await shop.add_item('AGAIN', { [warehouse]: 3 });
  await ok(shop.put('AGAIN', { warehouse_id: warehouse, quantity: 0 }));
  await ok(shop.delete_item('AGAIN'), 204);
  await shop.add_item('AGAIN', { [warehouse]: 8 });
  const history = await shop.adjustments('AGAIN');
  assert.deepEqual(history.map((line) => [line.before_quantity, line.after_quantity]), [[0, 8], [3, 0], [0, 3]]);
});

const unusual_skus = [
  'A/B', 'A B', ' leading', 'BANK CHARGES', 'gift_0001_40', 'Größe-Ü', '日本語', '🧦', 'a+b', 'a%2Fb', 'a?b&c=d', 'a#b', 'a;b', "a'b\"c", 'a\\b',
  '{sku}', '...', 'Bulk', 'SYNC', 'adjustments', 'null', '0', '\u00a0', 'x'.repeat(128), 'ü'.repeat(64),
];
for (const sku of unusual_skus) {
  test(`the_sku ${JSON.stringify(sku.slice(0, 20))} is_a_sku_like_any_other`, async () => {
    await shop.add_item(sku, { [warehouse]: 7 });
    assert.equal((await shop.record(sku)).sku, sku);
    assert.equal((await shop.adjustments(sku))[0].sku, sku);
    assert.deepEqual((await ok(shop.list({ sku: [sku] }))).data.map((record) => record.sku), [sku]);
    await ok(shop.bulk([{ sku, warehouse_id: warehouse, quantity: 0 }]));
    await ok(shop.delete_item(sku), 204);
  });
}

test('skus_that_differ_only_in_case_or_in_composition_are_different', async () => {
  for (const [i, sku] of ['85123A', '85123a', '\u00e9', 'e\u0301'].entries()) await shop.add_item(sku, { [warehouse]: i + 1 });
  for (const [i, sku] of ['85123A', '85123a', '\u00e9', 'e\u0301'].entries()) assert.equal(await shop.on_hand(sku), i + 1);
});

const not_skus: [string, string][] = [
  ['empty', ''], ['bulk', 'bulk'], ['sync', 'sync'], ['warehouses', 'warehouses'], ['dot', '.'], ['two_dots', '..'],
  ['129_bytes', 'x'.repeat(129)], ['65_two_byte_letters', 'ü'.repeat(65)], ['a_line_break', 'a\nb'], ['a_nul', 'a\u0000b'], ['a_delete_character', 'a\u007f'],
];
for (const [what, sku] of not_skus) {
  test(`${what} cannot_be_a_sku`, async () => {
    const error = await refused(shop.create_item({ sku }), 'VALIDATION_ERROR');
    assert.match(error.message, /sku/);
  });
}

const refused_items: [string, string][] = [
  ['no_sku', '{"title":"x"}'], ['a_sku_that_is_a_number', '{"sku":5}'], ['a_sku_of_null', '{"sku":null}'],
  ['a_title_of_501_characters', JSON.stringify({ sku: 'T', title: 'ü'.repeat(501) })], ['a_title_of_null', '{"sku":"T","title":null}'],
  ['a_negative_safety_stock', '{"sku":"T","safety_stock":-1}'], ['half_a_safety_stock', '{"sku":"T","safety_stock":1.5}'],
  ['too_large_a_safety_stock', '{"sku":"T","safety_stock":1000000000001}'], ['a_threshold_that_is_a_string', '{"sku":"T","low_threshold":"5"}'],
  ['a_quantity', '{"sku":"T","quantity":5}'], ['a_version', '{"sku":"T","version":1}'], ['a_list', '[{"sku":"T"}]'],
];
for (const [what, body] of refused_items) {
  test(`an_item_with ${what} is_refused`, async () => {
    await refused(shop.send('POST', '/api/inventory', { body }), 'VALIDATION_ERROR');
    await refused(shop.get('T'), 'INVENTORY_NOT_FOUND');
  });
}

test('a_title_may_have_500_characters_of_any_script', async () => {
  const title = '🧦'.repeat(500);
  await shop.add_item('TITLE', {}, { title });
  assert.equal((await shop.record('TITLE')).title, title);
});

test('the_sku_of_an_item_cannot_be_changed', async () => {
  await shop.add_item('PATCH-3');
  await refused(shop.send('PATCH', '/api/inventory/PATCH-3', { body: '{"sku":"OTHER"}' }), 'VALIDATION_ERROR');
  assert.equal((await shop.record('PATCH-3')).version, 1);
});

test('a_patch_of_nothing_changes_nothing', async () => {
  await shop.add_item('PATCH-4', {}, { title: 'same', safety_stock: 3 });
  const before = await shop.record('PATCH-4');
  const { version, updated_at, ...same } = (await ok(shop.change_item('PATCH-4', {}))).data;
  assert.deepEqual({ ...same, version: before.version, updated_at: before.updated_at }, before);
  assert(version >= 1 && updated_at);
});
