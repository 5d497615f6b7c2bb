// What another tenant has is, to us, what nobody has: the same answer to the byte, whichever operation is asked. The
// answers to whole requests by another tenant's key are authorization.test.ts's; here it is our key, and their names.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { send, type RawAnswer } from './support/http.js';
import { operations, resolve, type Schema } from './support/openapi.js';
import { start_server } from './support/server.js';
import { ok } from './support/shop.js';
import { open_stocked_shop, type StockedShop } from './support/stocked_shop.js';

const server = await start_server();

// Two tenants whose days are the same: one is asked for what they have, the other for what nobody has.
const world = () => open_stocked_shop(server, { M: 1000, Z: 1000 }, { sku: 'M', quantity: 100 });
const [ours, twin, theirs] = [await world(), await world(), await world()];

// Names for things, theirs or nobody's, and the rest of a request: of whoever sends it.
interface Names { sku: string; empty: string; warehouse_id: string; fba: string; reservation_id: string; reference: string; key: string }
type Request = { method: string; path: string; body?: object; headers?: Record<string, string> };
type Row = [operation_and_field: string, request: (names: Names, own: StockedShop) => Request, for_us: number, for_them: number];

const on = (sku: string, rest = '') => `/api/inventory/${sku}${rest}`;
const keyed = (request: (own: StockedShop) => Request) => ({ key }: Names, own: StockedShop) => ({ ...request(own), headers: { 'Idempotency-Key': key } });
const rows: Row[] = [
  ['listInventory sku', ({ sku }) => ({ method: 'GET', path: `/api/inventory?sku=${sku}` }), 200, 200],
  ['listInventory warehouse_id', ({ warehouse_id }) => ({ method: 'GET', path: `/api/inventory?warehouse_id=${warehouse_id}` }), 404, 200],
  ['createItem sku', ({ sku }) => ({ method: 'POST', path: '/api/inventory', body: { sku } }), 201, 409],
  ['getInventory sku', ({ sku }) => ({ method: 'GET', path: on(sku) }), 404, 200],
  ['updateInventory sku', ({ sku }, { warehouse_id }) => ({ method: 'PUT', path: on(sku), body: { warehouse_id, quantity: 5 } }), 404, 200],
  ['updateInventory sku', ({ sku }, { warehouse_id }) => ({ method: 'PUT', path: on(sku), body: { warehouse_id, quantity: 5 }, headers: { 'If-Match': '"999"' } }), 404, 412],
  ['updateInventory warehouse_id', ({ warehouse_id }) => ({ method: 'PUT', path: on('M'), body: { warehouse_id, quantity: 900 } }), 404, 200],
  ['updateInventory warehouse_id', ({ fba }) => ({ method: 'PUT', path: on('M'), body: { warehouse_id: fba, quantity: 900 } }), 404, 403],
  ['updateItem sku', ({ sku }) => ({ method: 'PATCH', path: on(sku), body: { title: 'x' } }), 404, 200],
  ['deleteItem sku', ({ empty }) => ({ method: 'DELETE', path: on(empty) }), 404, 204],
  ['deleteItem sku', ({ sku }) => ({ method: 'DELETE', path: on(sku) }), 404, 409],
  ['listAdjustments sku', ({ sku }) => ({ method: 'GET', path: on(sku, '/adjustments') }), 404, 200],
  ['listAdjustments warehouse_id', ({ warehouse_id }) => ({ method: 'GET', path: on('M', `/adjustments?warehouse_id=${warehouse_id}`) }), 404, 200],
  ['bulkUpdateInventory sku', ({ sku }, { warehouse_id }) => ({ method: 'POST', path: on('bulk'), body: { updates: [{ sku, warehouse_id, delta: 1 }] } }), 404, 200],
  ['bulkUpdateInventory sku', ({ sku }, { warehouse_id }) => ({ method: 'POST', path: on('bulk'), body: { updates: [{ sku: 'M', warehouse_id, delta: 1 }, { sku, warehouse_id, delta: 1 }], mode: 'partial' } }), 200, 200],
  ['bulkUpdateInventory warehouse_id', ({ warehouse_id }) => ({ method: 'POST', path: on('bulk'), body: { updates: [{ sku: 'M', warehouse_id, delta: 1 }] } }), 404, 200],
  ['syncInventory sku', ({ sku }, { fba }) => ({ method: 'POST', path: on('sync'), body: { updates: [{ sku, warehouse_id: fba, on_hand: 1, reserved: 0 }] } }), 404, 200],
  ['syncInventory warehouse_id', ({ fba }) => ({ method: 'POST', path: on('sync'), body: { updates: [{ sku: 'M', warehouse_id: fba, on_hand: 1, reserved: 0 }] } }), 404, 200],
  ['syncInventory warehouse_id', ({ warehouse_id }) => ({ method: 'POST', path: on('sync'), body: { updates: [{ sku: 'M', warehouse_id, on_hand: 1, reserved: 0 }] } }), 404, 409],
  ['updateWarehouse warehouse_id', ({ warehouse_id }) => ({ method: 'PATCH', path: on('warehouses', `/${warehouse_id}`), body: { name: 'Renamed' } }), 404, 200],
  ['listReservations sku', ({ sku }) => ({ method: 'GET', path: `/api/reservations?sku=${sku}` }), 200, 200],
  ['listReservations reference', ({ reference }) => ({ method: 'GET', path: `/api/reservations?reference=${reference}` }), 200, 200],
  ['createReservation sku', ({ sku }) => ({ method: 'POST', path: '/api/reservations', body: { reference: 'a', lines: [{ sku, quantity: 1 }] } }), 404, 201],
  ['createReservation warehouse_id', ({ warehouse_id }) => ({ method: 'POST', path: '/api/reservations', body: { reference: 'b', lines: [{ sku: 'M', warehouse_id, quantity: 1 }] } }), 404, 201],
  ['createReservation reference', ({ reference }) => ({ method: 'POST', path: '/api/reservations', body: { reference, lines: [{ sku: 'M', quantity: 1 }] } }), 201, 409],
  ['getReservation reservation_id', ({ reservation_id }) => ({ method: 'GET', path: `/api/reservations/${reservation_id}` }), 404, 200],
  ['shipReservation reservation_id', ({ reservation_id }) => ({ method: 'POST', path: `/api/reservations/${reservation_id}/ship` }), 404, 200],
  ['shipReservation sku', ({ sku }, { held, warehouse_id }) => ({ method: 'POST', path: `/api/reservations/${held}/ship`, body: { lines: [{ sku, warehouse_id, quantity: 1 }] } }), 404, 409],
  ['shipReservation warehouse_id', ({ warehouse_id }, { held }) => ({ method: 'POST', path: `/api/reservations/${held}/ship`, body: { lines: [{ sku: 'M', warehouse_id, quantity: 1 }] } }), 404, 200],
  ['releaseReservation reservation_id', ({ reservation_id }) => ({ method: 'POST', path: `/api/reservations/${reservation_id}/release` }), 404, 200],
  ['createItem Idempotency-Key', keyed(() => ({ method: 'POST', path: '/api/inventory', body: { sku: 'K' } })), 201, 422],
  ['updateInventory Idempotency-Key', keyed(({ warehouse_id }) => ({ method: 'PUT', path: on('M'), body: { warehouse_id, delta: 1 } })), 200, 422],
  ['updateItem Idempotency-Key', keyed(() => ({ method: 'PATCH', path: on('M'), body: { title: 'k' } })), 200, 422],
  ['bulkUpdateInventory Idempotency-Key', keyed(({ warehouse_id }) => ({ method: 'POST', path: on('bulk'), body: { updates: [{ sku: 'M', warehouse_id, delta: 1 }] } })), 200, 422],
  ['syncInventory Idempotency-Key', keyed(({ fba }) => ({ method: 'POST', path: on('sync'), body: { updates: [{ sku: 'M', warehouse_id: fba, on_hand: 1, reserved: 0 }] } })), 200, 422],
  ['createWarehouse Idempotency-Key', keyed(() => ({ method: 'POST', path: on('warehouses'), body: { name: 'K', type: 'own' } })), 201, 422],
  ['updateWarehouse Idempotency-Key', keyed(({ warehouse_id }) => ({ method: 'PATCH', path: on('warehouses', `/${warehouse_id}`), body: { name: 'K' } })), 200, 422],
  ['createReservation Idempotency-Key', keyed(() => ({ method: 'POST', path: '/api/reservations', body: { reference: 'k', lines: [{ sku: 'M', quantity: 1 }] } })), 201, 422],
  ['shipReservation Idempotency-Key', keyed(({ held, warehouse_id }) => ({ method: 'POST', path: `/api/reservations/${held}/ship`, body: { lines: [{ sku: 'M', warehouse_id, quantity: 1 }] } })), 200, 422],
  ['releaseReservation Idempotency-Key', keyed(({ held }) => ({ method: 'POST', path: `/api/reservations/${held}/release` })), 200, 422],
  ['deleteItem Idempotency-Key', keyed(() => ({ method: 'DELETE', path: on('K') })), 204, 422],
];

const cursors: [operation: string, path: string][] = [
  ['listInventory', '/api/inventory?limit=1'], ['listReservations', '/api/reservations?limit=1'], ['listAdjustments', '/api/inventory/M/adjustments?limit=1'],
];

const field_names = ['sku', 'warehouse_id', 'reservation_id', 'reference', 'cursor', 'Idempotency-Key'];

function fields_of(schema: Schema): string[] {
  const { node } = resolve(schema);
  const inner = [...Object.entries(node.properties ?? {}), ...(node.items ? [['', node.items] as const] : [])];
  return inner.flatMap(([name, field]) => [name, ...fields_of(field as Schema)]);
}

test('every_operation_that_takes_a_name_is_here', () => {
  const described = operations.flatMap(({ operation }) => {
    const parameters = (operation.parameters ?? []).map((one) => resolve(one).node.name);
    const body = operation.requestBody ? fields_of(operation.requestBody.content['application/json'].schema) : [];
    return [...parameters, ...body].filter((name) => field_names.includes(name)).map((name) => `${operation.operationId} ${name}`);
  });
  const here = [...rows.map(([what]) => what), ...cursors.map(([operation]) => `${operation} cursor`)];
  assert.deepEqual([...new Set(here)].sort(), [...new Set(described)].sort());
});

// As long, and stands for nothing.
const nobodys = (name: string) => (/^[a-z]+_/.test(name) ? `${name.slice(0, -2)}${name.endsWith('00') ? '11' : '00'}` : `N${name.slice(1)}`);

let made = 100;
async function their_names(): Promise<Names> {
  made += 1;
  const { shop, warehouse_id, fba } = theirs;
  const names = { sku: `T-${made}`, empty: `TE-${made}`, warehouse_id, fba, reference: `tr-${made}`, key: `tk-${made}` };
  await shop.add_item(names.sku, { [warehouse_id]: 10 });
  await shop.add_item(names.empty);
  const { data } = await ok(shop.reserve({ reference: names.reference, lines: [{ sku: names.sku, quantity: 2 }] }), 201);
  await ok(shop.change_item(names.sku, { title: 'Theirs' }, { 'Idempotency-Key': names.key }));
  return { ...names, reservation_id: data.id };
}
const nobodys_names = (names: Names): Names => Object.fromEntries(Object.entries(names).map(([name, value]) => [name, nobodys(value)])) as unknown as Names;

const send_as = ({ shop }: StockedShop, { method, path, body, headers }: Request) => send(server.url, method, path, { key: shop.key, headers, body: body && JSON.stringify(body) });

// All of an answer but what is made anew for each, with one spelling for the names that were asked for.
function comparable({ status, headers, text }: RawAnswer, names: Names, { warehouse_id, fba, held }: StockedShop): string {
  const lines = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)).map(([name, value]) => `${name}: ${value}`);
  let all = [status, ...lines, text].join('\n');
  for (const [name, value] of Object.entries({ ...names, own: warehouse_id, own_fba: fba, own_held: held })) all = all.replaceAll(value, `<${name}>`);
  return all.replace(/\b(wh|adj|res)_[0-9A-Z]{26}\b/g, '<$1>').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
}

const everything = async ({ shop }: StockedShop) => JSON.stringify([await ok(shop.list({ limit: 200 })), await ok(shop.warehouses()), await ok(shop.reservations({ limit: 200 }))]);

for (const [i, [what, request, for_us, for_them]] of rows.entries()) {
  test(`${what} (${i}): theirs_is_nobodys`, async () => {
    const names = await their_names();
    const absent = nobodys_names(names);
    const before = await everything(theirs);
    const asked = await send_as(ours, request(names, ours));
    assert.equal(await everything(theirs), before, 'theirs is as it was');
    const unasked = await send_as(twin, request(absent, twin));
    assert.equal(comparable(asked, names, ours), comparable(unasked, absent, twin));
    assert.equal(asked.status, for_us, asked.text);
    const by_them = await send_as(theirs, request(names, theirs));
    assert.equal(by_them.status, for_them, `to them it is something: ${by_them.text}`);
  });
}

for (const [operation, path] of cursors) {
  test(`${operation} cursor: theirs_shows_nothing_of_theirs`, async () => {
    const { shop, warehouse_id, held } = theirs;
    await shop.add_item(`CURSOR-${operation}`);
    await ok(shop.reserve({ reference: operation, lines: [{ sku: 'M', quantity: 1 }] }), 201);
    await ok(shop.put('M', { warehouse_id, delta: 1 }));
    const cursor = (await shop.send('GET', path)).body.meta.nextCursor as string;
    assert(cursor);
    const [one, two] = await Promise.all([ours, twin].map((own) => send_as(own, { method: 'GET', path: `${path}&cursor=${cursor}` })));
    const no_names = {} as Names;
    assert.equal(comparable(one, no_names, ours), comparable(two, no_names, twin), 'it says the same to everyone');
    for (const named of ['CURSOR-', 'tr-', warehouse_id, held]) assert(!one.text.includes(named), one.text);
    if (one.status !== 200) assert.equal(one.body.error.code, 'INVALID_CURSOR');
  });
}
