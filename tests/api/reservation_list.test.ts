// GET /api/reservations, and what cannot be a reservation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused, type Shop } from './support/shop.js';
import { walk } from './support/walk.js';

const server = await start_server();
type ReservationsQuery = Parameters<Shop['reservations']>[0];

async function walk_references(shop: Shop, query: ReservationsQuery): Promise<string[]> {
  const all = await walk((cursor) => ok(shop.reservations({ ...query, ...cursor })));
  return all.map((one) => one.reference);
}

test('the_list_is_newest_first_with_filters_and_pages', async (t) => {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  await shop.add_item('A', { [warehouse_id]: 100 });
  await shop.add_item('B', { [warehouse_id]: 100 });
  const ids: string[] = [];
  for (const [i, skus] of [['A'], ['B'], ['A', 'B'], ['A'], ['B', 'B']].entries()) {
    const { data } = await ok(shop.reserve({ reference: `r${i}`, lines: skus.map((sku) => ({ sku, quantity: 1 })) }), 201);
    ids.push(data.id);
  }
  await ok(shop.ship(ids[0]));
  await ok(shop.release(ids[1]));

  const cases: [ReservationsQuery, string[]][] = [
    [{}, ['r4', 'r3', 'r2', 'r1', 'r0']],
    [{ status: ['held'] }, ['r4', 'r3', 'r2']],
    [{ status: ['shipped'] }, ['r0']],
    [{ status: ['released', 'shipped'] }, ['r1', 'r0']],
    [{ status: ['expired'] }, []],
    [{ sku: 'A' }, ['r3', 'r2', 'r0']],
    [{ sku: 'B', status: ['held'] }, ['r4', 'r2']],
    [{ sku: 'NOPE' }, []],
    [{ reference: 'r3' }, ['r3']],
    [{ reference: 'r' }, []],
    [{ reference: 'r3', status: ['shipped'] }, []],
  ];
  for (const [query, references] of cases) {
    await t.test(JSON.stringify(query), async () => {
      const { data, meta } = await ok(shop.reservations(query));
      assert.deepEqual(data.map((one) => one.reference), references);
      assert.deepEqual(meta, { limit: 50, nextCursor: null });
      assert.deepEqual(await walk_references(shop, { ...query, limit: 1 }), references);
      assert.deepEqual(await walk_references(shop, { ...query, limit: 2 }), references);
    });
  }
  await t.test('each_is_as_get_one_gives_it', async () => {
    for (const one of (await ok(shop.reservations())).data) assert.deepEqual((await ok(shop.reservation(one.id))).data, one);
  });
  await t.test('a_walk_goes_on_when_its_last_one_leaves_the_filter', async () => {
    const first = await ok(shop.reservations({ status: ['held'], limit: 1 }));
    await ok(shop.release(first.data[0].id));
    await ok(shop.reserve({ reference: 'r9', lines: [{ sku: 'A', quantity: 1 }] }), 201);
    const second = await ok(shop.reservations({ status: ['held'], limit: 5, cursor: first.meta.nextCursor! }));
    assert.deepEqual(second.data.map((one) => one.reference), ['r3', 'r2']);
    await refused(shop.reservations({ status: ['shipped'], limit: 5, cursor: first.meta.nextCursor! }), 'INVALID_CURSOR');
  });
});

test('what_cannot_be_asked', async (t) => {
  const shop = await server.open_shop();
  for (const query of ['limit=0', 'limit=201', 'status=open', 'status=', 'sku=', 'sku=a&sku=b', 'reference=', 'warehouse_id=x', 'status=held&status=shipped']) {
    await t.test(query, () => refused(shop.send('GET', `/api/reservations?${query}`), 'VALIDATION_ERROR'));
  }
  await t.test('a_made_up_cursor', () => refused(shop.reservations({ cursor: 'x' }), 'INVALID_CURSOR'));
});

test('an_unknown_reservation', async (t) => {
  const shop = await server.open_shop();
  for (const id of ['res_01HXA5B7D9F1H3K5M7P9R1T3VX', 'nonsense', 'wh_01HXA5B7D9F1H3K5M7P9R1T3VX']) {
    await t.test(id, async () => {
      await refused(shop.reservation(id), 'RESERVATION_NOT_FOUND');
      await refused(shop.ship(id), 'RESERVATION_NOT_FOUND');
      await refused(shop.release(id), 'RESERVATION_NOT_FOUND');
    });
  }
});

const line = '{"sku":"A","quantity":1}';
const refused_bodies: [string, string][] = [
  ['no_reference', `{"lines":[${line}]}`], ['an_empty_reference', `{"reference":"","lines":[${line}]}`], ['a_reference_of_129_characters', `{"reference":"${'r'.repeat(129)}","lines":[${line}]}`],
  ['a_reference_with_a_line_break', `{"reference":"a\\nb","lines":[${line}]}`], ['a_reference_that_is_a_number', `{"reference":1,"lines":[${line}]}`], ['no_lines', '{"reference":"o"}'],
  ['empty_lines', '{"reference":"o","lines":[]}'], ['1001_lines', `{"reference":"o","lines":[${Array.from({ length: 1001 }, () => line).join()}]}`], ['a_line_without_a_sku', '{"reference":"o","lines":[{"quantity":1}]}'],
  ['a_line_without_a_quantity', '{"reference":"o","lines":[{"sku":"A"}]}'], ['a_line_of_nothing', '{"reference":"o","lines":[{"sku":"A","quantity":0}]}'],
  ['a_line_with_a_price', '{"reference":"o","lines":[{"sku":"A","quantity":1,"price":5}]}'], ['a_warehouse_of_null', '{"reference":"o","lines":[{"sku":"A","quantity":1,"warehouse_id":null}]}'],
  ['a_status', `{"reference":"o","lines":[${line}],"status":"shipped"}`], ['an_expiry_of_zero', `{"reference":"o","lines":[${line}],"expires_in_seconds":0}`],
  ['an_expiry_of_more_than_a_year', `{"reference":"o","lines":[${line}],"expires_in_seconds":31536001}`],
];
test('what_cannot_be_a_reservation', async (t) => {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  await shop.add_item('A', { [warehouse_id]: 5000 });
  for (const [what, body] of refused_bodies) {
    await t.test(`with ${what}`, () => refused(shop.send('POST', '/api/reservations', { body }), 'VALIDATION_ERROR'));
  }
  assert.equal((await shop.record('A')).total_reserved, 0);
  await t.test('1000_lines_are_taken', async () => {
    const { data } = await ok(shop.reserve({ reference: 'o', lines: Array.from({ length: 1000 }, () => ({ sku: 'A', quantity: 1 })) }), 201);
    assert.equal(data.lines.reduce((sum, one) => sum + one.quantity, 0), 1000);
    await ok(shop.ship(data.id));
    assert.equal(await shop.on_hand('A'), 4000);
  });
});

test('what_cannot_be_shipped', async (t) => {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  await shop.add_item('A', { [warehouse_id]: 10 });
  const { data: held } = await ok(shop.reserve({ reference: 'o', lines: [{ sku: 'A', quantity: 5 }] }), 201);
  const bodies = ['{"lines":[]}', '{"lines":[{"sku":"A","quantity":1}]}', `{"lines":[{"sku":"A","warehouse_id":"${warehouse_id}","quantity":0}]}`, '{"all":true}', '[]', 'null'];
  for (const body of bodies) {
    await t.test(body, () => refused(shop.send('POST', `/api/reservations/${held.id}/ship`, { body }), 'VALIDATION_ERROR'));
  }
  await t.test('an_empty_object_ships_everything', async () => {
    assert.equal((await ok(shop.ship(held.id, {}))).data.status, 'shipped');
  });
});
