// HTTPS: what is spoken, with which certificate, and that everything else is as it is without.
import assert from 'node:assert/strict';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { attacks, decoys, type Attacker } from './support/attacks.js';
import { Authority } from './support/certificates.js';
import { cli } from './support/cli.js';
import { converse, send, type RawRequest } from './support/http.js';
import { start_server, type Server } from './support/server.js';
import { temporary_folder } from './support/store.js';
import { until } from './support/wait.js';

const authority = new Authority();
const { root } = authority;
const first = authority.issue('first');
const second = authority.issue('second', { key: 'rsa:2048' });

// The files that a server is told of; what is in them changes.
const folder = temporary_folder();
const files = { certificate: join(folder, 'server.pem'), key: join(folder, 'server.key') };
function put_in_place(pair: typeof first): void {
  copyFileSync(pair.certificate, files.certificate);
  copyFileSync(pair.key, files.key);
}
put_in_place(first);
const flags = ['--tls-certificate', files.certificate, '--tls-key', files.key];

const server = await start_server(flags);
const shop = await server.open_shop();
const ask = (method: string, path: string, options: RawRequest = {}) => send(server.url, method, path, { key: shop.key, root, ...options });
const created = await ask('POST', '/api/inventory/warehouses', { body: '{"name":"Berlin","type":"own"}' });
assert.equal(created.status, 201, created.text);
const warehouse_id = created.body.data.id as string;
assert.equal((await ask('POST', '/api/inventory', { body: '{"sku":"A"}' })).status, 201);

// A connection after its handshake.
function shake_hands(to: Server, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: to.port, host: '127.0.0.1', ca: root, ...options }, () => resolve(socket));
    socket.on('error', reject);
  });
}
async function certificate_of(to: Server): Promise<string> {
  const socket = await shake_hands(to);
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}
const events = (of: Server, event: string) => of.log.filter((line) => line.event === event);
const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map((match) => Number(match[1])).filter((status) => status !== 100);

// Asks for a reload and waits until the log has the event.
async function reload(of: Server, event: string): Promise<void> {
  const before = events(of, event).length;
  process.kill(of.pid, 'SIGHUP');
  await until(async () => events(of, event).length > before);
}

test('a_client_that_trusts_the_root_gets_the_certificate_of_the_file_and_the_newest_protocol', async () => {
  assert.match(server.url, /^https:/);
  const socket = await shake_hands(server, { ALPNProtocols: ['h2', 'http/1.1'] });
  assert.deepEqual([socket.authorized, socket.getProtocol(), socket.alpnProtocol, socket.getPeerCertificate().subject.CN], [true, 'TLSv1.3', 'http/1.1', 'first']);
  socket.destroy();
});

test('a_client_that_does_not_trust_the_root_gets_nothing', async () => {
  await assert.rejects(send(server.url, 'GET', '/livez'), /self-signed|unable to (get|verify)/i);
});

const offers: [what: string, options: ConnectionOptions, accepted: boolean][] = [
  ['TLS 1.3', { minVersion: 'TLSv1.3' }, true],
  ['TLS 1.2', { maxVersion: 'TLSv1.2' }, true],
  ['TLS 1.1', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }, false],
  ['TLS 1.2 without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }, false],
  ['TLS 1.2 without authenticated encryption', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' }, false],
  ['HTTP/1.1 by name', { ALPNProtocols: ['http/1.1'] }, true],
  ['HTTP/2 only', { ALPNProtocols: ['h2'] }, false],
];
for (const [what, options, accepted] of offers) {
  test(`${what}: is_${accepted ? 'accepted' : 'refused'}`, async () => {
    const outcome = await shake_hands(server, options).then((socket) => (socket.destroy(), true), () => false);
    assert.equal(outcome, accepted);
  });
}

test('who_wants_new_keys_in_the_middle_by_renegotiation_is_refused', async () => {
  const socket = await shake_hands(server, { maxVersion: 'TLSv1.2' });
  socket.on('error', () => {});
  const outcome = await new Promise((resolve) => {
    socket.on('close', () => resolve('closed'));
    socket.renegotiate({}, (error) => resolve(error ? 'refused' : 'done'));
  });
  assert.notEqual(outcome, 'done');
  socket.destroy();
});

test('sessions_are_resumed_by_ticket', async () => {
  const socket = await shake_hands(server);
  const session = new Promise<Buffer>((resolve) => socket.once('session', resolve));
  socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  const again = await shake_hands(server, { session: await session });
  assert(again.isSessionReused());
  for (const one of [socket, again]) one.destroy();
});

test('large_bodies_go_both_ways', async () => {
  const rows = Array.from({ length: 500 }, () => ({ sku: 'A', warehouse_id, delta: 1, note: 'x'.repeat(1000) }));
  for (let i = 0; i < 8; i += 1) assert.equal((await ask('POST', '/api/inventory/bulk', { body: JSON.stringify({ updates: rows }) })).status, 200);
  const history = await ask('GET', '/api/inventory/A/adjustments');
  assert.equal(history.body.data.length, 4000);
  assert(history.bytes.length > 4_000_000);
});

test('a_request_byte_by_byte_is_a_request_and_many_in_one_record_are_answered_in_order', async () => {
  const bytes = Buffer.from(`GET /api/inventory/A HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${shop.key}\r\nConnection: close\r\n\r\n`);
  assert.deepEqual(statuses((await converse(server.port, [...bytes].map((byte) => Buffer.from([byte])), 10_000, root)).text), [200]);
  const packet = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(200);
  assert.deepEqual(statuses((await converse(server.port, packet + bytes, 10_000, root)).text), [...Array.from({ length: 400 }, (_, i) => (i % 2 ? 404 : 200)), 200]);
});

test('plain_http_is_told_so_and_whatever_else_is_no_tls_is_cut', async () => {
  const told = await converse(server.port, 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.deepEqual([statuses(told.text), told.closed], [[400], true], told.text);
  assert.match(told.text, /HTTPS/);
  const put = await converse(server.port, `POST /api/inventory HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${shop.key}\r\nContent-Length: 11\r\n\r\n{"sku":"P"}`);
  assert.deepEqual(statuses(put.text), [400]);
  assert.equal((await ask('GET', '/api/inventory/P')).status, 404, 'and nothing of it is done');
  for (const bytes of ['\0'.repeat(100), 'nonsense\r\n\r\n', Buffer.from('16030100c4010000c003035a', 'hex')]) {
    const { text, closed } = await converse(server.port, bytes, bytes.length > 12 ? 10_000 : 200);
    assert.doesNotMatch(text, /HTTP/);
    if (bytes.length > 12) assert(closed);
  }
  assert.equal((await ask('GET', '/livez')).status, 200);
});

test('a_handshake_that_does_not_end_is_cut', async () => {
  const impatient = await start_server([...flags, '--header-timeout', '1s']);
  for (const bytes of ['', Buffer.from('16030100c4010000c003035a', 'hex')]) {
    assert.deepEqual(await converse(impatient.port, bytes), { text: '', closed: true });
  }
});

test('a_stopping_server_ends_idle_connections_in_the_way_of_tls', async () => {
  const stopping = await start_server(flags);
  const socket = await shake_hands(stopping);
  const answered = new Promise((resolve) => socket.once('data', resolve));
  socket.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  await answered;
  const errors: Error[] = [];
  const ended = new Promise<void>((resolve) => socket.on('end', resolve).on('error', (error) => errors.push(error)));
  socket.resume();
  await stopping.stop();
  await ended;
  assert.deepEqual(errors, []);
});

let items = 1000;
const attacker = (): Attacker => {
  const key = `Authorization: Bearer ${shop.key}\r\n`;
  const warehouse = '{"name":"smuggled","type":"own"}';
  const smuggled = `POST /api/inventory/warehouses HTTP/1.1\r\nHost: x\r\n${key}Connection: close\r\nContent-Type: application/json\r\nContent-Length: ${warehouse.length}\r\n\r\n${warehouse}`;
  return { target: '/api/inventory', fields: `${key}Content-Type: application/json\r\n`, body: `{"sku":"item-${(items += 1)}"}`, smuggled };
};
for (const table of [attacks, decoys]) {
  for (const what of Object.keys(table(attacker()))) {
    test(`${what}: is_answered_once_and_closed_by_tls_too`, async () => {
      const { bytes, statuses: expected } = table(attacker())[what];
      const { text, closed } = await converse(server.port, bytes, 10_000, root);
      assert.equal(statuses(text).length, 1, text);
      assert(expected.includes(statuses(text)[0]), text);
      assert(closed);
    });
  }
}
test('and_nothing_was_smuggled', async () => {
  const { data } = (await ask('GET', '/api/inventory/warehouses')).body;
  assert.deepEqual(data.map((one: { name: string }) => one.name), ['Berlin']);
});

test('the_log_and_the_metrics_say_when_the_certificate_expires', async () => {
  const [{ subject, expires }] = events(server, 'tls_certificate');
  const socket = await shake_hands(server);
  const until_then = Date.parse(socket.getPeerCertificate().valid_to);
  socket.destroy();
  assert.deepEqual([subject, Date.parse(String(expires))], ['CN=first', until_then]);
  const metric = (await ask('GET', '/metrics')).text.match(/^nexus_tls_certificate_expiry_timestamp_seconds (\S+)$/m);
  assert.equal(Number(metric?.[1]) * 1000, until_then);
});

test('new_certificates_are_taken_under_load_and_no_request_fails', async () => {
  put_in_place(first);
  const reloading = await start_server(flags);
  const kept = new Agent({ keepAlive: true, maxSockets: 1, ca: root });
  let asked = 0;
  let going = true;
  const get = (agent: Agent | false) =>
    new Promise<void>((resolve, reject) => {
      const outgoing = request({ host: '127.0.0.1', port: reloading.port, path: '/livez', agent, ca: root }, (incoming) => {
        asked += 1;
        incoming.resume().on('end', () => (incoming.statusCode === 200 ? resolve() : reject(new Error(`${incoming.statusCode}`))));
      });
      outgoing.on('error', reject).end();
    });
  const old = await shake_hands(reloading);
  const clients = [kept, kept, false, false, false].map(async (agent) => {
    while (going) await get(agent as Agent | false);
  });
  const seen: string[] = [];
  for (let i = 0; i < 10; i += 1) {
    put_in_place(i % 2 ? first : second);
    await reload(reloading, 'tls_certificate');
    seen.push(await certificate_of(reloading));
    const before = asked;
    await Promise.race([until(async () => asked > before + 20), ...clients]);
  }
  going = false;
  await Promise.all(clients);
  kept.destroy();
  assert.deepEqual(seen, Array.from({ length: 10 }, (_, i) => (i % 2 ? 'first' : 'second')));
  const answered = new Promise<string>((resolve) => old.once('data', (chunk) => resolve(String(chunk))));
  old.write('GET /livez HTTP/1.1\r\nHost: x\r\n\r\n');
  assert.match(await answered, / 200 /, 'a connection goes on with the certificate it began with');
  old.destroy();
});

test('files_that_cannot_be_used_change_nothing_and_the_log_says_why', async () => {
  put_in_place(first);
  const steady = await start_server(flags);
  const broken: [what: () => void, reason: RegExp][] = [
    [() => copyFileSync(second.key, files.key), /does not belong/],
    [() => writeFileSync(files.certificate, 'nonsense'), /not a certificate/],
    [() => rmSync(files.certificate), /No such file/],
  ];
  for (const [breaks, reason] of broken) {
    breaks();
    await reload(steady, 'tls_certificate_refused');
    assert.match(String(events(steady, 'tls_certificate_refused').at(-1)!.reason), reason);
    assert.equal(await certificate_of(steady), 'first');
  }
  put_in_place(second);
  await reload(steady, 'tls_certificate');
  assert.equal(await certificate_of(steady), 'second');
  put_in_place(first);
});

const garbage = join(folder, 'garbage');
writeFileSync(garbage, 'nonsense');
const half = join(folder, 'half.pem');
copyFileSync(first.certificate, half);
writeFileSync(half, '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n', { flag: 'a' });
const missing = join(folder, 'missing');
const unusable: [what: string, certificate: string, key: string, reason: RegExp][] = [
  ['a certificate that is not there', missing, first.key, /cannot read the TLS certificate .*missing: No such file/],
  ['a key that is not there', first.certificate, missing, /cannot read the TLS key .*missing: No such file/],
  ['a folder', folder, first.key, /not a certificate/],
  ['no certificate', garbage, first.key, /garbage is not a certificate in PEM/],
  ['a chain that breaks off', half, first.key, /half\.pem has one behind it/],
  ['no key', first.certificate, garbage, /garbage is not a private key in PEM/],
  ['the key of another certificate', first.certificate, authority.issue('third').key, /does not belong to the certificate/],
  ['a key of another kind', first.certificate, second.key, /does not belong to the certificate/],
  ['a key with a passphrase', first.certificate, authority.encrypted(first.key), /is encrypted/],
];
for (const [what, certificate, key, reason] of unusable) {
  test(`${what}: is_said_and_nothing_is_served`, async () => {
    const { code, stderr } = await cli(['serve', '--data', join(folder, 'unused'), '--listen', '127.0.0.1:0', '--tls-certificate', certificate, '--tls-key', key]);
    assert.equal(code, 1, stderr);
    assert.match(stderr, reason);
  });
}

test('one_file_without_the_other_is_no_command', async () => {
  for (const flag of ['--tls-certificate', '--tls-key']) {
    const { code, stderr } = await cli(['serve', '--data', join(folder, 'unused'), flag, first.certificate]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /--tls-(key|certificate)/);
  }
});

test('a_certificate_that_has_expired_is_served_and_warned_of', async () => {
  const expired = authority.issue('expired', { days: -1 });
  const late = await start_server(['--tls-certificate', expired.certificate, '--tls-key', expired.key]);
  assert.equal(events(late, 'tls_certificate_expired').length, 1);
  await assert.rejects(send(late.url, 'GET', '/livez', { root }), /expired/);
});

test('a_reload_without_anything_to_reload_is_harmless', async () => {
  const plain = await start_server();
  await reload(plain, 'nothing_to_reload');
  assert.equal((await send(plain.url, 'GET', '/livez')).status, 200);
  assert.doesNotMatch((await send(plain.url, 'GET', '/metrics')).text, /nexus_tls/);
});
