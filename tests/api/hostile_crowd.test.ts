// Very many clients that are slow, silent or too loud, all at once. The server's memory stays bounded, and whoever
// behaves is answered as ever.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { converse, send } from './support/http.js';
import { start_server, type Server } from './support/server.js';
import { ok, type Shop } from './support/shop.js';
import { sleep, until } from './support/wait.js';

const mebibyte = 1_048_576;

const patient = await start_server();
const impatient = await start_server(['--header-timeout', '2s', '--body-timeout', '2s', '--write-timeout', '2s']);

// In bytes: what a process has in memory now, and the most it ever had.
function memory(server: Server): { now: number; peak: number } {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  const line = (name: string) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))![1]) * 1024;
  return { now: line('VmRSS'), peak: line('VmHWM') };
}

// How many connections this process may have: as many as the server allows, if there are file descriptors for them.
const descriptors = Number(readFileSync('/proc/self/limits', 'utf8').match(/^Max open files\s+(\d+)/m)?.[1] ?? Infinity);
const crowd_size = Math.min(9900, descriptors - 500);

const crowd = new Set<Socket>();
after(() => crowd.forEach((socket) => socket.destroy()));

function join_crowd(server: Server, bytes?: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => {
      if (bytes !== undefined) socket.write(bytes);
      resolve(socket);
    });
    crowd.add(socket);
    socket.on('error', reject);
  });
}

function leave(): void {
  for (const socket of crowd) socket.destroy();
  crowd.clear();
}

interface Trade { shop: Shop; warehouse_id: string; get_history: string }

// A shop with a history of some 12 MB, far more than fits between a server and a client that does not read.
const lines = 10_000;
async function open_trade(server: Server): Promise<Trade> {
  const shop = await server.open_shop();
  const warehouse_id = await shop.add_warehouse();
  await shop.add_item('A');
  const updates = Array.from({ length: 500 }, () => ({ sku: 'A', warehouse_id, delta: 1, note: 'x'.repeat(1000) }));
  for (let i = 0; i < lines; i += updates.length) await ok(shop.bulk(updates));
  return { shop, warehouse_id, get_history: `GET /api/inventory/A/adjustments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${shop.key}\r\n\r\n` };
}
const trade = await open_trade(patient);
const hurried = await open_trade(impatient);

// Someone who reads and writes as one should, once for each step, and is always answered.
async function behave({ shop, warehouse_id }: Trade, steps = 20): Promise<void> {
  for (let i = 0; i < steps; i += 1) {
    await ok(shop.put('A', { warehouse_id, delta: 1 }));
    assert.equal((await ok(shop.get('A'))).data.sku, 'A');
    assert.equal((await send(shop.server.url, 'GET', '/livez')).status, 200);
  }
}

async function bounded(server: Server, bytes: number, what: () => Promise<void>): Promise<void> {
  const before = memory(server).now;
  await what();
  const grown = memory(server).peak - before;
  assert(grown < bytes, `${Math.round(grown / mebibyte)} MiB more than before`);
}

test(`${crowd_size}_connections_that_say_nothing_cost_little_each`, async () => {
  await bounded(patient, 64 * mebibyte + crowd_size * 16 * 1024, async () => {
    for (let i = 0; i < crowd_size; i += 300) {
      await Promise.all(Array.from({ length: Math.min(300, crowd_size - i) }, (_, j) => join_crowd(patient, (i + j) % 2 ? 'GET /livez HTTP/1.1\r\nX-A: ' : undefined)));
    }
    await behave(trade);
  });
  leave();
});

test('readers_that_do_not_read_do_not_have_their_history_kept_for_them', async () => {
  const readers = 60;
  await bounded(patient, 192 * mebibyte, async () => {
    await Promise.all(Array.from({ length: readers }, () => join_crowd(patient, trade.get_history)));
    await behave(trade, 40);
  });
  leave();
});

test('bodies_that_are_too_large_are_not_kept', async () => {
  const senders = 60;
  const large = Buffer.alloc(20 * mebibyte, ' ');
  const head = `PUT /api/inventory/A HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${trade.shop.key}\r\nContent-Type: application/json\r\n`;
  await bounded(patient, 192 * mebibyte, async () => {
    const answers = Promise.all(Array.from({ length: senders }, (_, i) => {
      const framing = i % 2 ? `Content-Length: ${large.length}\r\n\r\n` : `Transfer-Encoding: chunked\r\n\r\n${large.length.toString(16)}\r\n`;
      return converse(patient.port, [head + framing, large]);
    }));
    await behave(trade);
    for (const { text, closed } of await answers) {
      assert(closed);
      // The answer may be lost to a client that goes on sending for long; what it must not be is another one.
      if (text !== '') assert.match(text, /^HTTP\/1\.1 413 /);
    }
  });
});

test('who_sends_a_byte_at_a_time_is_told_so_and_who_does_not_read_is_cut_off', async () => {
  const { shop, get_history } = hurried;
  const put = `PUT /api/inventory/A HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${shop.key}\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n`;
  await bounded(impatient, 192 * mebibyte, async () => {
    const slow_head = await Promise.all(Array.from({ length: 150 }, () => join_crowd(impatient, 'GET /livez HTTP/1.1\r\nHost: x\r\nX-A: ')));
    const slow_body = await Promise.all(Array.from({ length: 150 }, () => join_crowd(impatient, put)));
    const slow_reader = await Promise.all(Array.from({ length: 40 }, () => join_crowd(impatient, get_history)));
    const heard = new Map<Socket, string>();
    const gone = [...slow_head, ...slow_body].map((socket) => new Promise<void>((resolve) => {
      socket.removeAllListeners('error').on('error', () => {}).on('close', () => resolve());
      socket.on('data', (chunk) => heard.set(socket, (heard.get(socket) ?? '') + chunk.toString('latin1')));
    }));
    const all_gone = Promise.all(gone).then(() => true);
    while (!(await Promise.race([all_gone, sleep(250).then(() => false)]))) {
      for (const socket of [...slow_head, ...slow_body]) if (socket.writable) socket.write(' ');
      await behave(hurried, 1);
    }
    for (const socket of [...slow_head, ...slow_body]) if (heard.has(socket)) assert.match(heard.get(socket)!, /^HTTP\/1\.1 408 /);
    assert(heard.size > 0, 'the answer reaches those that listen');

    // The log has a request when it is over. Only then do these begin to read, and what they get is not the whole.
    await until(async () => impatient.log.filter((line) => line.event === 'request' && line.cut && String(line.path).endsWith('/adjustments')).length >= slow_reader.length);
    const ends = slow_reader.map((socket) => new Promise<string>((resolve) => {
      let end = '';
      socket.removeAllListeners('error').on('error', () => {}).on('close', () => resolve(end));
      socket.on('data', (chunk) => {
        end = (end + chunk.toString('latin1')).slice(-5);
        if (end === '0\r\n\r\n') resolve(end);
      });
    }));
    for (const end of await Promise.all(ends)) assert.notEqual(end, '0\r\n\r\n', 'a reader that was cut off can tell');
    await behave(hurried);
  });
  leave();
});
