// GET /api/inventory: order, filters, totals, and walks with a cursor while the stock is being written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused, type Shop } from './support/shop.js';
import { walk } from './support/walk.js';

const server = await start_server();
type ListQuery = Parameters<Shop['list']>[0];

async function walk_skus(shop: Shop, query: ListQuery, between?: () => Promise<unknown>): Promise<string[]> {
  const records = await walk((cursor) => ok(shop.list({ ...query, ...cursor })), between);
  return records.map((record) => record.sku);
}

const skus_of = async (shop: Shop, query: ListQuery) => (await ok(shop.list(query))).data.map((record) => record.sku);

test('records_stand_in_the_order_of_the_skus_bytes', async () => {
  const shop = await server.open_shop();
  const skus = ['b', 'a', 'B', 'A', 'a1', 'a 1', 'a/1', 'é', 'z', '\ufb00', '\u{1d11e}', '10', '9'];
  for (const sku of skus) await shop.add_item(sku);
  const expected = [...skus].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual(await skus_of(shop, {}), expected);
  assert.deepEqual(await walk_skus(shop, { limit: 1 }), expected);
});

test('an_empty_tenant_has_an_empty_list', async () => {
  const shop = await server.open_shop();
  assert.deepEqual(await ok(shop.list()), { data: [], meta: { total: 0, limit: 50, nextCursor: null } });
});

test('filters_and_totals', async (t) => {
  const shop = await server.open_shop();
  const [a, b, empty] = [await shop.add_warehouse('A'), await shop.add_warehouse('B'), await shop.add_warehouse('C')];
  await shop.add_item('N-1', { [a]: 100 }, { safety_stock: 5 });
  await shop.add_item('N-2', { [a]: 100, [b]: 1 }, { safety_stock: 5 });
  await shop.add_item('L-1', { [b]: 14 }, { safety_stock: 5 });
  await shop.add_item('C-1', { [b]: 9 }, { safety_stock: 5 });
  await shop.add_item('O-1', { [a]: 5 }, { safety_stock: 5 });
  await shop.add_item('O-2');
  await shop.add_item('Z-1', { [b]: 0 });

  const cases: [ListQuery, string[]][] = [
    [{}, ['C-1', 'L-1', 'N-1', 'N-2', 'O-1', 'O-2', 'Z-1']],
    [{ status: ['normal'] }, ['N-1', 'N-2']],
    [{ status: ['low'] }, ['L-1']],
    [{ status: ['critical'] }, ['C-1']],
    [{ status: ['out_of_stock'] }, ['O-1', 'O-2', 'Z-1']],
    [{ status: ['critical', 'low'] }, ['C-1', 'L-1']],
    [{ status: ['low', 'low'] }, ['L-1']],
    [{ warehouse_id: a }, ['N-1', 'N-2', 'O-1']],
    [{ warehouse_id: b }, ['C-1', 'L-1', 'N-2', 'Z-1']],
    [{ warehouse_id: empty }, []],
    [{ warehouse_id: b, status: ['out_of_stock', 'normal'] }, ['N-2', 'Z-1']],
    [{ sku: ['L-1'] }, ['L-1']],
    [{ sku: ['Z-1', 'L-1', 'NOPE'] }, ['L-1', 'Z-1']],
    [{ sku: ['L-1', 'L-1'] }, ['L-1']],
    [{ sku: ['l-1'] }, []],
    [{ sku: ['N-2', 'L-1'], status: ['normal'], warehouse_id: b }, ['N-2']],
  ];
  for (const [query, skus] of cases) {
    await t.test(JSON.stringify(query), async () => {
      const { data, meta } = await ok(shop.list(query));
      assert.deepEqual(data.map((record) => record.sku), skus);
      assert.deepEqual(meta, { total: skus.length, limit: 50, nextCursor: null });
      assert.deepEqual(await walk_skus(shop, { ...query, limit: 1 }), skus);
      assert.deepEqual(await walk_skus(shop, { ...query, limit: 2 }), skus);
    });
  }
  await t.test('the_record_is_not_cut_down_to_the_warehouse', async () => {
    const [record] = (await ok(shop.list({ warehouse_id: b, sku: ['N-2'] }))).data;
    assert.deepEqual(record.warehouses.map((row) => row.warehouse_id), [a, b]);
  });
  await t.test('filters_follow_what_is_written', async () => {
    await ok(shop.put('L-1', { warehouse_id: b, quantity: 1000 }));
    assert.deepEqual(await skus_of(shop, { status: ['low'] }), []);
    assert.deepEqual(await skus_of(shop, { status: ['normal'] }), ['L-1', 'N-1', 'N-2']);
    await ok(shop.change_item('N-1', { low_threshold: 500 }));
    assert.deepEqual(await skus_of(shop, { status: ['low'] }), ['N-1']);
    await ok(shop.change_warehouse(a, { is_active: false }));
    assert.deepEqual(await skus_of(shop, { status: ['out_of_stock'] }), ['N-1', 'N-2', 'O-1', 'O-2', 'Z-1']);
    await ok(shop.delete_item('O-2'), 204);
    assert.equal((await ok(shop.list())).meta.total, 6);
  });
});

test('limit_is_1_to_200', async () => {
  const shop = await server.open_shop();
  for (let i = 0; i < 201; i += 1) await shop.add_item(`S-${String(i).padStart(3, '0')}`);
  const page = await ok(shop.list({ limit: 200 }));
  assert.deepEqual([page.data.length, page.meta.total, page.meta.limit], [200, 201, 200]);
  assert(page.meta.nextCursor);
  const last = await ok(shop.list({ limit: 200, cursor: page.meta.nextCursor }));
  assert.deepEqual([last.data.map((record) => record.sku), last.meta.total, last.meta.nextCursor], [['S-200'], 201, null]);
  assert.equal((await ok(shop.list())).data.length, 50);
  const exact = await ok(shop.list({ limit: 1, sku: ['S-000'] }));
  assert.equal(exact.meta.nextCursor, null, 'a full page that is the last one says so');
});

test('a_walk_sees_every_item_that_exists_throughout_exactly_once', async () => {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  const kept = Array.from({ length: 60 }, (_, i) => `KEEP-${String(i).padStart(2, '0')}`);
  const removed = Array.from({ length: 60 }, (_, i) => `KEEP-${String(i).padStart(2, '0')}-x`);
  for (const sku of [...kept, ...removed]) await shop.add_item(sku);

  let step = 0;
  const seen = await walk_skus(shop, { limit: 7 }, async () => {
    step += 1;
    await ok(shop.delete_item(removed[step]), 204);
    await ok(shop.delete_item(removed[59 - step]), 204);
    await shop.add_item(`KEEP-00-new-${step}`);
    await shop.add_item(`KEEP-59-new-${step}`);
    await ok(shop.put(kept[(step * 17) % 60], { warehouse_id, quantity: step }));
  });
  assert.deepEqual(seen.filter((sku) => kept.includes(sku)), kept);
  assert.equal(new Set(seen).size, seen.length, 'nothing came twice');
  assert.deepEqual(seen, [...seen].sort());
});

test('a_walk_over_a_status_goes_on_when_its_last_item_leaves_that_status_or_is_removed', async () => {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  for (const sku of ['1', '2', '3', '4', '5']) await shop.add_item(sku);
  const first = await ok(shop.list({ status: ['out_of_stock'], limit: 2 }));
  await ok(shop.put('2', { warehouse_id, quantity: 9 }));
  const second = await ok(shop.list({ status: ['out_of_stock'], limit: 2, cursor: first.meta.nextCursor! }));
  assert.deepEqual(second.data.map((record) => record.sku), ['3', '4']);
  await ok(shop.delete_item('4'), 204);
  const third = await ok(shop.list({ status: ['out_of_stock'], limit: 2, cursor: second.meta.nextCursor! }));
  assert.deepEqual(third.data.map((record) => record.sku), ['5']);
});

test('cursors', async (t) => {
  const shop = await server.open_shop();
  for (let i = 0; i < 6; i += 1) await shop.add_item(`C-${i}`);
  const { nextCursor: cursor } = (await ok(shop.list({ limit: 2, status: ['out_of_stock', 'low'] }))).meta;
  assert(cursor);

  await t.test('the_limit_may_change_on_the_way', async () => {
    const page = await ok(shop.list({ limit: 3, status: ['out_of_stock', 'low'], cursor }));
    assert.deepEqual(page.data.map((record) => record.sku), ['C-2', 'C-3', 'C-4']);
  });
  await t.test('another_filter_is_refused', async () => {
    await refused(shop.list({ limit: 2, cursor }), 'INVALID_CURSOR');
    await refused(shop.list({ limit: 2, cursor, status: ['low'] }), 'INVALID_CURSOR');
    await refused(shop.list({ limit: 2, cursor, status: ['out_of_stock', 'low'], sku: ['C-3'] }), 'INVALID_CURSOR');
  });
  await t.test('a_cursor_of_another_list_is_refused', async () => {
    await refused(shop.reservations({ cursor }), 'INVALID_CURSOR');
    await refused(shop.history('C-1', { limit: 2, cursor }), 'INVALID_CURSOR');
  });
  await t.test('what_was_never_given_out_is_refused', async () => {
    const changed = `${cursor.slice(0, -2)}${cursor.at(-1) === 'A' ? 'B' : 'A'}${cursor.slice(-1)}`;
    for (const made_up of ['x', 'cursor_abc123', '!!!', 'C-2', `${cursor}A`, cursor.slice(1), changed, 'A'.repeat(2000), 'ü', '%00']) {
      const answer = await shop.send('GET', `/api/inventory?limit=2&status=out_of_stock,low&cursor=${encodeURIComponent(made_up)}`);
      assert.equal(answer.body.error?.code, 'INVALID_CURSOR', `${made_up}: ${answer.text}`);
    }
  });
  await t.test('a_cursor_survives_a_restart', async () => {
    await server.restart();
    const page = await ok(shop.again().list({ limit: 2, status: ['out_of_stock', 'low'], cursor }));
    assert.deepEqual(page.data.map((record) => record.sku), ['C-2', 'C-3']);
  });
});

test('what_cannot_be_asked', async (t) => {
  const shop = await server.open_shop();
  const queries = [
    'limit=0', 'limit=201', 'limit=-1', 'limit=abc', 'limit=', 'limit=1.5', 'limit=+5', 'limit=%205', 'limit=99999999999999999999', 'limit=5&limit=6', 'status=', 'status=NORMAL', 'status=normal,',
    'status=normal,sold', 'status=normal&status=low', 'cursor=a&cursor=b', 'sku=', `sku=${'x'.repeat(129)}`, 'sku=%FF', 'sku=%', 'sku=%zz', 'page=2', 'Limit=5', 'limit=5&&foo', 'warehouse_id=a&warehouse_id=b',
  ];
  for (const query of queries) {
    await t.test(query.slice(0, 40), async () => {
      const { status, body, text } = await shop.send('GET', `/api/inventory?${query}`);
      assert.equal(status, 400, text);
      assert.equal(body.error.code, query.startsWith('cursor=') ? body.error.code : 'VALIDATION_ERROR');
    });
  }
});

test('plus_and_percent_20_are_both_a_space_in_a_query', async () => {
  const shop = await server.open_shop();
  await shop.add_item('BANK CHARGES');
  await shop.add_item('a+b');
  for (const query of ['sku=BANK+CHARGES', 'sku=BANK%20CHARGES']) {
    assert.equal((await shop.send('GET', `/api/inventory?${query}`)).body.meta.total, 1, query);
  }
  assert.equal((await shop.send('GET', '/api/inventory?sku=a%2Bb')).body.meta.total, 1);
});
