// When several things are wrong, the first of these is told: route, 401, scope, 429, body and parameters, SKU,
// warehouse, read-only, 409, 412, 422. Each case is wrong in the two ways it names, and in every later way it can be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused } from './support/shop.js';

const server = await start_server();
const shop = await server.open_shop();
const reader = await shop.with_key(['inventory:read']);
const warehouse = await shop.add_warehouse();
const fba = await shop.add_warehouse('FBA', 'FBA');
const inactive = await shop.add_warehouse('Inactive');
const nowhere = 'wh_01HX8K3N5V7Q2R9T4W6Y1ZB0CD';
await shop.add_item('A', { [warehouse]: 5 });
await ok(shop.sync([{ sku: 'A', warehouse_id: fba, on_hand: 5, reserved: 0 }]));
await ok(shop.change_warehouse(inactive, { is_active: false }));

const negative = { delta: -999 };
const stale = { 'If-Match': '"999"' };

test('an_unknown_route_is_told_before_a_missing_key', async () => {
  await refused(shop.send('GET', '/api/nothing', { key: '' }), 'ROUTE_NOT_FOUND');
});

test('a_wrong_method_is_told_before_a_missing_key', async () => {
  const answer = await shop.send('DELETE', '/api/inventory', { key: '' });
  await refused(Promise.resolve(answer), 'METHOD_NOT_ALLOWED');
  assert(answer.headers.get('allow'));
});

test('a_missing_key_is_told_before_a_bad_body', () => refused(shop.send('PUT', '/api/inventory/A', { key: '', body: '{' }), 'UNAUTHORIZED'));

test('a_missing_scope_is_told_before_a_bad_body', () => refused(reader.send('PUT', '/api/inventory/A', { body: '{' }), 'INSUFFICIENT_SCOPE'));

test('a_foreign_tenant_is_told_before_a_bad_body', () => refused(shop.send('PUT', '/api/inventory/A', { body: '{', headers: { 'X-Tenant-ID': 'ten_01HX8K3N5V7Q2R9T4W6Y1ZB0CD' } }), 'TENANT_FORBIDDEN'));

test('a_missing_scope_is_told_before_the_rate_limit_and_that_before_a_bad_body', async () => {
  const limited = await shop.with_key(['inventory:read', 'inventory:write'], { rate_limit: 1 });
  await ok(limited.get('A'));
  await refused(limited.send('PUT', '/api/inventory/A', { body: '{' }), 'RATE_LIMITED');
  await refused(limited.send('POST', '/api/inventory', { body: '{' }), 'INSUFFICIENT_SCOPE');
});

test('a_missing_key_and_a_missing_scope_are_told_before_a_body_that_is_too_large', async () => {
  const body = ' '.repeat(2 * 1024 * 1024);
  await refused(shop.send('PUT', '/api/inventory/A', { key: '', body }), 'UNAUTHORIZED');
  await refused(reader.send('PUT', '/api/inventory/A', { body }), 'INSUFFICIENT_SCOPE');
  await refused(shop.send('PUT', '/api/inventory/A', { body }), 'PAYLOAD_TOO_LARGE');
  await refused(shop.send('PUT', '/api/nothing', { body }), 'ROUTE_NOT_FOUND');
});

test('the_wrong_content_type_is_told_before_a_bad_body', () =>
  refused(shop.send('PUT', '/api/inventory/NOPE', { body: '{', headers: { 'Content-Type': 'text/plain' } }), 'UNSUPPORTED_MEDIA_TYPE'));

test('a_bad_body_is_told_before_an_unknown_sku', async () => {
  await refused(shop.send('PUT', '/api/inventory/NOPE', { body: '{' }), 'INVALID_JSON');
  await refused(shop.send('PUT', '/api/inventory/NOPE', { body: `{"warehouse_id":"${nowhere}","quantity":2.5}` }), 'VALIDATION_ERROR');
});

test('a_bad_parameter_is_told_before_an_unknown_sku', () => refused(shop.send('GET', `/api/inventory/NOPE/adjustments?limit=0&warehouse_id=${nowhere}`), 'VALIDATION_ERROR'));

test('an_unknown_sku_is_told_before_an_unknown_warehouse', () => refused(shop.put('NOPE', { warehouse_id: nowhere, ...negative }, stale), 'INVENTORY_NOT_FOUND'));

test('an_unknown_sku_is_told_before_a_readonly_warehouse', () => refused(shop.put('NOPE', { warehouse_id: fba, ...negative }, stale), 'INVENTORY_NOT_FOUND'));

test('an_unknown_warehouse_is_told_before_a_stale_version', () => refused(shop.put('A', { warehouse_id: nowhere, ...negative }, stale), 'WAREHOUSE_NOT_FOUND'));

test('a_readonly_warehouse_is_told_before_a_changed_quantity', () => refused(shop.put('A', { warehouse_id: fba, ...negative, expected_quantity: 77 }, stale), 'READONLY_WAREHOUSE'));

test('a_readonly_warehouse_wins_over_negative_quantity', () => refused(shop.put('A', { warehouse_id: fba, ...negative }), 'READONLY_WAREHOUSE'));

test('an_inactive_warehouse_is_told_before_a_stale_version', () => refused(shop.put('A', { warehouse_id: inactive, ...negative }, stale), 'WAREHOUSE_INACTIVE'));

test('a_changed_quantity_is_told_before_a_stale_version', () => refused(shop.put('A', { warehouse_id: warehouse, ...negative, expected_quantity: 77 }, stale), 'QUANTITY_CHANGED'));

test('a_stale_version_is_told_before_negative_quantity', () => refused(shop.put('A', { warehouse_id: warehouse, ...negative }, stale), 'PRECONDITION_FAILED'));

test('a_stale_version_is_told_before_too_large_a_quantity', () => refused(shop.put('A', { warehouse_id: warehouse, quantity: 2_000_000_000_000 }, stale), 'PRECONDITION_FAILED'));

test('in_a_bulk_the_first_update_that_fails_is_told_whatever_its_kind', () =>
  refused(shop.bulk([{ sku: 'A', warehouse_id: warehouse, ...negative }, { sku: 'NOPE', warehouse_id: warehouse, quantity: 1 }]), 'NEGATIVE_QUANTITY'));

test('a_stock_that_remains_is_told_before_a_stale_version', () => refused(shop.delete_item('A', stale), 'INVENTORY_NOT_EMPTY'));

test('an_unknown_sku_is_told_before_too_little_stock', () =>
  refused(shop.reserve({ reference: 'o', lines: [{ sku: 'A', quantity: 999 }, { sku: 'NOPE', quantity: 1 }] }), 'INVENTORY_NOT_FOUND'));
