// Keys, tenants and rate limits: who is let in, to what, and how often.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused, Shop } from './support/shop.js';
import { everything_kept } from './support/store.js';
import { until } from './support/wait.js';

const server = await start_server();

test('every_way_of_having_no_valid_key_answers_the_same', async () => {
  const shop = await server.open_shop();
  const revoked = await shop.with_key(['*']);
  await server.cli('key', 'revoke', revoked.key_id);
  const expired = await shop.with_key(['*'], { expires: '1s' });
  await until(async () => (await expired.send('GET', '/api/inventory')).status === 401);

  const authorizations = [
    undefined, '', 'Bearer', 'Bearer ', shop.key, `Basic ${Buffer.from(`${shop.key}:`).toString('base64')}`, `Bearer ${shop.key}x`, `Bearer ${shop.key.slice(0, -1)}`, `Bearer ${shop.key} ${shop.key}`,
    'Bearer nxc_live_', `Bearer nxc_live_${'A'.repeat(43)}`, `Bearer ${'x'.repeat(3000)}`, `Bearer ${shop.key.toUpperCase()}`, 'Bearer \u00fc', `Bearer ${revoked.key}`, `Bearer ${expired.key}`, `Token ${shop.key}`,
  ];
  const bodies = new Set<string>();
  for (const authorization of authorizations) {
    const answer = await shop.send('GET', '/api/inventory', { key: '', headers: authorization === undefined ? {} : { Authorization: authorization } });
    assert.equal(answer.status, 401, `${authorization}: ${answer.text}`);
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
    bodies.add(answer.text);
  }
  assert.equal(bodies.size, 1, [...bodies].join('\n'));
});

test('the_word_bearer_may_be_written_in_any_case', async () => {
  const shop = await server.open_shop();
  for (const word of ['Bearer', 'bearer', 'BEARER']) {
    assert.equal((await shop.send('GET', '/api/inventory', { headers: { Authorization: `${word} ${shop.key}` } })).status, 200, word);
  }
});

test('two_keys_in_one_request_are_refused', async () => {
  const shop = await server.open_shop();
  const answer = await shop.send('GET', '/api/inventory', { headers: { Authorization: [`Bearer ${shop.key}`, `Bearer ${shop.key}x`] } });
  assert([400, 401].includes(answer.status), `${answer.status}`);
});

test('a_revoked_key_is_shut_out_at_once_and_the_others_are_not', async () => {
  const shop = await server.open_shop();
  const other = await shop.with_key(['inventory:read']);
  await ok(other.list());
  await server.cli('key', 'revoke', other.key_id);
  await refused(other.list(), 'UNAUTHORIZED');
  await ok(shop.list());
});

test('a_key_works_until_it_expires', async () => {
  const shop = await server.open_shop();
  const lasting = await shop.with_key(['inventory:read'], { expires: '90d' });
  const brief = await shop.with_key(['inventory:read'], { expires: '2s' });
  await ok(lasting.list());
  await until(async () => (await brief.list()).status === 401);
  await ok(lasting.list());
});

test('keys_and_their_revocation_outlive_a_restart_and_a_crash', async () => {
  const shop = await server.open_shop();
  const revoked = await shop.with_key(['*']);
  await server.cli('key', 'revoke', revoked.key_id);
  await server.kill();
  await server.start();
  await ok(shop.again().list());
  await refused(revoked.again().list(), 'UNAUTHORIZED');
});

test('a_key_made_while_the_server_is_down_works_when_it_is_back', async () => {
  const shop = await server.open_shop();
  await server.stop();
  const made = await server.create_key(shop.tenant, ['inventory:read']);
  await server.start();
  await ok(new Shop(server, shop.tenant, made.key).list());
});

test('nothing_of_a_key_but_its_hash_is_on_the_disk', async () => {
  const shop = await server.open_shop();
  await ok(shop.list());
  await server.stop();
  const secret = shop.key.slice('nxc_live_'.length);
  const kept = await everything_kept(server.store);
  // Without the ends, too: in a packed block those of a hash, or of a key, may be shared with another that ends alike.
  const hash = createHash('sha256').update(shop.key).digest().subarray(4, -4);
  assert(kept.includes(hash.toString('latin1')) || kept.includes(hash.toString('hex')), 'its hash is to be there');
  for (const part of [secret, secret.slice(0, 12), secret.slice(12, -12), secret.slice(-12)]) assert(!kept.includes(part), 'a part of the key is on the disk');
  await server.start();
});

test('nothing_of_another_tenant_is_visible', async () => {
  const [ours, theirs] = [await server.open_shop(), await server.open_shop()];
  const warehouse_id = await ours.add_warehouse();
  const fba = await ours.add_warehouse('FBA', 'FBA');
  await ours.add_item('SECRET', { [warehouse_id]: 5 });
  const { data: held } = await ok(ours.reserve({ reference: 'o', lines: [{ sku: 'SECRET', quantity: 1 }] }), 201);
  const { nextCursor } = (await ok((await ours.create_item({ sku: 'SECRET-2' }), ours.list({ limit: 1 })))).meta;
  await theirs.add_item('OWN');

  await refused(theirs.get('SECRET'), 'INVENTORY_NOT_FOUND');
  await refused(theirs.history('SECRET'), 'INVENTORY_NOT_FOUND');
  await refused(theirs.put('SECRET', { warehouse_id, quantity: 1 }), 'INVENTORY_NOT_FOUND');
  await refused(theirs.put('OWN', { warehouse_id, quantity: 1 }), 'WAREHOUSE_NOT_FOUND');
  await refused(theirs.sync([{ sku: 'OWN', warehouse_id: fba, on_hand: 1, reserved: 0 }]), 'WAREHOUSE_NOT_FOUND');
  await refused(theirs.list({ warehouse_id }), 'WAREHOUSE_NOT_FOUND');
  await refused(theirs.change_warehouse(warehouse_id, { name: 'x' }), 'WAREHOUSE_NOT_FOUND');
  await refused(theirs.reservation(held.id), 'RESERVATION_NOT_FOUND');
  await refused(theirs.ship(held.id), 'RESERVATION_NOT_FOUND');
  await refused(theirs.release(held.id), 'RESERVATION_NOT_FOUND');
  await refused(theirs.change_item('SECRET', { title: 'x' }), 'INVENTORY_NOT_FOUND');
  await refused(theirs.delete_item('SECRET'), 'INVENTORY_NOT_FOUND');
  assert.deepEqual((await ok(theirs.list())).data.map((record) => record.sku), ['OWN']);
  assert.deepEqual((await ok(theirs.list({ sku: ['SECRET'] }))).meta.total, 0);
  assert.deepEqual((await ok(theirs.warehouses())).data, []);
  assert.deepEqual((await ok(theirs.reservations())).data, []);
  const foreign = await theirs.list({ limit: 1, cursor: nextCursor! });
  assert(foreign.status === 400 || !JSON.stringify(foreign.body).includes('SECRET'));

  await theirs.add_item('SECRET');
  await theirs.add_warehouse();
  await ok(theirs.create_item({ sku: 'X' }), 201);
  const record = await ours.record('SECRET');
  assert.deepEqual([record.total_on_hand, record.total_reserved], [5, 1]);
});

test('x_tenant_id_may_name_the_keys_own_tenant_and_no_other', async () => {
  const [ours, theirs] = [await server.open_shop(), await server.open_shop()];
  const as = (tenant: string) => ours.send('GET', '/api/inventory', { headers: { 'X-Tenant-ID': tenant } });
  assert.equal((await as(ours.tenant)).status, 200);
  for (const tenant of [theirs.tenant, 'ten_01HX8K3N5V7Q2R9T4W6Y1ZB0CD', 'nonsense']) await refused(as(tenant), 'TENANT_FORBIDDEN');
});

test('a_scope_does_not_imply_another', async () => {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  await shop.add_item('A');
  const [writer, admin] = [await shop.with_key(['inventory:write']), await shop.with_key(['inventory:admin'])];
  assert.equal((await refused(writer.get('A'), 'INSUFFICIENT_SCOPE')).details.required_scope, 'inventory:read');
  assert.equal((await refused(admin.put('A', { warehouse_id, quantity: 1 }), 'INSUFFICIENT_SCOPE')).details.required_scope, 'inventory:write');
  assert.equal((await refused(writer.create_item({ sku: 'B' }), 'INSUFFICIENT_SCOPE')).details.required_scope, 'inventory:admin');
  const both = await shop.with_key(['inventory:read', 'inventory:write']);
  await ok(both.put('A', { warehouse_id, quantity: 1 }));
  await ok(both.get('A'));
});

test('a_key_with_a_rate_limit_is_told_how_much_is_left_and_then_to_wait', async () => {
  const shop = await server.open_shop();
  const limited = await shop.with_key(['inventory:read'], { rate_limit: 3 });
  const answers = [];
  for (let i = 0; i < 4; i += 1) answers.push(await limited.list());
  assert.deepEqual(answers.map((answer) => answer.status), [200, 200, 200, 429]);
  assert.deepEqual(answers.map((answer) => answer.headers.get('x-ratelimit-limit')), ['3', '3', '3', '3']);
  assert.deepEqual(answers.map((answer) => answer.headers.get('x-ratelimit-remaining')), ['2', '1', '0', '0']);
  for (const answer of answers) assert(Number(answer.headers.get('x-ratelimit-reset')) >= 0);
  await refused(Promise.resolve(answers[3]), 'RATE_LIMITED');
  const wait = Number(answers[3].headers.get('retry-after'));
  assert(wait >= 1 && wait <= 60, `${wait}`);
});

test('a_rate_limit_is_the_keys_own', async () => {
  const shop = await server.open_shop();
  const limited = await shop.with_key(['inventory:read'], { rate_limit: 1 });
  await ok(limited.list());
  await refused(limited.list(), 'RATE_LIMITED');
  for (let i = 0; i < 10; i += 1) assert.equal((await ok(shop.list())).meta.total, 0);
  assert.equal((await shop.list()).headers.get('x-ratelimit-limit'), null);
  assert.equal((await limited.send('GET', '/livez')).status, 200, 'pages without a key have no limit');
});

test('what_a_rate_limit_refused_was_not_done', async () => {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  await shop.add_item('A', { [warehouse_id]: 0 });
  const limited = await shop.with_key(['inventory:write'], { rate_limit: 5 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => limited.put('A', { warehouse_id, delta: 1 })));
  assert.equal(await shop.on_hand('A'), answers.filter((answer) => answer.status === 200).length);
  assert(answers.some((answer) => answer.status === 429));
});
