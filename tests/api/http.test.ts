// HTTP itself: HEAD, gzip, ETag, request ids, methods, paths.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { operations } from './support/openapi.js';
import { start_server } from './support/server.js';
import { ok, refused } from './support/shop.js';

const server = await start_server();
const shop = await server.open_shop();
const warehouse_id = await shop.add_warehouse();
await shop.add_item('A', { [warehouse_id]: 5 });
for (let i = 0; i < 60; i += 1) await shop.add_item(`ITEM-${i}`, {}, { title: 'A product with a rather long and repetitive title' });
const { data: held } = await ok(shop.reserve({ reference: 'o', lines: [{ sku: 'A', quantity: 1 }] }), 201);

const in_path = (path: string) => path.replace('{sku}', 'A').replace('{warehouse_id}', warehouse_id).replace('{reservation_id}', held.id);
const readable = operations.filter(({ method }) => method === 'GET').map(({ path }) => in_path(path));

for (const path of readable) {
  test(`HEAD ${path.replace(held.id, '{id}')} answers_as_GET_without_the_body`, async () => {
    const [get, head] = [await shop.send('GET', path), await shop.send('HEAD', path)];
    assert.equal(head.status, get.status);
    assert.equal(head.bytes.length, 0);
    assert.equal(head.headers.get('content-type'), get.headers.get('content-type'));
    assert.equal(head.headers.get('etag'), get.headers.get('etag'));
    if (path !== '/metrics' && head.headers.has('content-length')) assert.equal(head.headers.get('content-length'), String(get.bytes.length));
  });
}

test('HEAD_of_what_is_not_there_says_so_without_a_body', async () => {
  const head = await shop.send('HEAD', '/api/inventory/NOPE');
  assert.deepEqual([head.status, head.bytes.length], [404, 0]);
});

test('gzip_when_asked_for_and_worth_it', async () => {
  const plain = await shop.send('GET', '/api/inventory');
  assert.equal(plain.headers.get('content-encoding'), null);
  const zipped = await shop.send('GET', '/api/inventory', { headers: { 'Accept-Encoding': 'br, gzip' } });
  assert.equal(zipped.headers.get('content-encoding'), 'gzip');
  assert.match(zipped.headers.get('vary') ?? '', /accept-encoding/i);
  assert(zipped.bytes.length < plain.bytes.length / 4);
  assert.equal(gunzipSync(zipped.bytes).toString(), plain.text);
});

test('a_long_history_is_zipped_too', async () => {
  await shop.add_item('LONG');
  await ok(shop.bulk(Array.from({ length: 300 }, () => ({ sku: 'LONG', warehouse_id, delta: 1 }))));
  const plain = await shop.send('GET', '/api/inventory/LONG/adjustments');
  const asked = await shop.send('GET', '/api/inventory/LONG/adjustments', { headers: { 'Accept-Encoding': 'gzip' } });
  const text = asked.headers.get('content-encoding') === 'gzip' ? gunzipSync(asked.bytes).toString() : asked.text;
  assert.equal(text, plain.text);
});

const unzipped: Record<string, string> = { 'gzip;q=0': '/api/inventory', br: '/api/inventory', identity: '/api/inventory', gzip: '/api/inventory/A/adjustments', 'gzip;q=0, *': '/api/inventory' };
for (const [accepted, path] of Object.entries(unzipped)) {
  test(`Accept-Encoding ${accepted} is not zipped at ${path}`, async () => {
    const answer = await shop.send('GET', path, { headers: { 'Accept-Encoding': accepted } });
    assert.equal(answer.headers.get('content-encoding'), null);
    assert.equal(answer.status, 200);
  });
}

test('etag_is_the_version_and_a_known_one_answers_304', async () => {
  const { headers, body } = await shop.get('A');
  const etag = headers.get('etag')!;
  assert.equal(etag, `"${body.data.version}"`);
  for (const known of [etag, `W/${etag}`, '*', `"999", ${etag}`, `"999",W/${etag} , "1000"`]) {
    const answer = await shop.send('GET', '/api/inventory/A', { headers: { 'If-None-Match': known } });
    assert.deepEqual([answer.status, answer.bytes.length, answer.headers.get('etag')], [304, 0, etag], known);
  }
  for (const unknown of ['"999"', 'W/"999"', 'nonsense']) assert.equal((await shop.send('GET', '/api/inventory/A', { headers: { 'If-None-Match': unknown } })).status, 200, unknown);
  await ok(shop.put('A', { warehouse_id, delta: 1 }));
  assert.equal((await shop.send('GET', '/api/inventory/A', { headers: { 'If-None-Match': etag } })).status, 200);
});

test('a_request_id_is_echoed_or_made', async () => {
  const sent = await shop.send('GET', '/api/inventory/A', { headers: { 'X-Request-ID': 'shop-4711_a.b' } });
  assert.equal(sent.headers.get('x-request-id'), 'shop-4711_a.b');
  const [one, two] = [await shop.send('GET', '/api/inventory/A'), await shop.send('GET', '/api/inventory/A')];
  assert(one.headers.get('x-request-id'));
  assert.notEqual(one.headers.get('x-request-id'), two.headers.get('x-request-id'));
});

test('a_request_id_is_on_errors_and_on_pages_without_a_key_too', async () => {
  for (const path of ['/api/nothing', '/api/inventory/NOPE', '/livez', '/metrics', '/nothing']) {
    const answer = await shop.send('GET', path, { headers: { 'X-Request-ID': 'id-1' } });
    assert.equal(answer.headers.get('x-request-id'), 'id-1', path);
  }
  assert.equal((await shop.send('GET', '/api/inventory', { key: '', headers: { 'X-Request-ID': 'id-2' } })).headers.get('x-request-id'), 'id-2');
});

test('a_request_id_that_is_too_long_is_not_echoed_at_length', async () => {
  const answer = await shop.send('GET', '/api/inventory/A', { headers: { 'X-Request-ID': 'x'.repeat(4000) } });
  assert(answer.headers.get('x-request-id')!.length <= 128);
});

test('a_wrong_method_names_those_that_are_allowed', async () => {
  const paths = new Map<string, string[]>();
  for (const { method, path } of operations) paths.set(path, [...(paths.get(path) ?? []), method]);
  for (const [path, methods] of paths) {
    const expected = new Set([...methods, ...(methods.includes('GET') ? ['HEAD'] : [])]);
    for (const method of ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'].filter((one) => !methods.includes(one))) {
      const answer = await shop.send(method, in_path(path));
      // GET, PUT and so on of a word like `bulk` may also be seen as those of a SKU of that name, which cannot be.
      assert([405, 404].includes(answer.status), `${method} ${path}: ${answer.status}`);
      if (answer.status === 405) {
        const allowed = answer.headers.get('allow')!.split(',').map((one) => one.trim()).filter((one) => one !== 'OPTIONS');
        assert.deepEqual(new Set(allowed), expected, `${method} ${path}`);
      }
    }
  }
});

const unknown_paths = ['/', '/api', '/api/', '/api/inventory/', '/API/inventory', '/api/inventories', '/api/inventory/A/', '/api/inventory/A/adjustments/', '/api/inventory/A/history', '/api//inventory', '/api/reservations/x/cancel', '/docs/../livez', '/favicon.ico', '/api/keys', '/api/tenants'];
for (const path of unknown_paths) {
  test(`${path} is_no_route`, async () => {
    const error = await refused(shop.send('GET', path), 'ROUTE_NOT_FOUND');
    assert(error.message);
  });
}

test('route_words_are_never_skus_whatever_their_spelling', async () => {
  for (const word of ['bulk', 'sync', '%62ulk']) {
    const answer = await shop.send('GET', `/api/inventory/${word}`);
    assert([404, 405, 400].includes(answer.status), `${word}: ${answer.status}`);
  }
});

test('bad_percent_encoding_in_a_path_is_refused', async () => {
  for (const path of ['/api/inventory/%', '/api/inventory/%4', '/api/inventory/%zz', '/api/inventory/%FF', '/api/inventory/%C0%AF', '/api/inventory/a%00b', '/api/inventory/%ED%A0%80']) {
    assert.equal((await shop.send('GET', path)).status, 400, path);
  }
});

test('an_unknown_parameter_is_refused_by_name_wherever_it_stands', async () => {
  for (const path of ['/api/inventory/A?sku=A', '/api/inventory/A?pretty', '/api/inventory/warehouses?limit=5', `/api/reservations/${held.id}?x=1`]) {
    const error = await refused(shop.send('GET', path), 'VALIDATION_ERROR');
    assert.match(error.message, /sku|pretty|limit|x/);
  }
  await refused(shop.send('PUT', '/api/inventory/A?dry_run=true', { body: JSON.stringify({ warehouse_id, quantity: 1 }) }), 'VALIDATION_ERROR');
  assert.notEqual(await shop.on_hand('A'), 1);
});

test('the_pages_for_people_and_machines', async () => {
  assert.deepEqual((await shop.send('GET', '/livez', { key: '' })).body, { data: { status: 'live' } });
  assert.deepEqual((await shop.send('GET', '/readyz', { key: '' })).body, { data: { status: 'ready' } });
  const metrics = await shop.send('GET', '/metrics', { key: '' });
  assert.match(metrics.text, /^# (HELP|TYPE) /m);
  const docs = await shop.send('GET', '/docs', { key: '' });
  assert.match(docs.headers.get('content-security-policy') ?? '', /default-src 'self'/);
  for (const [, file] of docs.text.matchAll(/(?:src|href)="(\/docs\/[^"]+)"/g)) assert.equal((await shop.send('GET', file, { key: '', described: false })).status, 200, file);
  assert.equal((await shop.send('GET', '/openapi.json', { key: '' })).body.openapi, '3.1.0');
});
