// Goal: nodes that cannot reach their database say so in time, to however many clients, hold on to nothing, and serve
// again by themselves.
// Method: PostgreSQL runs in a network namespace; packets to it, from it, or both are dropped under load, so that nobody
// is told. A crowd asks meanwhile. When the packets pass again, what had no answer is sent again under its key, and
// everything is compared with the answers. Needs root, nftables and PostgreSQL; says so where they are not.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Postgres, why_no_postgres } from '../api/support/postgres.js';
import { sleep, until } from '../api/support/wait.js';
import { audit } from './support/audit.js';
import { Network, type Cut } from './support/network.js';
import { must_be_unavailable, Nodes } from './support/nodes.js';
import { ServerProcess } from './support/process.js';
import { cycles, Random, seed } from './support/random.js';
import { World } from './support/world.js';

const network = why_no_postgres ?? Network.create();
const skip = typeof network === 'string' ? network : undefined;
const crowd = 200;
const ways: Cut[] = ['everything', 'answers', 'requests'];

// Of all processes here to that port, in whatever state but that of one which both sides have closed.
function sockets_to(port: number): number {
  const time_wait = '06';
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n').map((line) => line.trim().split(/\s+/));
  return rows.filter(([, , remote, state]) => remote?.endsWith(suffix) && state !== time_wait).length;
}

test('nodes_cut_off_from_their_database_answer_503_in_time_and_recover_by_themselves', { skip }, async (t) => {
  const rounds = cycles(1);
  t.diagnostic(`${rounds} cycles, seed ${seed}: tests/fault/run --cycles ${rounds} --seed ${seed} postgres_partition`);
  assert(network instanceof Network);
  t.after(() => network.remove());
  const postgres = await Postgres.start({ namespace: network.namespace, address: network.address });
  t.after(() => postgres.kill());
  const world = await World.create(postgres.create_database(), { seed });
  const { load, model, key, shop } = world;
  const nodes = Nodes.of(world.server, new ServerProcess(world.server.data));
  t.after(() => nodes.kill());
  await nodes.all[1].must_start();
  await nodes.are('ready');
  const path = `/api/inventory/${shop.updated[0]}`;
  const refused = JSON.stringify({ warehouse_id: shop.own[0], delta: -1_000_000_000 });

  for (let round = 1; round <= rounds; round += 1) {
    const random = new Random(seed, 'partition', round);
    const way = random.pick(ways);
    const loaded = load.run(...nodes.all);
    await sleep(random.integer(200, 800));
    const sockets_before = sockets_to(postgres.port);
    network.cut(way);
    // Each client stops at the first answer that leaves its write open: every one of them gets an answer.
    await loaded;
    await nodes.are('not ready');
    for (const node of nodes.all) {
      const told = await node.get('/readyz');
      assert(!told?.text.includes(network.address), `anybody is told where the database is: ${told?.text}`);
    }
    const questions = Array.from({ length: crowd }, (_, i) => (i % 2 === 0 ? { method: 'GET', path } : { method: 'PUT', path, text: refused }));
    await Promise.all(nodes.urls.map((url) => must_be_unavailable(url, key, questions)));
    const sockets = sockets_to(postgres.port);
    assert(sockets <= 2 * sockets_before, `${sockets} sockets to the database, where ${sockets_before} do`);
    network.heal();
    await nodes.are('ready');
    await load.settle_pending(random.pick(nodes.all), 30_000);
    await audit(random.pick(nodes.all), model, key, { full: round === rounds });
    world.must_be_sound(`${way} cut, cycle ${round} of seed ${seed}`);
    await until(async () => sockets_to(postgres.port) <= sockets_before);
  }
  t.diagnostic(world.summary());
});
