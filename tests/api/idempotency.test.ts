// Idempotency-Key: a write that is repeated is done once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused, type Shop } from './support/shop.js';
import { open_stocked_shop, type StockedShop } from './support/stocked_shop.js';

const server = await start_server();

const world = () => open_stocked_shop(server, { A: 10, EMPTY: 0 }, { sku: 'A', quantity: 2 });

// Every write, and another body for it (undefined where there is none).
const writes: Record<string, (world: StockedShop) => { method: string; path: string; body?: object; other_body?: object }> = {
  put: ({ warehouse_id }) => ({ method: 'PUT', path: '/api/inventory/A', body: { warehouse_id, delta: 5 }, other_body: { warehouse_id, delta: 6 } }),
  bulk: ({ warehouse_id }) => ({ method: 'POST', path: '/api/inventory/bulk', body: { updates: [{ sku: 'A', warehouse_id, delta: 5 }] }, other_body: { updates: [{ sku: 'A', warehouse_id, delta: 6 }] } }),
  sync: ({ fba }) => ({ method: 'POST', path: '/api/inventory/sync', body: { updates: [{ sku: 'A', warehouse_id: fba, on_hand: 5, reserved: 1 }] }, other_body: { updates: [{ sku: 'A', warehouse_id: fba, on_hand: 6, reserved: 1 }] } }),
  create_item: () => ({ method: 'POST', path: '/api/inventory', body: { sku: 'NEW' }, other_body: { sku: 'OTHER' } }),
  change_item: () => ({ method: 'PATCH', path: '/api/inventory/A', body: { title: 'x' }, other_body: { title: 'y' } }),
  delete_item: () => ({ method: 'DELETE', path: '/api/inventory/EMPTY' }),
  create_warehouse: () => ({ method: 'POST', path: '/api/inventory/warehouses', body: { name: 'N', type: 'own' }, other_body: { name: 'M', type: 'own' } }),
  change_warehouse: ({ warehouse_id }) => ({ method: 'PATCH', path: `/api/inventory/warehouses/${warehouse_id}`, body: { name: 'N' }, other_body: { name: 'M' } }),
  reserve: () => ({ method: 'POST', path: '/api/reservations', body: { reference: 'n', lines: [{ sku: 'A', quantity: 1 }] }, other_body: { reference: 'm', lines: [{ sku: 'A', quantity: 1 }] } }),
  ship: ({ held, warehouse_id }) => ({ method: 'POST', path: `/api/reservations/${held}/ship`, body: {}, other_body: { lines: [{ sku: 'A', warehouse_id, quantity: 1 }] } }),
  release: ({ held }) => ({ method: 'POST', path: `/api/reservations/${held}/release` }),
};

async function everything(shop: Shop) {
  return [await ok(shop.list()), await ok(shop.warehouses()), await ok(shop.reservations()), await shop.adjustments('A')];
}

for (const [what, write] of Object.entries(writes)) {
  test(`${what} is_done_once`, async () => {
    const w = await world();
    const { method, path, body, other_body } = write(w);
    const send = (sent: object | undefined) => w.shop.send(method, path, { body: sent && JSON.stringify(sent), headers: { 'Idempotency-Key': 'key-1' } });
    const first = await send(body);
    assert(first.status < 300, first.text);
    assert.equal(first.headers.get('idempotent-replayed'), null);
    const after_first = await everything(w.shop);

    const again = await send(body);
    assert.deepEqual([again.status, again.text], [first.status, first.text]);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal(again.headers.get('etag'), first.headers.get('etag'));
    if (other_body) await refused(send(other_body), 'IDEMPOTENCY_KEY_REUSED');
    assert.deepEqual(await everything(w.shop), after_first);
  });
}

test('the_answer_is_the_first_one_even_after_the_record_has_moved_on', async () => {
  const { shop, warehouse_id } = await world();
  const header = { 'Idempotency-Key': 'k' };
  const first = await ok(shop.put('A', { warehouse_id, quantity: 50 }, header));
  await ok(shop.put('A', { warehouse_id, quantity: 60 }));
  assert.deepEqual(await ok(shop.put('A', { warehouse_id, quantity: 50 }, header)), first);
  assert.equal(await shop.on_hand('A'), 60);
});

test('another_path_under_the_same_key_is_another_request', async () => {
  const { shop, warehouse_id } = await world();
  const header = { 'Idempotency-Key': 'k' };
  await ok(shop.put('A', { warehouse_id, quantity: 50 }, header));
  await refused(shop.put('EMPTY', { warehouse_id, quantity: 50 }, header), 'IDEMPOTENCY_KEY_REUSED');
});

test('a_refusal_is_not_kept_and_may_be_tried_again_under_its_key', async () => {
  const { shop, warehouse_id } = await world();
  const header = { 'Idempotency-Key': 'k' };
  await refused(shop.put('A', { warehouse_id, delta: -11 }, header), 'NEGATIVE_QUANTITY');
  await ok(shop.put('A', { warehouse_id, quantity: 20 }));
  const later = await shop.put('A', { warehouse_id, delta: -11 }, header);
  assert.equal(later.headers.get('idempotent-replayed'), null);
  assert.equal((await ok(Promise.resolve(later))).data.total_on_hand, 9);
});

test('a_key_belongs_to_its_tenant', async () => {
  const [one, two] = [await world(), await world()];
  const header = { 'Idempotency-Key': 'shared' };
  await ok(one.shop.put('A', { warehouse_id: one.warehouse_id, delta: 1 }, header));
  const other = await two.shop.put('A', { warehouse_id: two.warehouse_id, delta: 1 }, header);
  assert.equal(other.status, 200);
  assert.equal(other.headers.get('idempotent-replayed'), null);
  const colleague = await one.shop.with_key(['inventory:write']);
  assert.equal((await colleague.put('A', { warehouse_id: one.warehouse_id, delta: 1 }, header)).headers.get('idempotent-replayed'), 'true');
});

test('many_at_once_under_one_key_are_done_once', async () => {
  const { shop, warehouse_id } = await world();
  const answers = await Promise.all(Array.from({ length: 30 }, () => shop.put('A', { warehouse_id, delta: 1 }, { 'Idempotency-Key': 'storm' })));
  const done = answers.filter((answer) => answer.status === 200);
  assert.equal(done.filter((answer) => answer.headers.get('idempotent-replayed') === null).length, 1, 'one did it');
  for (const answer of answers) assert([200, 409].includes(answer.status), 'the others got its answer, or were told that it is in progress');
  assert.equal(new Set(done.map((answer) => JSON.stringify(answer.body))).size, 1);
  assert.equal(await shop.on_hand('A'), 11);
});

test('keys_outlive_a_restart_and_a_crash', async () => {
  const { shop, warehouse_id } = await world();
  const header = { 'Idempotency-Key': 'durable' };
  const first = await ok(shop.put('A', { warehouse_id, delta: 1 }, header));
  await server.restart();
  assert.deepEqual(await ok(shop.again().put('A', { warehouse_id, delta: 1 }, header)), first);
  await server.kill();
  await server.start();
  const replayed = await shop.again().put('A', { warehouse_id, delta: 1 }, header);
  assert.deepEqual(replayed.body, first);
  assert.equal(replayed.headers.get('idempotent-replayed'), 'true');
  assert.equal(await shop.again().on_hand('A'), 11);
});

test('a_key_has_1_to_255_characters', async () => {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  await shop.add_item('A');
  const body = JSON.stringify({ warehouse_id, quantity: 1 });
  const put = (key: string | string[]) => shop.send('PUT', '/api/inventory/A', { body, headers: { 'Idempotency-Key': key } });
  await refused(put(''), 'VALIDATION_ERROR');
  await refused(put('k'.repeat(256)), 'VALIDATION_ERROR');
  await refused(put(['one', 'two']), 'VALIDATION_ERROR');
  await refused(put('two words'), 'VALIDATION_ERROR');
  for (const key of ['k', 'k'.repeat(255), '"quoted"', '../..']) assert.equal((await put(key)).status, 200, key);
});

test('a_key_on_a_read_changes_nothing', async () => {
  const { shop } = await world();
  await ok(shop.get('A', { 'Idempotency-Key': 'read' }));
  const again = await shop.get('EMPTY', { 'Idempotency-Key': 'read' });
  assert.equal(again.status, 200);
});
