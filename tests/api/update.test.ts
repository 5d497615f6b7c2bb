// PUT /api/inventory/:sku: what stands there now, or what came or went.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused } from './support/shop.js';

const server = await start_server();
const shop = await server.open_shop();
const warehouse_id = await shop.add_warehouse();
const other = await shop.add_warehouse('Warehouse B');

let made = 0;
async function sku_with(quantity: number): Promise<string> {
  const sku = `SKU-${(made += 1)}`;
  await shop.add_item(sku, { [warehouse_id]: quantity });
  return sku;
}

test('quantity_sets_what_stands_there', async () => {
  const sku = await sku_with(450);
  const answer = await shop.put(sku, { warehouse_id, quantity: 500, reason: 'supplier_receipt', note: 'PO-1' });
  const { data, meta } = await ok(Promise.resolve(answer));
  assert.equal(data.total_on_hand, 500);
  assert.deepEqual(data, await shop.record(sku), 'the record as GET gives it');
  assert.equal(answer.headers.get('etag'), `"${data.version}"`);
  const { id, created_at, version, ...line } = meta.adjustment;
  assert.deepEqual(line, { sku, warehouse_id, before_quantity: 450, after_quantity: 500, delta: 50, reason: 'supplier_receipt', note: 'PO-1', created_by: 'anna@shop.example' });
  assert.equal(version, data.version);
  assert.equal(created_at, data.updated_at);
  assert.deepEqual((await shop.adjustments(sku))[0], { id, ...line, created_at });
});

test('delta_adds_and_takes', async () => {
  const sku = await sku_with(10);
  assert.equal((await ok(shop.put(sku, { warehouse_id, delta: 5 }))).data.total_on_hand, 15);
  const { meta } = await ok(shop.put(sku, { warehouse_id, delta: -15 }));
  assert.deepEqual([meta.adjustment.before_quantity, meta.adjustment.after_quantity, meta.adjustment.delta], [15, 0, -15]);
});

test('a_delta_below_zero_is_refused_and_changes_nothing', async () => {
  const sku = await sku_with(10);
  const before = await shop.record(sku);
  await refused(shop.put(sku, { warehouse_id, delta: -11 }), 'NEGATIVE_QUANTITY');
  await refused(shop.put(sku, { warehouse_id, quantity: -1 }), 'NEGATIVE_QUANTITY');
  assert.deepEqual(await shop.record(sku), before);
  assert.equal((await shop.adjustments(sku)).length, 1);
});

test('above_the_largest_stock_is_refused', async () => {
  const sku = await sku_with(1);
  await refused(shop.put(sku, { warehouse_id, quantity: 1_000_000_000_001 }), 'QUANTITY_TOO_LARGE');
  await refused(shop.put(sku, { warehouse_id, delta: 1_000_000_000_000 }), 'QUANTITY_TOO_LARGE');
  assert.equal((await ok(shop.put(sku, { warehouse_id, quantity: 1_000_000_000_000 }))).data.total_on_hand, 1_000_000_000_000);
});

test('setting_the_number_that_stands_already_is_recorded_a_count_took_place', async () => {
  const sku = await sku_with(7);
  const { data, meta } = await ok(shop.put(sku, { warehouse_id, quantity: 7, reason: 'cycle_count' }));
  assert.equal(meta.adjustment.delta, 0);
  const history = await shop.adjustments(sku);
  assert.deepEqual(history.map((line) => line.reason), ['cycle_count', 'manual_adjustment']);
  assert.equal((await shop.record(sku)).version, data.version);
});

test('the_reason_is_manual_adjustment_unless_given_and_the_note_is_left_out', async () => {
  const sku = await sku_with(1);
  const { adjustment } = (await ok(shop.put(sku, { warehouse_id, quantity: 2 }))).meta;
  assert.equal(adjustment.reason, 'manual_adjustment');
  assert(!('note' in adjustment));
});

test('a_known_sku_without_a_level_in_that_warehouse_gets_one', async () => {
  const sku = await sku_with(1);
  const { data, meta } = await ok(shop.put(sku, { warehouse_id: other, quantity: 4 }));
  assert.equal(meta.adjustment.before_quantity, 0);
  assert.deepEqual(data.warehouses.map((row) => [row.warehouse_id, row.on_hand]), [[warehouse_id, 1], [other, 4]]);
});

test('expected_quantity_compares_and_sets', async () => {
  const sku = await sku_with(450);
  const error = await refused(shop.put(sku, { warehouse_id, quantity: 1, expected_quantity: 448 }), 'QUANTITY_CHANGED');
  assert.equal(error.details.expected, 448);
  assert.equal(error.details.actual, 450);
  assert.equal((await ok(shop.put(sku, { warehouse_id, quantity: 448, expected_quantity: 450 }))).data.total_on_hand, 448);
  assert.equal((await ok(shop.put(sku, { warehouse_id, delta: 2, expected_quantity: 448 }))).data.total_on_hand, 450);
  assert.equal((await ok(shop.put(sku, { warehouse_id: other, quantity: 3, expected_quantity: 0 }))).data.total_on_hand, 453);
});

test('of_many_that_expect_the_same_number_exactly_one_writes', async () => {
  const sku = await sku_with(100);
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => shop.put(sku, { warehouse_id, quantity: 200 + i, expected_quantity: 100 })));
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
  assert.equal(answers.filter((answer) => answer.status === 409).length, 19);
});

test('concurrent_deltas_all_count', async () => {
  const sku = await sku_with(0);
  await Promise.all(Array.from({ length: 100 }, () => ok(shop.put(sku, { warehouse_id, delta: 1 }))));
  assert.equal(await shop.on_hand(sku), 100);
  const history = await shop.adjustments(sku);
  assert.deepEqual(history.map((line) => line.after_quantity), [...Array.from({ length: 100 }, (_, i) => 100 - i), 0]);
});

test('if_match_writes_only_at_that_version', async () => {
  const sku = await sku_with(1);
  const etag = (await shop.get(sku)).headers.get('etag')!;
  await ok(shop.put(sku, { warehouse_id, quantity: 2 }, { 'If-Match': etag }));
  await refused(shop.put(sku, { warehouse_id, quantity: 3 }, { 'If-Match': etag }), 'PRECONDITION_FAILED');
  await ok(shop.put(sku, { warehouse_id, quantity: 4 }, { 'If-Match': '*' }));
  const now = (await shop.get(sku)).headers.get('etag')!;
  await ok(shop.put(sku, { warehouse_id, quantity: 5 }, { 'If-Match': `"999", ${now}` }));
  assert.equal(await shop.on_hand(sku), 5);
});

test('version_starts_at_1_and_grows_with_every_change_of_the_record', async () => {
  await shop.add_item('VERSIONS');
  const versions = [(await shop.record('VERSIONS')).version];
  versions.push((await ok(shop.put('VERSIONS', { warehouse_id, quantity: 5 }))).data.version);
  await ok(shop.reserve({ reference: 'v', lines: [{ sku: 'VERSIONS', quantity: 1 }] }), 201);
  versions.push((await shop.record('VERSIONS')).version);
  versions.push((await ok(shop.change_item('VERSIONS', { title: 'x' }))).data.version);
  assert.deepEqual(versions, [1, 2, 3, 4]);
});

test('on_hand_may_be_set_below_what_is_reserved', async () => {
  const sku = await sku_with(10);
  await ok(shop.reserve({ reference: `below-${sku}`, lines: [{ sku, quantity: 8 }] }), 201);
  const { data } = await ok(shop.put(sku, { warehouse_id, quantity: 3, reason: 'cycle_count' }));
  assert.deepEqual([data.total_on_hand, data.total_reserved, data.total_available, data.status], [3, 8, 0, 'out_of_stock']);
});

const id = JSON.stringify(warehouse_id);
const refused_bodies: [string, string][] = [
  ['no_warehouse', '{"quantity":5}'], ['neither_quantity_nor_delta', `{"warehouse_id":${id}}`], ['both_quantity_and_delta', `{"warehouse_id":${id},"quantity":5,"delta":1}`],
  ['a_warehouse_that_is_a_number', '{"warehouse_id":5,"quantity":5}'], ['an_empty_reason', `{"warehouse_id":${id},"quantity":5,"reason":""}`],
  ['a_reason_in_capitals', `{"warehouse_id":${id},"quantity":5,"reason":"Count"}`], ['a_reason_with_a_space', `{"warehouse_id":${id},"quantity":5,"reason":"cycle count"}`],
  ['a_reason_of_65_characters', `{"warehouse_id":${id},"quantity":5,"reason":"${'r'.repeat(65)}"}`], ['a_reason_of_null', `{"warehouse_id":${id},"quantity":5,"reason":null}`],
  ['a_note_of_1001_characters', `{"warehouse_id":${id},"quantity":5,"note":"${'ü'.repeat(1001)}"}`], ['a_note_that_is_a_list', `{"warehouse_id":${id},"quantity":5,"note":[]}`],
  ['an_expected_quantity_that_is_a_string', `{"warehouse_id":${id},"quantity":5,"expected_quantity":"5"}`], ['a_sku', `{"warehouse_id":${id},"quantity":5,"sku":"S"}`],
  ['a_list', `[{"warehouse_id":${id},"quantity":5}]`], ['a_string', '"5"'], ['null', 'null'],
];
test('what_is_no_update', async (t) => {
  const sku = await sku_with(1);
  for (const [what, body] of refused_bodies) {
    await t.test(`with ${what}`, () => refused(shop.send('PUT', `/api/inventory/${sku}`, { body }), 'VALIDATION_ERROR'));
  }
  assert.equal((await shop.adjustments(sku)).length, 1);
});

test('a_note_may_have_1000_characters_and_lines', async () => {
  const sku = await sku_with(1);
  const note = `first line\nsecond "line"\t${'🧦'.repeat(975)}`;
  assert.equal([...note].length, 1000);
  await ok(shop.put(sku, { warehouse_id, quantity: 2, note }));
  assert.equal((await shop.adjustments(sku))[0].note, note);
});
