// What a body may be: of known fields, each given once, announced as JSON, and not too large. What JSON is:
// json_classes.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused } from './support/shop.js';

const server = await start_server();
const shop = await server.open_shop();
const warehouse = await shop.add_warehouse();
await shop.add_item('A', { [warehouse]: 1 });
const { data: held } = await ok(shop.reserve({ reference: 'o', lines: [{ sku: 'A', quantity: 1 }] }), 201);

const put = (body: string, headers: Record<string, string> = {}) => shop.send('PUT', '/api/inventory/A', { body, headers });
const good = `{"warehouse_id":"${warehouse}","quantity":1}`;

// Every object that a body may hold: a good body but for EXTRA, a place inside that object, and one of its fields.
const bodies: Record<string, { method: string; path: string; body: string; field: string }> = {
  put: { method: 'PUT', path: '/api/inventory/A', body: `{"warehouse_id":"${warehouse}","quantity":1EXTRA}`, field: '"quantity":1' },
  bulk: { method: 'POST', path: '/api/inventory/bulk', body: `{"updates":[{"sku":"A","warehouse_id":"${warehouse}","quantity":1}],"mode":"partial"EXTRA}`, field: '"mode":"partial"' },
  bulk_update: { method: 'POST', path: '/api/inventory/bulk', body: `{"updates":[{"sku":"A","warehouse_id":"${warehouse}","quantity":1EXTRA}]}`, field: '"sku":"A"' },
  sync_row: { method: 'POST', path: '/api/inventory/sync', body: `{"updates":[{"sku":"A","warehouse_id":"${warehouse}","on_hand":1,"reserved":0EXTRA}]}`, field: '"on_hand":1' },
  create_item: { method: 'POST', path: '/api/inventory', body: '{"sku":"B"EXTRA}', field: '"sku":"B"' },
  change_item: { method: 'PATCH', path: '/api/inventory/A', body: '{"title":"x"EXTRA}', field: '"title":"x"' },
  create_warehouse: { method: 'POST', path: '/api/inventory/warehouses', body: '{"name":"B","type":"own"EXTRA}', field: '"type":"own"' },
  change_warehouse: { method: 'PATCH', path: `/api/inventory/warehouses/${warehouse}`, body: '{"name":"B"EXTRA}', field: '"name":"B"' },
  reserve: { method: 'POST', path: '/api/reservations', body: '{"reference":"p","lines":[{"sku":"A","quantity":1}]EXTRA}', field: '"reference":"p"' },
  reserve_line: { method: 'POST', path: '/api/reservations', body: '{"reference":"p","lines":[{"sku":"A","quantity":1EXTRA}]}', field: '"quantity":1' },
  ship_line: { method: 'POST', path: `/api/reservations/${held.id}/ship`, body: `{"lines":[{"sku":"A","warehouse_id":"${warehouse}","quantity":1EXTRA}]}`, field: '"sku":"A"' },
};

for (const [what, { method, path, body, field }] of Object.entries(bodies)) {
  test(`${what}: an_unknown_field_is_refused_by_name`, async () => {
    const error = await refused(shop.send(method, path, { body: body.replace('EXTRA', ',"quantitty":5') }), 'VALIDATION_ERROR');
    assert.match(error.message, /quantitty/);
  });
  test(`${what}: a_field_given_twice_is_refused_by_name`, async () => {
    const error = await refused(shop.send(method, path, { body: body.replace('EXTRA', `,${field}`) }), 'VALIDATION_ERROR');
    assert.match(error.message, new RegExp(JSON.parse(`[${field.split(':')[0]}]`)[0]));
  });
}

const types: [string, number][] = [
  ['application/json', 200], ['application/json; charset=utf-8', 200], ['application/json;charset="UTF-8"', 200], ['Application/JSON', 200],
  ['text/plain', 415], ['application/x-www-form-urlencoded', 415], ['application/jsonp', 415], ['application/json-patch+json', 415], ['text/json', 415], ['json', 415], ['', 415],
];
for (const [type, status] of types) {
  test(`Content-Type ${JSON.stringify(type)} answers ${status}`, async () => {
    const answer = await put(good, { 'Content-Type': type });
    assert.equal(answer.status, status, answer.text);
    if (status === 415) assert.equal(answer.body.error.code, 'UNSUPPORTED_MEDIA_TYPE');
  });
}

test('bodies_of_up_to_1_MiB_are_read_and_larger_ones_are_refused', async () => {
  const padded = (size: number) => good.replace('}', ' '.repeat(size - good.length) + '}');
  assert.equal((await put(padded(1_048_576))).status, 200);
  await refused(put(padded(1_048_577)), 'PAYLOAD_TOO_LARGE');
  await refused(put(padded(3_000_000)), 'PAYLOAD_TOO_LARGE');
});

test('a_body_in_chunks_is_read_and_limited_too', async () => {
  const chunked = { 'Transfer-Encoding': 'chunked' };
  assert.equal((await put(good, chunked)).status, 200);
  await refused(put(good.replace('}', ' '.repeat(1_100_000) + '}'), chunked), 'PAYLOAD_TOO_LARGE');
});

test('after_all_of_these_the_stock_is_what_it_was', async () => {
  const record = await shop.record('A');
  assert.deepEqual([record.total_on_hand, record.total_reserved, record.title], [1, 1, '']);
});
