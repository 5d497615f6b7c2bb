// Goal: nodes that cannot reach their database say so in time, to however many clients, hold on to nothing, and serve
// again by themselves.
// Method: PostgreSQL runs in a network namespace; packets to it, from it, or both are dropped under load, so that nobody
// is told. A crowd asks meanwhile. When the packets pass again, what had no answer is sent again under its key, and
// everything is compared with the answers. A node that reaches the database past the network goes on to answer: nothing
// but the cut keeps the others from it. In a long cut, crowds ask and go away, one after the other, and what the nodes
// hold afterwards is compared. Needs root, nftables and PostgreSQL; says so where they are not.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Postgres, why_no_postgres } from '../api/support/postgres.js';
import { sleep, until } from '../api/support/wait.js';
import { audit } from './support/audit.js';
import { Connection } from './support/connection.js';
import { footprint_of, type Footprint } from './support/footprint.js';
import { Network, type Cut } from './support/network.js';
import { must_be_unavailable, Nodes, send_once } from './support/nodes.js';
import { ServerProcess } from './support/process.js';
import { cycles, Random, seed } from './support/random.js';
import { World } from './support/world.js';

const network = why_no_postgres ?? Network.create();
const skip = typeof network === 'string' ? network : undefined;
const crowd = 200;
// Until the allocator holds what it needs for one.
const waves_before = 2;
const waves_of_a_long_cut = 3;
// The bulks of one wave are more than that for each node.
const memory_growth_mib = 16;
const ways: Cut[] = ['everything', 'answers', 'requests'];

// What nodes promise is some seconds; the rest is for a busy machine.
const in_time_ms = 25_000;

async function in_time<T>(answers: Promise<T>[]): Promise<T[]> {
  const late = new AbortController();
  const end = delay(in_time_ms, undefined, { signal: late.signal }).then(() => assert.fail(`no answers for ${in_time_ms} ms`));
  end.catch(() => undefined);
  try {
    return await Promise.race([Promise.all(answers), end]);
  } finally {
    late.abort();
  }
}

// Of all processes here to that port, in whatever state but that of one which both sides have closed.
function sockets_to(port: number): number {
  const time_wait = '06';
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n').map((line) => line.trim().split(/\s+/));
  return rows.filter(([, , remote, state]) => remote?.endsWith(suffix) && state !== time_wait).length;
}

async function start_world(t: TestContext) {
  assert(network instanceof Network);
  t.after(() => network.heal());
  const postgres = await Postgres.start({ namespace: network.namespace, address: network.address });
  t.after(() => postgres.kill());
  const world = await World.create(postgres.create_database(), { seed });
  const nodes = Nodes.of(world.server, new ServerProcess(world.server.data));
  t.after(() => nodes.kill());
  await nodes.all[1].must_start();
  await nodes.are('ready');
  const path = `/api/inventory/${world.shop.updated[0]}`;
  const refused = JSON.stringify({ warehouse_id: world.shop.own[0], delta: -1_000_000_000 });
  const questions = Array.from({ length: crowd }, (_, i) => (i % 2 === 0 ? { method: 'GET', path } : { method: 'PUT', path, text: refused }));
  return { network, postgres, world, nodes, path, questions };
}

test('nodes_cut_off_from_their_database_answer_503_in_time_and_recover_by_themselves', { skip }, async (t) => {
  const rounds = cycles(1);
  t.diagnostic(`${rounds} cycles, seed ${seed}: tests/fault/run --cycles ${rounds} --seed ${seed} postgres_partition`);
  const { network, postgres, world, nodes, path, questions } = await start_world(t);
  const { load, model, key } = world;
  // By way of the socket in the database's folder: what it answers, the cut alone keeps from the others.
  const beside = new ServerProcess(postgres.url_by_socket(world.server.data));
  t.after(() => beside.kill());
  await beside.must_start();

  for (let round = 1; round <= rounds; round += 1) {
    const random = new Random(seed, 'partition', round);
    const way = random.pick(ways);
    const loaded = load.run(...nodes.all);
    await sleep(random.integer(200, 800));
    const sockets_before = sockets_to(postgres.port);
    assert(await network.reaches(postgres.port), 'the database is out of reach before the cut');
    network.cut(way);
    assert(!await network.reaches(postgres.port), 'the database can be reached in spite of the cut');
    // Each client stops at the first answer that leaves its write open: every one of them gets an answer.
    await loaded;
    await nodes.are('not ready');
    for (const node of nodes.all) {
      assert.equal((await node.get('/livez'))?.status, 200);
      const told = await node.get('/readyz');
      assert(!told?.text.includes(network.address), `anybody is told where the database is: ${told?.text}`);
    }
    await in_time(nodes.urls.map((url) => must_be_unavailable(url, key, questions)));
    const sockets = sockets_to(postgres.port);
    assert(sockets <= 2 * sockets_before, `${sockets} sockets to the database, where ${sockets_before} do`);
    assert.equal((await send_once(beside.url, { method: 'GET', path, key }))?.status, 200, 'it is not the cut alone');
    assert.equal((await beside.get('/readyz'))?.status, 200);
    await assert.rejects(must_be_unavailable(beside.url, key, questions.slice(0, 1)), 'an answer would pass for none');
    network.heal();
    assert(await network.reaches(postgres.port), 'the database is out of reach after the cut');
    await nodes.are('ready');
    await load.settle_pending(random.pick(nodes.all), 30_000);
    await audit(random.pick(nodes.all), model, key, { full: round === rounds });
    world.must_be_sound(`${way} cut, cycle ${round} of seed ${seed}`);
    await until(async () => sockets_to(postgres.port) <= sockets_before);
  }
  t.diagnostic(world.summary());
});

// Sends a large request and goes away before there can be an answer.
async function ask_and_go(url: string, key: string, text: string): Promise<void> {
  const connection = new Connection(url);
  const gone = connection.send({ method: 'POST', path: '/api/inventory/bulk', key, text });
  await sleep(500);
  connection.close();
  assert.equal(await gone, undefined);
}

test('nodes_hold_on_to_nothing_of_what_is_asked_while_they_are_cut_off', { skip }, async (t) => {
  const { network, postgres, world, nodes, path, questions } = await start_world(t);
  const { key, shop } = world;
  const updates = Array.from({ length: 500 }, (_, i) => ({ sku: shop.updated[i % 2], warehouse_id: shop.own[0], delta: 0, reason: 'x'.repeat(100) }));
  const bulk = JSON.stringify({ updates });
  const files_before = nodes.all.map(({ pid }) => footprint_of(pid).files);
  const wave = async (): Promise<Footprint[]> => {
    await in_time(nodes.urls.flatMap((url) => [
      must_be_unavailable(url, key, questions), ...Array.from({ length: crowd }, () => ask_and_go(url, key, bulk)),
    ]));
    await until(async () => nodes.all.every(({ pid }, i) => footprint_of(pid).files <= files_before[i]));
    return nodes.all.map(({ pid }) => footprint_of(pid));
  };
  network.cut('everything');
  await nodes.are('not ready');
  const after = async (waves: number): Promise<Footprint[]> => {
    for (let each = 1; each < waves; each += 1) await wave();
    return wave();
  };
  const before = await after(waves_before);
  const last = await after(waves_of_a_long_cut);
  t.diagnostic(`after the first waves ${JSON.stringify(before)}, after the last ${JSON.stringify(last)}`);
  for (const [i, { threads, memory_mib }] of last.entries()) {
    assert(threads <= before[i].threads, `${threads} threads, where ${before[i].threads} did`);
    assert(memory_mib <= before[i].memory_mib + memory_growth_mib, `${memory_mib} MiB, where ${before[i].memory_mib} did`);
  }
  network.heal();
  await nodes.are('ready');
  assert(await network.reaches(postgres.port));
  for (const url of nodes.urls) assert.equal((await send_once(url, { method: 'GET', path, key }))?.status, 200);
});
