// The log: one JSON object a line, with the request id, and never a key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { execute } from './support/postgres.js';
import { start_server } from './support/server.js';
import { ok, refused } from './support/shop.js';
import { postgresql_only } from './support/store.js';
import { until } from './support/wait.js';

const server = await start_server();
const shop = await server.open_shop();
const warehouse_id = await shop.add_warehouse();
await shop.add_item('A', { [warehouse_id]: 1 });

const lines_with = (text: string) => server.log.filter((line) => JSON.stringify(line).includes(text));

test('every_line_is_a_json_object', async () => {
  await ok(shop.list());
  assert(server.log.length > 0);
  assert.deepEqual(server.other_output, []);
});

test('a_request_stands_in_the_log_under_its_id', async () => {
  await shop.send('GET', '/api/inventory/A', { headers: { 'X-Request-ID': 'find-me-1' } });
  await until(async () => lines_with('find-me-1').length > 0);
  const text = JSON.stringify(lines_with('find-me-1'));
  assert.match(text, /GET/);
  assert.match(text, /200/);
});

test('a_refusal_stands_in_the_log_under_the_id_that_was_made_for_it', async () => {
  const answer = await shop.send('GET', '/api/inventory/NOPE');
  const id = answer.headers.get('x-request-id')!;
  await until(async () => lines_with(id).length > 0);
  assert.match(JSON.stringify(lines_with(id)), /404/);
});

test('no_key_is_ever_logged_good_or_bad', async () => {
  const made_up = 'nxc_live_neverheardof0123456789abcdefghijklm';
  await refused(shop.send('GET', '/api/inventory', { key: made_up }), 'UNAUTHORIZED');
  await shop.send('GET', '/api/inventory', { headers: { Authorization: shop.key } });
  const { key } = await shop.with_key(['inventory:read']);
  await shop.send('GET', '/api/inventory', { key, headers: { 'X-Request-ID': 'last-one' } });
  await until(async () => lines_with('last-one').length > 0);
  for (const secret of [shop.key, key, made_up]) {
    assert.deepEqual(lines_with(secret), []);
    assert(!server.other_output.some((line) => line.includes(secret)));
  }
});

test('what_a_client_sends_cannot_forge_a_line', async () => {
  await shop.send('GET', '/api/inventory/%0A%7B%22event%22:%22forged%22%7D', { headers: { 'X-Request-ID': 'forger' } });
  await until(async () => lines_with('forger').length > 0);
  assert(!server.log.some((line) => line.event === 'forged'));
  assert.deepEqual(server.other_output, []);
});

test('what_the_database_says_to_a_request_stands_in_the_log_in_its_words_and_is_told_to_no_client', postgresql_only('a folder says nothing'), async () => {
  const troubles = (id: string) => server.log.filter((line) => line.event === 'trouble' && line.request_id === id);
  const crowd = 300;
  const storm = () => server.log.filter((line) => line.event === 'trouble' && String(line.request_id).startsWith('storm-'));
  await execute(server.store, 'ALTER TABLE items RENAME TO hidden_items');
  try {
    const asked = [
      { id: 'read-one', status: 503, method: 'GET', path: '/api/inventory/A' },
      { id: 'read-list', status: 503, method: 'GET', path: '/api/inventory' },
      { id: 'write', status: 500, method: 'PUT', path: '/api/inventory/A', body: JSON.stringify({ warehouse_id, delta: 1 }) },
    ];
    for (const { id, status, method, path, body } of asked) {
      const answer = await shop.send(method, path, { headers: { 'X-Request-ID': id }, body });
      assert.equal(answer.status, status);
      assert.doesNotMatch(answer.text, /relation|does not exist/);
      await until(async () => troubles(id).length > 0);
      assert.equal(troubles(id).length, 1);
      assert.match(String(troubles(id)[0].what), /relation "items" does not exist/);
    }
    await Promise.all(Array.from({ length: crowd }, (_, i) => shop.send('GET', '/api/inventory/A', { headers: { 'X-Request-ID': `storm-${i}` } })));
    await until(async () => {
      await shop.send('GET', '/api/inventory/A', { headers: { 'X-Request-ID': 'storm-over' } });
      return storm().some((line) => Number(line.left_out) > 0);
    });
  } finally {
    await execute(server.store, 'ALTER TABLE hidden_items RENAME TO items');
  }
  assert(storm().length > 0 && storm().length < crowd, `${storm().length} lines`);
  await ok(shop.send('GET', '/api/inventory/A'));
});

test('sigterm_finishes_what_is_in_flight_and_ends_with_0', async () => {
  const writes = Array.from({ length: 50 }, () => shop.put('A', { warehouse_id, delta: 1 }).then((answer) => answer.status, () => 0));
  await writes[0];
  await server.stop();
  const statuses = await Promise.all(writes);
  await server.start();
  const done = statuses.filter((status) => status === 200).length;
  const { total_on_hand } = await shop.again().record('A');
  assert(done >= 1);
  assert(total_on_hand >= 1 + done && total_on_hand <= 51, 'what was answered was done');
});

test('the_password_of_the_database_is_not_in_the_log', postgresql_only('a folder has none'), async () => {
  assert(server.log.some(({ event }) => event === 'store_opened'));
  const { password } = new URL(server.store);
  for (const secret of [password, decodeURIComponent(password)]) assert.deepEqual(lines_with(secret), []);
  assert.deepEqual(server.other_output, []);
});
