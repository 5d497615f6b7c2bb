// Requests that are meant to be read in two ways, or not to be read at all. The server, alone and behind a proxy, takes
// nothing for a request that the one before it takes for something else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attacks, decoys, type Attacker } from './support/attacks.js';
import { converse, send } from './support/http.js';
import { status_of } from './support/openapi.js';
import { proxies, start_proxy } from './support/proxy.js';
import { start_server } from './support/server.js';
import { ok } from './support/shop.js';
import { until } from './support/wait.js';

// With one thread, the log is in the order of the requests.
const server = await start_server(['--threads', '1']);
const shop = await server.open_shop();
await shop.add_item('A');
const before = (await ok(shop.warehouses())).data;
assert.deepEqual(before, []);

const key = `Authorization: Bearer ${shop.key}\r\n`;
const warehouse = '{"name":"smuggled","type":"own"}';
const smuggled = `POST /api/inventory/warehouses HTTP/1.1\r\nHost: x\r\n${key}Connection: close\r\nContent-Type: application/json\r\nContent-Length: ${warehouse.length}\r\n\r\n${warehouse}`;

let items = 1000;
// Each attack brings an item of its own, which must not be there after it is refused.
const attacker = (): Attacker => ({ target: '/api/inventory', fields: `${key}Content-Type: application/json\r\n`, body: `{"sku":"item-${(items += 1)}"}`, smuggled });
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map((match) => Number(match[1])).filter((status) => status !== 100);
const all_items = async () => (await ok(shop.list({ limit: 200 }))).meta.total;
const nothing_was_smuggled = async () => assert.deepEqual((await ok(shop.warehouses())).data, before, 'the smuggled request was served');

for (const [what, { bytes, statuses: expected }] of Object.entries(attacks(attacker()))) {
  test(`${what}: is_refused_and_nothing_behind_it_is_read`, async () => {
    const items_before = await all_items();
    const { text, closed } = await converse(server.port, bytes);
    assert.equal(statuses(text).length, 1, `one answer: ${text}`);
    assert(expected.includes(statuses(text)[0]), text);
    assert(closed, 'the connection is closed');
    const { error } = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4));
    if (statuses(text)[0] !== 417) assert.equal(status_of(error.code), statuses(text)[0], text);
    assert.equal(await all_items(), items_before, 'and nothing is written');
    await nothing_was_smuggled();
  });
}

for (const what of Object.keys(decoys(attacker()))) {
  test(`${what}: is_one_request`, async () => {
    const { bytes, statuses: expected } = decoys(attacker())[what];
    const { text, closed } = await converse(server.port, bytes);
    assert.deepEqual(statuses(text), expected, text);
    assert(closed, 'the connection is closed');
    await nothing_was_smuggled();
  });
}

let marks = 0;
// How many requests the server has answered, of whomever, once it has answered all that came before.
async function requests_seen(): Promise<number> {
  const id = `mark-${(marks += 1)}`;
  await send(server.url, 'GET', '/livez', { headers: { 'X-Request-ID': id } });
  await until(async () => server.log.some((line) => line.request_id === id));
  return server.log.filter((line) => line.event === 'request').findIndex((line) => line.request_id === id);
}

// What the server has seen of what was sent to the proxy, and how much of it the client got an answer to. One without a
// status is of HTTP/0.9.
async function count(port: number, bytes: Buffer, quiet_ms: number) {
  const seen_before = await requests_seen();
  const { text } = await converse(port, bytes, quiet_ms);
  const seen = (await requests_seen()) - seen_before - 1;
  return { seen, answers: statuses(text).length || Math.min(text.length, 1), text };
}

for (const [name, configure] of Object.entries(proxies)) {
  test(`behind ${name}`, async (t) => {
    const port = await start_proxy(configure, server.port);
    if (port === undefined) return t.skip(`${name.split(' ')[0]} is not installed`);
    assert.deepEqual(statuses((await converse(port, smuggled)).text), [403], 'the proxy lets nobody ask for what is smuggled');
    for (const table of [attacks, decoys]) {
      for (const what of Object.keys(table(attacker()))) {
        await t.test(`${what}: is_what_the_proxy_takes_it_for`, async () => {
          let counts = await count(port, table(attacker())[what].bytes, 150);
          // On a busy machine an answer may take longer than that.
          if (counts.seen > counts.answers) counts = await count(port, table(attacker())[what].bytes, 5000);
          assert(counts.seen <= counts.answers, `the server saw ${counts.seen} requests, the client got ${counts.text}`);
          await nothing_was_smuggled();
          const id = `after-${marks}`;
          const next = await send(`http://127.0.0.1:${port}`, 'GET', '/api/inventory/A', { key: shop.key, headers: { 'X-Request-ID': id } });
          assert.deepEqual([next.status, next.body.data?.sku, next.headers.get('x-request-id')], [200, 'A', id], 'the next client gets the answer to its own request');
        });
      }
    }
  });
}

// Last, for it is done: were it not, nothing above could ever fail.
test('the_smuggled_request_would_have_been_served', async () => {
  assert.deepEqual(statuses((await converse(server.port, smuggled)).text), [201]);
});
