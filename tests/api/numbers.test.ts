// Quantities are integers, written as integers. Everything else is refused before anything changes. How JSON spells a
// number: json_classes.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused } from './support/shop.js';

const server = await start_server();
const shop = await server.open_shop();
const warehouse = await shop.add_warehouse();
const fba = await shop.add_warehouse('FBA', 'FBA');
await shop.add_item('N', { [warehouse]: 100 });

// Every place where a quantity is sent, with NUMBER for it.
const places: Record<string, { method: string; path: string; body: string }> = {
  quantity: { method: 'PUT', path: '/api/inventory/N', body: `{"warehouse_id":"${warehouse}","quantity":NUMBER}` },
  delta: { method: 'PUT', path: '/api/inventory/N', body: `{"warehouse_id":"${warehouse}","delta":NUMBER}` },
  expected_quantity: { method: 'PUT', path: '/api/inventory/N', body: `{"warehouse_id":"${warehouse}","quantity":1,"expected_quantity":NUMBER}` },
  bulk_quantity: { method: 'POST', path: '/api/inventory/bulk', body: `{"updates":[{"sku":"N","warehouse_id":"${warehouse}","quantity":NUMBER}]}` },
  sync_on_hand: { method: 'POST', path: '/api/inventory/sync', body: `{"updates":[{"sku":"N","warehouse_id":"${fba}","on_hand":NUMBER,"reserved":0}]}` },
  sync_reserved: { method: 'POST', path: '/api/inventory/sync', body: `{"updates":[{"sku":"N","warehouse_id":"${fba}","on_hand":1,"reserved":NUMBER}]}` },
  safety_stock: { method: 'PATCH', path: '/api/inventory/N', body: '{"safety_stock":NUMBER}' },
  low_threshold: { method: 'PATCH', path: '/api/inventory/N', body: '{"low_threshold":NUMBER}' },
  reserved_quantity: { method: 'POST', path: '/api/reservations', body: '{"reference":"n","lines":[{"sku":"N","quantity":NUMBER}]}' },
  expires_in_seconds: { method: 'POST', path: '/api/reservations', body: '{"reference":"n","lines":[{"sku":"N","quantity":1}],"expires_in_seconds":NUMBER}' },
};

const not_integers = ['2.5', '"5"', '5.0', '1e3', '1E2', '1e400', '-1e400', '1e-5', 'true', '[5]', '{"value":5}', '""'];

for (const [place, { method, path, body }] of Object.entries(places)) {
  for (const number of not_integers) {
    test(`${place} ${number} is_refused`, async () => {
      const answer = await shop.send(method, path, { body: body.replace('NUMBER', number) });
      assert.equal(answer.status, 400, answer.text);
    });
  }
}

test('a_null_is_no_quantity', async () => {
  for (const place of ['quantity', 'delta', 'bulk_quantity', 'sync_on_hand', 'reserved_quantity']) {
    const { method, path, body } = places[place];
    await refused(shop.send(method, path, { body: body.replace('NUMBER', 'null') }), 'VALIDATION_ERROR');
  }
});

// Whole numbers that cannot stand: the number is understood, so the refusal says what is wrong with it.
const out_of_range: [place: string, number: string, codes: string[]][] = [
  ['quantity', '-1', ['NEGATIVE_QUANTITY']],
  ['quantity', '1000000000001', ['QUANTITY_TOO_LARGE']],
  ['quantity', '9223372036854775807', ['QUANTITY_TOO_LARGE']],
  ['quantity', '9223372036854775808', ['QUANTITY_TOO_LARGE', 'VALIDATION_ERROR']],
  ['quantity', '-9223372036854775809', ['NEGATIVE_QUANTITY', 'VALIDATION_ERROR']],
  ['quantity', '100000000000000000000000000000', ['QUANTITY_TOO_LARGE', 'VALIDATION_ERROR']],
  ['delta', '-101', ['NEGATIVE_QUANTITY']],
  ['delta', '9223372036854775807', ['QUANTITY_TOO_LARGE', 'VALIDATION_ERROR']],
  ['delta', '-9223372036854775808', ['NEGATIVE_QUANTITY', 'VALIDATION_ERROR']],
  ['bulk_quantity', '-1', ['NEGATIVE_QUANTITY']],
  ['sync_on_hand', '-1', ['NEGATIVE_QUANTITY', 'VALIDATION_ERROR']],
  ['sync_on_hand', '1000000000001', ['QUANTITY_TOO_LARGE', 'VALIDATION_ERROR']],
  ['reserved_quantity', '0', ['VALIDATION_ERROR']],
  ['reserved_quantity', '-1', ['VALIDATION_ERROR']],
  ['expires_in_seconds', '0', ['VALIDATION_ERROR']],
  ['expires_in_seconds', '31536001', ['VALIDATION_ERROR']],
];
for (const [place, number, codes] of out_of_range) {
  test(`${place} ${number} is_refused_as ${codes.join(' or ')}`, async () => {
    const { method, path, body } = places[place];
    const answer = await shop.send(method, path, { body: body.replace('NUMBER', number) });
    assert(codes.includes(answer.body.error?.code), answer.text);
  });
}

test('after_all_of_these_nothing_has_changed', async () => {
  const record = await shop.record('N');
  assert.deepEqual([record.total_on_hand, record.total_reserved, record.version], [100, 0, 2]);
  assert.equal((await shop.adjustments('N')).length, 1);
});

test('the_largest_numbers_come_back_exactly', async () => {
  const largest = 1_000_000_000_000;
  await shop.add_item('MAX', { [warehouse]: largest });
  await ok(shop.sync([{ sku: 'MAX', warehouse_id: fba, on_hand: largest, reserved: largest }]));
  const record = await shop.record('MAX');
  assert.deepEqual([record.total_on_hand, record.total_reserved, record.total_available], [2 * largest, largest, largest]);
  const zero = (await ok(shop.put('MAX', { warehouse_id: warehouse, delta: -largest }))).meta.adjustment;
  assert.deepEqual([zero.before_quantity, zero.after_quantity, zero.delta], [largest, 0, -largest]);
});
