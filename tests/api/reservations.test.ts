// Reservations: an order arrives (held), leaves (shipped), dies (released) or is forgotten (expired).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused, type Reservation, type Shop } from './support/shop.js';
import { until } from './support/wait.js';

const server = await start_server();

async function shop_with(stock: number[], settings: { safety_stock?: number } = {}): Promise<{ shop: Shop; warehouses: string[] }> {
  const shop = await server.open_shop();
  const warehouses: string[] = [];
  for (const i of stock.keys()) warehouses.push(await shop.add_warehouse(`W${i}`));
  await shop.add_item('S', Object.fromEntries(warehouses.map((id, i) => [id, stock[i]])), settings);
  return { shop, warehouses };
}

const hold = async (shop: Shop, reference: string, quantity: number, warehouse_id?: string): Promise<Reservation> =>
  (await ok(shop.reserve({ reference, lines: [{ sku: 'S', quantity, ...(warehouse_id && { warehouse_id }) }] }), 201)).data;

const rows = async (shop: Shop) => (await shop.record('S')).warehouses.map((row) => [row.on_hand, row.reserved, row.available]);

test('an_order_is_held', async () => {
  const { shop, warehouses: [w] } = await shop_with([10]);
  const { data: held } = await ok(shop.reserve({ reference: 'order-1', lines: [{ sku: 'S', quantity: 4 }] }), 201);
  const { id, created_at, ...rest } = held;
  assert(id && created_at);
  assert.deepEqual(rest, { reference: 'order-1', status: 'held', lines: [{ sku: 'S', warehouse_id: w, quantity: 4 }], created_by: 'anna@shop.example' });
  assert.deepEqual(await ok(shop.reservation(id)), { data: held });
  assert.deepEqual(await rows(shop), [[10, 4, 6]]);
  assert.equal((await shop.adjustments('S')).length, 1, 'holding is no adjustment of on hand');
});

test('a_shipped_order_leaves_reserved_and_on_hand_and_one_adjustment_a_line', async () => {
  const { shop, warehouses: [a, b] } = await shop_with([3, 10]);
  const held = await hold(shop, 'order-2', 5);
  assert.deepEqual(held.lines, [{ sku: 'S', warehouse_id: a, quantity: 3 }, { sku: 'S', warehouse_id: b, quantity: 2 }]);
  const { data: shipped } = await ok(shop.ship(held.id));
  assert.deepEqual({ ...shipped, closed_at: undefined }, { ...held, status: 'shipped', closed_at: undefined });
  assert(shipped.closed_at! >= held.created_at);
  assert.deepEqual(await rows(shop), [[0, 0, 0], [8, 0, 8]]);
  const lines = (await shop.adjustments('S')).slice(0, 2);
  assert.deepEqual(lines.map((line) => [line.warehouse_id, line.delta, line.reason, line.note]).sort(), [[a, -3, 'order_shipped', 'order-2'], [b, -2, 'order_shipped', 'order-2']].sort());
});

test('a_released_order_leaves_reserved_alone', async () => {
  const { shop } = await shop_with([10]);
  const held = await hold(shop, 'order-3', 4);
  const { data: released } = await ok(shop.release(held.id));
  assert.deepEqual([released.status, released.lines], ['released', held.lines]);
  assert.deepEqual(await rows(shop), [[10, 0, 10]]);
  assert.equal((await shop.adjustments('S')).length, 1);
});

test('part_of_an_order_is_shipped_and_the_rest_stays_held', async () => {
  const { shop, warehouses: [a, b] } = await shop_with([3, 10]);
  const held = await hold(shop, 'order-4', 5);
  const { data: part } = await ok(shop.ship(held.id, { lines: [{ sku: 'S', warehouse_id: a, quantity: 3 }, { sku: 'S', warehouse_id: b, quantity: 1 }] }));
  assert.deepEqual([part.status, part.lines], ['held', [{ sku: 'S', warehouse_id: b, quantity: 1 }]]);
  assert(!('closed_at' in part));
  assert.deepEqual(await rows(shop), [[0, 0, 0], [9, 1, 8]]);
  const { data: rest } = await ok(shop.ship(held.id, { lines: [{ sku: 'S', warehouse_id: b, quantity: 1 }] }));
  assert.equal(rest.status, 'shipped');
  assert.deepEqual(await rows(shop), [[0, 0, 0], [8, 0, 8]]);
});

test('what_was_shipped_in_part_can_still_be_released', async () => {
  const { shop, warehouses: [a] } = await shop_with([10]);
  const held = await hold(shop, 'order-5', 5);
  await ok(shop.ship(held.id, { lines: [{ sku: 'S', warehouse_id: a, quantity: 2 }] }));
  const { data } = await ok(shop.release(held.id));
  assert.deepEqual(data.lines, [{ sku: 'S', warehouse_id: a, quantity: 3 }]);
  assert.deepEqual(await rows(shop), [[8, 0, 8]]);
});

test('more_than_is_held_cannot_be_shipped', async () => {
  const { shop, warehouses: [a, b] } = await shop_with([10, 10]);
  await shop.add_item('OTHER', { [a]: 5 });
  const held = await hold(shop, 'order-6', 5);
  for (const line of [{ sku: 'S', warehouse_id: a, quantity: 6 }, { sku: 'S', warehouse_id: b, quantity: 1 }, { sku: 'OTHER', warehouse_id: a, quantity: 1 }]) {
    await refused(shop.ship(held.id, { lines: [line] }), 'INSUFFICIENT_STOCK');
  }
  const twice = [{ sku: 'S', warehouse_id: a, quantity: 3 }, { sku: 'S', warehouse_id: a, quantity: 3 }];
  await refused(shop.ship(held.id, { lines: twice }), 'INSUFFICIENT_STOCK');
  assert.deepEqual(await rows(shop), [[10, 5, 5], [10, 0, 10]]);
});

test('more_than_is_on_hand_cannot_be_shipped', async () => {
  const { shop, warehouses: [a] } = await shop_with([10]);
  const held = await hold(shop, 'order-7', 5);
  await ok(shop.put('S', { warehouse_id: a, quantity: 4, reason: 'cycle_count' }));
  await refused(shop.ship(held.id), 'NEGATIVE_QUANTITY');
  assert.equal((await ok(shop.reservation(held.id))).data.status, 'held');
  await ok(shop.put('S', { warehouse_id: a, delta: 1 }));
  await ok(shop.ship(held.id));
  assert.deepEqual(await rows(shop), [[0, 0, 0]]);
});

test('a_closed_reservation_stays_as_it_is', async (t) => {
  const { shop } = await shop_with([10]);
  const closed = { shipped: await hold(shop, 'c-1', 1), released: await hold(shop, 'c-2', 1) };
  await ok(shop.ship(closed.shipped.id));
  await ok(shop.release(closed.released.id));
  for (const [status, { id }] of Object.entries(closed)) {
    await t.test(status, async () => {
      const before = await ok(shop.reservation(id));
      await refused(shop.ship(id), 'RESERVATION_CLOSED');
      await refused(shop.release(id), 'RESERVATION_CLOSED');
      assert.deepEqual(await ok(shop.reservation(id)), before);
    });
  }
  assert.deepEqual(await rows(shop), [[9, 0, 9]]);
});

test('all_lines_are_held_or_none', async () => {
  const { shop, warehouses: [a] } = await shop_with([10]);
  await shop.add_item('T', { [a]: 2 });
  const error = await refused(shop.reserve({ reference: 'o', lines: [{ sku: 'S', quantity: 1 }, { sku: 'T', quantity: 3 }] }), 'INSUFFICIENT_STOCK');
  assert.deepEqual(error.details.lines, [{ index: 1, sku: 'T', requested: 3, available: 2 }]);
  await refused(shop.reserve({ reference: 'o', lines: [{ sku: 'S', quantity: 1 }, { sku: 'NOPE', quantity: 1 }] }), 'INVENTORY_NOT_FOUND');
  assert.deepEqual(await rows(shop), [[10, 0, 10]]);
});

test('a_sku_may_stand_on_several_lines_and_they_add_up', async () => {
  const { shop } = await shop_with([10]);
  const line = { sku: 'S', quantity: 4 };
  await refused(shop.reserve({ reference: 'o', lines: [line, line, line] }), 'INSUFFICIENT_STOCK');
  const { data } = await ok(shop.reserve({ reference: 'o', lines: [line, line] }), 201);
  assert.equal(data.lines.reduce((sum, one) => sum + one.quantity, 0), 8);
  assert.deepEqual(await rows(shop), [[10, 8, 2]]);
  await ok(shop.ship(data.id));
  assert.deepEqual(await rows(shop), [[2, 0, 2]]);
});

test('never_more_than_is_available', async () => {
  const { shop, warehouses: [a, b] } = await shop_with([10, 10], { safety_stock: 4 });
  assert.deepEqual(await rows(shop), [[10, 0, 6], [10, 0, 10]]);
  await refused(shop.reserve({ reference: 'o', lines: [{ sku: 'S', warehouse_id: a, quantity: 7 }] }), 'INSUFFICIENT_STOCK');
  await refused(shop.reserve({ reference: 'o', lines: [{ sku: 'S', quantity: 17 }] }), 'INSUFFICIENT_STOCK');
  const held = await hold(shop, 'o', 16);
  assert.deepEqual(held.lines, [{ sku: 'S', warehouse_id: a, quantity: 6 }, { sku: 'S', warehouse_id: b, quantity: 10 }]);
  assert.equal((await shop.record('S')).status, 'out_of_stock');
});

test('without_a_warehouse_readonly_and_inactive_ones_are_passed_over', async () => {
  const shop = await server.open_shop();
  const off = await shop.add_warehouse('Off');
  const fba = await shop.add_warehouse('FBA', 'FBA');
  const partner = await shop.add_warehouse('Partner', '3PL');
  await shop.add_item('S', { [off]: 5, [partner]: 5 });
  await ok(shop.sync([{ sku: 'S', warehouse_id: fba, on_hand: 5, reserved: 0 }]));
  await ok(shop.change_warehouse(off, { is_active: false }));
  await refused(shop.reserve({ reference: 'o', lines: [{ sku: 'S', quantity: 6 }] }), 'INSUFFICIENT_STOCK');
  assert.deepEqual((await hold(shop, 'o', 5)).lines, [{ sku: 'S', warehouse_id: partner, quantity: 5 }]);
});

test('a_reference_is_held_once_and_free_again_when_closed', async () => {
  const { shop } = await shop_with([10]);
  const first = await hold(shop, 'same', 1);
  await refused(shop.reserve({ reference: 'same', lines: [{ sku: 'S', quantity: 1 }] }), 'RESERVATION_EXISTS');
  await ok(shop.release(first.id));
  const second = await hold(shop, 'same', 1);
  await ok(shop.ship(second.id));
  const third = await hold(shop, 'same', 1);
  const { data } = await ok(shop.reservations({ reference: 'same' }));
  assert.deepEqual(data.map((one) => [one.id, one.status]), [[third.id, 'held'], [second.id, 'shipped'], [first.id, 'released']]);
});

test('however_many_race_for_the_last_unit_exactly_one_gets_it', async () => {
  const { shop } = await shop_with([1]);
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => shop.reserve({ reference: `race-${i}`, lines: [{ sku: 'S', quantity: 1 }] })));
  assert.equal(answers.filter((answer) => answer.status === 201).length, 1);
  assert.equal(answers.filter((answer) => answer.status === 409).length, 49);
  assert.deepEqual(await rows(shop), [[1, 1, 0]]);
});

test('of_ship_and_release_at_once_exactly_one_wins', async () => {
  const { shop } = await shop_with([20]);
  for (let i = 0; i < 10; i += 1) {
    const { id } = await hold(shop, `both-${i}`, 1);
    const statuses = (await Promise.all([shop.ship(id), shop.release(id), shop.ship(id), shop.release(id)])).map((answer) => answer.status);
    assert.deepEqual(statuses.sort(), [200, 409, 409, 409]);
  }
  const shipped = (await ok(shop.reservations({ status: ['shipped'] }))).data.length;
  assert.deepEqual(await rows(shop), [[20 - shipped, 0, 20 - shipped]]);
});

test('a_reservation_that_expires_releases_itself_also_across_a_restart', async () => {
  const { shop } = await shop_with([10]);
  const { data: soon } = await ok(shop.reserve({ reference: 'soon', lines: [{ sku: 'S', quantity: 2 }], expires_in_seconds: 1 }), 201);
  const { data: late } = await ok(shop.reserve({ reference: 'late', lines: [{ sku: 'S', quantity: 3 }], expires_in_seconds: 31_536_000 }), 201);
  assert.equal(Date.parse(soon.expires_at!) - Date.parse(soon.created_at), 1000);
  assert.deepEqual(await rows(shop), [[10, 5, 5]]);
  await until(async () => (await ok(shop.reservation(soon.id))).data.status === 'expired');
  assert.deepEqual(await rows(shop), [[10, 3, 7]]);
  await refused(shop.ship(soon.id), 'RESERVATION_CLOSED');
  await refused(shop.release(soon.id), 'RESERVATION_CLOSED');
  const expired = (await ok(shop.reservation(soon.id))).data;
  assert.deepEqual([expired.lines, expired.expires_at], [soon.lines, soon.expires_at]);
  assert(expired.closed_at! >= expired.expires_at!);

  const { data: across } = await ok(shop.reserve({ reference: 'across', lines: [{ sku: 'S', quantity: 4 }], expires_in_seconds: 1 }), 201);
  await server.restart();
  const reopened = shop.again();
  await until(async () => (await ok(reopened.reservation(across.id))).data.status === 'expired');
  assert.deepEqual(await rows(reopened), [[10, 3, 7]]);
  assert.deepEqual(await ok(reopened.reservation(late.id)), { data: late });
});
