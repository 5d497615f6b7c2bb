// POST /api/inventory/bulk: many updates, in order, all or none, or in part.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused, type BulkRow } from './support/shop.js';

const server = await start_server();
const shop = await server.open_shop();
const warehouse_id = await shop.add_warehouse();
const fba = await shop.add_warehouse('FBA', 'FBA');
const unknown_warehouse = 'wh_01HX8K3N5V7Q2R9T4W6Y1ZB0CD';

test('every_update_answers_its_adjustment_in_the_order_of_the_request', async () => {
  for (const sku of ['B-1', 'B-2']) await shop.add_item(sku, { [warehouse_id]: 10 });
  const { data, meta } = await ok(shop.bulk([
    { sku: 'B-2', warehouse_id, quantity: 500, reason: 'supplier_receipt', note: 'PO-7' },
    { sku: 'B-1', warehouse_id, delta: -4 },
  ]));
  assert.deepEqual(meta, { updated: 2 });
  const lines = data as Exclude<(typeof data)[number], { error: unknown }>[];
  assert.deepEqual(lines.map((line) => [line.sku, line.before_quantity, line.after_quantity, line.delta, line.reason, line.note, line.version]), [
    ['B-2', 10, 500, 490, 'supplier_receipt', 'PO-7', 3],
    ['B-1', 10, 6, -4, 'manual_adjustment', undefined, 3],
  ]);
  for (const { version, ...line } of lines) {
    assert.deepEqual((await shop.adjustments(line.sku))[0], line);
    assert.equal((await shop.record(line.sku)).version, version);
  }
});

test('each_update_is_judged_on_what_the_ones_before_it_left', async () => {
  await shop.add_item('SEQ', { [warehouse_id]: 0 });
  const { data } = await ok(shop.bulk([
    { sku: 'SEQ', warehouse_id, delta: 5 }, { sku: 'SEQ', warehouse_id, delta: -3 }, { sku: 'SEQ', warehouse_id, quantity: 9, expected_quantity: 2 },
  ]));
  assert.deepEqual(data.map((line) => ('after_quantity' in line ? [line.after_quantity, line.version] : line)), [[5, 3], [2, 4], [9, 5]]);
  await refused(shop.bulk([{ sku: 'SEQ', warehouse_id, delta: -5 }, { sku: 'SEQ', warehouse_id, delta: -5 }]), 'NEGATIVE_QUANTITY');
  assert.equal(await shop.on_hand('SEQ'), 9);
});

test('if_one_cannot_be_applied_none_is_and_every_error_is_listed', async () => {
  await shop.add_item('ALL', { [warehouse_id]: 10 });
  const before = await shop.record('ALL');
  const error = await refused(shop.bulk([
    { sku: 'ALL', warehouse_id, quantity: 1 },
    { sku: 'ALL', warehouse_id: fba, quantity: 1 },
    { sku: 'NOPE', warehouse_id: unknown_warehouse, quantity: 1 },
    { sku: 'ALL', warehouse_id: unknown_warehouse, quantity: 1 },
    { sku: 'ALL', warehouse_id, delta: -100 },
    { sku: 'ALL', warehouse_id, quantity: 3, expected_quantity: 77 },
  ]), 'READONLY_WAREHOUSE');
  assert.deepEqual(error.details.errors.map(({ message, ...rest }: { message: string }) => (assert(message), rest)), [
    { index: 1, sku: 'ALL', warehouse_id: fba, code: 'READONLY_WAREHOUSE' },
    { index: 2, sku: 'NOPE', warehouse_id: unknown_warehouse, code: 'INVENTORY_NOT_FOUND' },
    { index: 3, sku: 'ALL', warehouse_id: unknown_warehouse, code: 'WAREHOUSE_NOT_FOUND' },
    { index: 4, sku: 'ALL', warehouse_id, code: 'NEGATIVE_QUANTITY' },
    { index: 5, sku: 'ALL', warehouse_id, code: 'QUANTITY_CHANGED' },
  ]);
  assert.deepEqual(await shop.record('ALL'), before);
  assert.equal((await shop.adjustments('ALL')).length, 1);
});

test('partial_applies_what_can_be_and_says_why_for_the_rest', async () => {
  await shop.add_item('PART', { [warehouse_id]: 10 });
  const updates: BulkRow[] = [
    { sku: 'PART', warehouse_id, delta: -4 },
    { sku: 'NOPE', warehouse_id, quantity: 1 },
    { sku: 'PART', warehouse_id, delta: -7 },
    { sku: 'PART', warehouse_id, delta: -6 },
  ];
  const { data, meta } = await ok(shop.bulk(updates, 'partial'));
  assert.deepEqual(meta, { updated: 2 });
  assert.deepEqual(
    data.map((entry) => ('error' in entry ? [entry.index, entry.sku, entry.warehouse_id, entry.error.code] : entry.after_quantity)),
    [6, [1, 'NOPE', warehouse_id, 'INVENTORY_NOT_FOUND'], [2, 'PART', warehouse_id, 'NEGATIVE_QUANTITY'], 0],
  );
  assert.equal(await shop.on_hand('PART'), 0);
});

test('partial_with_nothing_that_can_be_applied_is_still_an_answer', async () => {
  const { data, meta } = await ok(shop.bulk([{ sku: 'NOPE', warehouse_id, quantity: 1 }], 'partial'));
  assert.equal(meta.updated, 0);
  assert('error' in data[0]);
});

test('a_malformed_update_refuses_the_request_in_both_modes', async () => {
  await shop.add_item('MAL', { [warehouse_id]: 1 });
  for (const mode of ['atomic', 'partial']) {
    const updates = [{ sku: 'MAL', warehouse_id, quantity: 5 }, { sku: 'MAL', warehouse_id, quantity: 2.5 }];
    const error = await refused(shop.send('POST', '/api/inventory/bulk', { body: JSON.stringify({ updates, mode }) }), 'VALIDATION_ERROR');
    assert.match(error.message, /updates\[1\]/, 'the message says which update');
  }
  assert.equal(await shop.on_hand('MAL'), 1);
});

test('500_updates_are_taken_and_501_are_not', async () => {
  await shop.add_item('MANY', { [warehouse_id]: 0 });
  const updates = (n: number) => Array.from({ length: n }, (): BulkRow => ({ sku: 'MANY', warehouse_id, delta: 1 }));
  await refused(shop.bulk(updates(501)), 'VALIDATION_ERROR');
  assert.equal(await shop.on_hand('MANY'), 0);
  const { data, meta } = await ok(shop.bulk(updates(500)));
  assert.equal(meta.updated, 500);
  assert.equal(data.length, 500);
  assert.equal(await shop.on_hand('MANY'), 500);
});

test('bulks_that_run_at_once_do_not_mix', async () => {
  for (const sku of ['MIX-1', 'MIX-2']) await shop.add_item(sku, { [warehouse_id]: 0 });
  await Promise.all(Array.from({ length: 40 }, (_, i) => ok(shop.bulk([{ sku: 'MIX-1', warehouse_id, quantity: i }, { sku: 'MIX-2', warehouse_id, quantity: i }]))));
  assert.equal(await shop.on_hand('MIX-1'), await shop.on_hand('MIX-2'));
  const [first, second] = [await shop.adjustments('MIX-1'), await shop.adjustments('MIX-2')];
  assert.deepEqual(first.map((line) => line.after_quantity), second.map((line) => line.after_quantity));
});

const refused_bodies: [string, string][] = [
  ['no_updates', '{}'], ['an_empty_list', '{"updates":[]}'], ['updates_that_are_no_list', '{"updates":{}}'], ['an_unknown_mode', `{"updates":[{"sku":"A","warehouse_id":"${warehouse_id}","quantity":1}],"mode":"some"}`],
  ['an_update_that_is_a_string', '{"updates":["A"]}'], ['an_update_without_a_sku', `{"updates":[{"warehouse_id":"${warehouse_id}","quantity":1}]}`],
  ['a_bare_list', `[{"sku":"A","warehouse_id":"${warehouse_id}","quantity":1}]`], ['a_field_of_sync', `{"updates":[{"sku":"A","warehouse_id":"${warehouse_id}","on_hand":1,"reserved":0}]}`],
];
for (const [what, body] of refused_bodies) {
  test(`a_bulk_with ${what} is_refused`, () => refused(shop.send('POST', '/api/inventory/bulk', { body }), 'VALIDATION_ERROR'));
}
