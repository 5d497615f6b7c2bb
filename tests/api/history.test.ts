// GET /api/inventory/:sku/adjustments: who changed which stock from what to what, when, and why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused, type Adjustment, type Shop } from './support/shop.js';
import { sleep } from './support/wait.js';
import { walk } from './support/walk.js';

const server = await start_server();
type HistoryQuery = Parameters<Shop['history']>[1];

async function walk_history(shop: Shop, sku: string, query: HistoryQuery): Promise<Adjustment[]> {
  return walk(async (cursor) => {
    const body = await ok(shop.history(sku, { ...query, ...cursor }));
    assert('meta' in body);
    assert.equal(body.meta.limit, query?.limit);
    return body;
  });
}

test('newest_first_and_only_the_references_fields', async () => {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  await shop.add_item('H', { [warehouse_id]: 1 });
  await ok(shop.put('H', { warehouse_id, quantity: 5, reason: 'supplier_receipt', note: '' }));
  await ok(shop.bulk([{ sku: 'H', warehouse_id, delta: -2, reason: 'damaged', note: 'Fell down' }]));
  const answer = await ok(shop.history('H'));
  assert.deepEqual(Object.keys(answer), ['data']);
  assert.deepEqual(answer.data.map((line) => [line.before_quantity, line.after_quantity, line.delta, line.reason]), [
    [5, 3, -2, 'damaged'], [1, 5, 4, 'supplier_receipt'], [0, 1, 1, 'manual_adjustment'],
  ]);
  assert.deepEqual(Object.keys(answer.data[0]), ['id', 'sku', 'warehouse_id', 'before_quantity', 'after_quantity', 'delta', 'reason', 'note', 'created_by', 'created_at']);
  assert.deepEqual(Object.keys(answer.data[2]), ['id', 'sku', 'warehouse_id', 'before_quantity', 'after_quantity', 'delta', 'reason', 'created_by', 'created_at']);
  const ids = answer.data.map((line) => line.id);
  assert.deepEqual([...ids].sort().reverse(), ids, 'ids sort by creation');
});

test('created_by_is_the_owner_of_the_key', async () => {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  await shop.add_item('H');
  const bob = await shop.with_key(['inventory:write'], { owner: 'Bob Müller <bob@shop.example>' });
  await ok(bob.put('H', { warehouse_id, quantity: 5 }));
  assert.equal((await shop.adjustments('H'))[0].created_by, 'Bob Müller <bob@shop.example>');
});

test('an_item_without_adjustments_has_an_empty_history_and_an_unknown_one_none', async () => {
  const shop = await server.open_shop();
  await shop.add_item('H');
  assert.deepEqual(await ok(shop.history('H')), { data: [] });
  assert.deepEqual(await ok(shop.history('H', { limit: 5 })), { data: [], meta: { limit: 5, nextCursor: null } });
  await refused(shop.history('NOPE'), 'INVENTORY_NOT_FOUND');
});

test('filters', async (t) => {
  const shop = await server.open_shop();
  const [a, b] = [await shop.add_warehouse('A'), await shop.add_warehouse('B')];
  await shop.add_item('H');
  const lines: Adjustment[] = [];
  for (const [warehouse_id, reason] of [[a, 'count'], [b, 'count'], [a, 'receipt'], [b, 'receipt'], [a, 'count']]) {
    const { id, created_at } = (await ok(shop.put('H', { warehouse_id, delta: 1, reason }))).meta.adjustment;
    lines.unshift({ id, created_at, warehouse_id, reason } as Adjustment);
    await sleep(5);
  }
  const today = lines[0].created_at.slice(0, 10);
  const day = (offset: number) => new Date(Date.parse(today) + offset * 86_400_000).toISOString().slice(0, 10);
  const since = (offset: number) => new Date(Date.parse(lines[2].created_at) + offset).toISOString();
  const ids = (query: HistoryQuery) => shop.history('H', query).then((answer) => ok(Promise.resolve(answer))).then((body) => body.data.map((line) => line.id));
  const at = (...indices: number[]) => indices.map((i) => lines[i].id);
  const all = at(0, 1, 2, 3, 4);

  const cases: [string, HistoryQuery, string[]][] = [
    ['warehouse', { warehouse_id: b }, at(1, 3)],
    ['reason', { reason: 'receipt' }, at(1, 2)],
    ['both', { warehouse_id: a, reason: 'count' }, at(0, 4)],
    ['a_reason_that_never_was', { reason: 'nothing' }, []],
    ['from_a_moment_on_including_it', { start_date: lines[2].created_at }, at(0, 1, 2)],
    ['up_to_a_moment_including_it', { end_date: lines[2].created_at }, at(2, 3, 4)],
    ['one_moment', { start_date: lines[2].created_at, end_date: lines[2].created_at }, at(2)],
    ['just_after', { start_date: since(1) }, at(0, 1)],
    ['just_before', { end_date: since(-1) }, at(3, 4)],
    ['without_milliseconds', { start_date: '2020-01-01T00:00:00Z' }, all],
    ['with_an_offset', { start_date: since(3_600_000).replace('Z', '+01:00') }, at(0, 1, 2)],
    ['a_bare_end_date_is_the_end_of_that_day', { end_date: day(0) }, all],
    ['a_bare_start_date_is_the_start_of_that_day', { start_date: day(0) }, all],
    ['tomorrow_on', { start_date: day(2) }, []],
    ['up_to_yesterday', { end_date: day(-1) }, []],
    ['everything_at_once', { start_date: day(0), end_date: day(1), warehouse_id: a, reason: 'count' }, at(0, 4)],
  ];
  for (const [what, query, expected] of cases) {
    await t.test(what, async () => {
      assert.deepEqual(await ids(query), expected);
      assert.deepEqual((await walk_history(shop, 'H', { ...query, limit: 1 })).map((line) => line.id), expected, 'the same page by page');
    });
  }
});

test('what_cannot_be_asked', async (t) => {
  const shop = await server.open_shop();
  await shop.add_item('H');
  const queries = [
    'start_date=yesterday', 'start_date=', 'start_date=2026-02-30', 'start_date=2026-13-01', 'start_date=2026-3-1', 'start_date=20260301', 'end_date=2026-03-12T25:00:00Z', 'end_date=2026-03-12T14:00:00',
    'start_date=2026-03-12T14:00', 'start_date=1773324000', 'start_date=2026-03-02&end_date=2026-03-01', 'start_date=2026-03-01T12:00:00Z&end_date=2026-03-01T11:59:59Z', 'reason=No+such', 'reason=', 'limit=0',
    'limit=201', 'start_date=2026-03-01&start_date=2026-03-02', 'reason=a&reason=b', 'sku=H', 'status=normal',
  ];
  for (const query of queries) await t.test(query, () => refused(shop.send('GET', `/api/inventory/H/adjustments?${query}`), 'VALIDATION_ERROR'));
  await t.test('the_unknown_sku_is_told_before_the_unknown_warehouse', async () => {
    await refused(shop.history('NOPE', { warehouse_id: 'wh_01HX8K3N5V7Q2R9T4W6Y1ZB0CD' }), 'INVENTORY_NOT_FOUND');
    await refused(shop.history('H', { warehouse_id: 'wh_01HX8K3N5V7Q2R9T4W6Y1ZB0CD' }), 'WAREHOUSE_NOT_FOUND');
  });
});

test('more_than_5000_adjustments_come_in_one_answer_and_page_by_page', async (t) => {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  await shop.add_item('LONG');
  await shop.add_item('LONG-2', { [warehouse_id]: 1 });
  for (let i = 0; i < 11; i += 1) {
    await ok(shop.bulk(Array.from({ length: 500 }, (_, j) => ({ sku: 'LONG', warehouse_id, delta: 1, reason: j % 100 === 0 ? 'hundredth' : 'receipt' }))));
  }
  const expected = Array.from({ length: 5500 }, (_, i) => 5500 - i);
  const all = await shop.adjustments('LONG');
  assert.deepEqual(all.map((line) => line.after_quantity), expected);

  await t.test('page_by_page', async () => assert.deepEqual(await walk_history(shop, 'LONG', { limit: 200 }), all));
  await t.test('filtered', async () => {
    assert.equal((await ok(shop.history('LONG', { reason: 'hundredth' }))).data.length, 55);
    assert.equal((await walk_history(shop, 'LONG', { reason: 'hundredth', limit: 10 })).length, 55);
  });
  await t.test('a_walk_is_not_disturbed_by_what_is_written_meanwhile', async () => {
    const first = await ok(shop.history('LONG', { limit: 3 }));
    assert('meta' in first);
    await ok(shop.put('LONG', { warehouse_id, delta: 1 }));
    const second = await ok(shop.history('LONG', { limit: 3, cursor: first.meta.nextCursor! }));
    assert.deepEqual(second.data, all.slice(3, 6));
    await refused(shop.history('LONG', { limit: 3, reason: 'receipt', cursor: first.meta.nextCursor! }), 'INVALID_CURSOR');
    await refused(shop.history('LONG-2', { limit: 3, cursor: first.meta.nextCursor! }), 'INVALID_CURSOR');
  });
  await t.test('after_a_restart', async () => {
    await server.restart();
    assert.deepEqual((await shop.again().adjustments('LONG')).slice(1), all);
  });
});
