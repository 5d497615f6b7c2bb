// Random requests made from the served API description: no answer that it does not describe, never a 5xx, nothing
// forbidden is accepted, nothing allowed is called malformed, and the server lives.
//
// NEXUS_FUZZ_SEED=N plays a run again; NEXUS_FUZZ_SECONDS=N goes on for so long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { any_request, type AnyRequest } from './support/any_request.js';
import { send } from './support/http.js';
import { openapi } from './support/openapi.js';
import { start_server } from './support/server.js';
import { ok } from './support/shop.js';

const server = await start_server();
const shop = await server.open_shop();
const [own, other, fba] = [await shop.add_warehouse('A'), await shop.add_warehouse('B'), await shop.add_warehouse('FBA', 'FBA')];
for (const sku of ['A', 'B/ü', 'C']) await shop.add_item(sku, { [own]: 100, [other]: 5 });
const held = await Promise.all(['one', 'two', 'three', 'four'].map((reference) => ok(shop.reserve({ reference, lines: [{ sku: 'A', quantity: 2 }] }), 201)));
await ok(shop.release(held[0].data.id));

const known = {
  Sku: ['A', 'B/ü', 'C', 'not there'], WarehouseId: [own, other, fba], ReservationId: held.map(({ data }) => data.id), Reference: ['one', 'two', 'new'],
  // Of parameters whose schema is only a string.
  cursor: [(await ok(shop.list({ limit: 1 }))).meta.nextCursor!], start_date: ['2020-01-01', '2020-02-29T23:59:59.999Z'], end_date: ['2100-01-01', '2099-12-31T00:00:00+02:00'],
  'If-Match': ['*', '"1"', 'W/"1", "2"'], 'If-None-Match': ['*', '"1"', 'W/"1", "2"'], 'X-Tenant-ID': [shop.tenant], 'Idempotency-Key': Array.from({ length: 300 }, (_, i) => `key-${i}`),
};

const refused_as_malformed = [400, 401, 405, 413, 415];

async function judge({ method, path, headers, body, kind }: AnyRequest): Promise<void> {
  const answer = await send(server.url, method, path, { headers, body });
  assert(answer.status < 500, `${answer.status} ${answer.text}`);
  // In partial mode a row that names no warehouse is refused by itself.
  const refused = answer.status >= 400 || answer.body?.data?.some?.((row: { error?: object }) => row.error);
  if (kind === 'forbidden') assert(refused, `accepted what is forbidden: ${answer.status} ${answer.text}`);
  // A long run makes as many as there may be.
  if (/the most warehouses that it may have/.test(answer.body?.error?.message)) return;
  if (kind === 'allowed') assert(!refused_as_malformed.includes(answer.status), `refused what is allowed: ${answer.status} ${answer.text}`);
}

test('whatever_is_sent_is_answered_as_described', async (t) => {
  assert.deepEqual((await shop.send('GET', '/openapi.json')).body, openapi, 'the description is the served one');
  const seconds = process.env.NEXUS_FUZZ_SECONDS;
  const seed = Number(process.env.NEXUS_FUZZ_SEED ?? Math.trunc(Math.random() * 2 ** 31));
  t.diagnostic(`NEXUS_FUZZ_SEED=${seed}`);
  const show = (requests: AnyRequest[]) => requests.map(({ method, path, headers, body, kind }) => `${kind}: ${method} ${path} ${JSON.stringify(headers)} ${body?.toString('latin1').slice(0, 2000)}`).join('\n');
  const report = await fc.check(fc.asyncProperty(any_request(shop.key, known), judge), {
    seed, numRuns: seconds ? Number.MAX_SAFE_INTEGER : 3000, interruptAfterTimeLimit: Number(seconds ?? 10) * 1000, markInterruptAsFailure: false,
  });
  t.diagnostic(`${report.numRuns} requests`);
  if (report.failed) assert.fail(`NEXUS_FUZZ_SEED=${seed}: ${show((report.counterexample ?? []) as AnyRequest[])}\n${report.error ?? 'no request ended in time'}`);
});

test('the_server_lives_and_its_books_are_right', async () => {
  assert.equal((await shop.send('GET', '/livez')).status, 200);
  assert.equal((await shop.send('GET', '/api/inventory')).status, 200);
  await server.stop();
  assert.equal((await server.cli('verify')).ok, true);
});
