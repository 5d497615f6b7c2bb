// What HTTP allows and few clients do, and what goes on too long or not at all. Requests that are no good HTTP:
// http_attacks.test.ts.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { send, send_bytes } from './support/http.js';
import { start_server } from './support/server.js';
import { ok, refused } from './support/shop.js';

const server = await start_server();
const shop = await server.open_shop();
const warehouse_id = await shop.add_warehouse();
await shop.add_item('A', { [warehouse_id]: 5 });

const auth = `Authorization: Bearer ${shop.key}\r\n`;
const close = 'Connection: close\r\n';
const get = `GET /api/inventory/A HTTP/1.1\r\nHost: x\r\n${auth}\r\n`;
const body = `{"warehouse_id":"${warehouse_id}","quantity":9}`;
const put = (headers: string, sent: string) => `PUT /api/inventory/A HTTP/1.1\r\nHost: x\r\n${auth}Content-Type: application/json\r\n${headers}\r\n${sent}`;

const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map((match) => Number(match[1]));

test('headers_that_are_too_large_answer_431', async () => {
  await refused(send(server.url, 'GET', '/api/inventory', { key: shop.key, headers: { 'X-Large': 'x'.repeat(100_000) } }), 'HEADERS_TOO_LARGE');
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`X-${i}`, 'some value']));
  await refused(send(server.url, 'GET', '/api/inventory', { key: shop.key, headers: many }), 'HEADERS_TOO_LARGE');
});

test('a_path_that_is_too_long_is_refused', async () => {
  const answer = await send(server.url, 'GET', `/api/inventory?sku=${'x'.repeat(100_000)}`, { key: shop.key, described: false });
  assert([414, 431].includes(answer.status), `${answer.status}`);
});

test('requests_in_one_packet_are_answered_in_order', async () => {
  const text = await send_bytes(server.port, get + `GET /livez HTTP/1.1\r\nHost: x\r\n\r\n` + `GET /api/nothing HTTP/1.1\r\nHost: x\r\n\r\n` + get.replace(auth, auth + close));
  assert.deepEqual(statuses(text), [200, 200, 404, 200]);
});

test('writes_in_one_packet_are_done_in_order', async () => {
  const bodies = [1, 2, 3, 5].map((quantity) => JSON.stringify({ warehouse_id, quantity }));
  const packet = bodies.map((one, i) => put(`Content-Length: ${one.length}\r\n${i === 3 ? close : ''}`, one)).join('');
  const text = await send_bytes(server.port, packet);
  assert.deepEqual(statuses(text), [200, 200, 200, 200]);
  assert.deepEqual((await shop.adjustments('A')).slice(0, 4).map((line) => line.after_quantity), [5, 3, 2, 1]);
});

test('a_request_byte_by_byte_is_a_request', async () => {
  const socket = connect(server.port, '127.0.0.1');
  socket.setNoDelay(true);
  let received = '';
  socket.on('data', (chunk) => (received += chunk));
  for (const byte of get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')) {
    socket.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => socket.on('close', resolve));
  assert.deepEqual(statuses(received), [200]);
});

test('connection_close_and_http_1_0_are_closed_after_the_answer', async () => {
  for (const request of [get.replace('Host: x\r\n', 'Host: x\r\nConnection: close\r\n'), get.replace('HTTP/1.1', 'HTTP/1.0')]) {
    const socket = connect(server.port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => (received += chunk));
    socket.write(request);
    await new Promise((resolve) => socket.on('close', resolve));
    assert.deepEqual(statuses(received), [200]);
  }
});

test('expect_100_continue_is_obeyed', async () => {
  const text = await send_bytes(server.port, put(`Content-Length: ${body.length}\r\nExpect: 100-continue\r\n${close}`, body));
  assert.deepEqual(statuses(text).filter((status) => status !== 100), [200]);
  await ok(shop.put('A', { warehouse_id, quantity: 5 }));
});

test('a_body_that_never_ends_and_a_client_that_goes_away_write_nothing', async () => {
  await send_bytes(server.port, put('Content-Length: 5000\r\n', body), 200);
  await new Promise<void>((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(put(`Content-Length: ${body.length}\r\n`, body.slice(0, 20)), () => {
        socket.resetAndDestroy();
        resolve();
      });
    });
  });
  assert.equal(await shop.on_hand('A'), 5);
});

test('a_thousand_connections_that_say_nothing_do_not_keep_others_out', async () => {
  const idle = Array.from({ length: 1000 }, () => connect(server.port, '127.0.0.1').on('error', () => {}));
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(server.url, 'GET', '/livez')));
  for (const socket of idle) socket.destroy();
  assert(answers.every((answer) => answer.status === 200));
});
