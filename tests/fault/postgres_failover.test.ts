// Goal: with a synchronous standby nothing that was acknowledged is lost with the primary; the nodes find the new one by
// themselves, and say meanwhile that they cannot serve. What the standby may not have is not acknowledged.
// Method: two nodes under load; the primary is killed (SIGKILL), the standby promoted; what had no answer is sent again
// under its key; then every record, history, reservation and warehouse is compared with the answers. The audit is shown to
// notice a standby that is not synchronous. At last an administrator cancels the wait for a standby that hangs.
// Needs PostgreSQL; says so where it is not.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { why_no_postgres } from '../api/support/postgres.js';
import { sleep, until } from '../api/support/wait.js';
import { audit } from './support/audit.js';
import { must_be_unavailable, Nodes, send_once } from './support/nodes.js';
import { Pair, type PairOptions } from './support/pair.js';
import { ServerProcess } from './support/process.js';
import { cycles, Random, seed } from './support/random.js';
import { World } from './support/world.js';

const skip = why_no_postgres;

async function start_world(t: TestContext, options: PairOptions = {}) {
  const pair = await Pair.start(options);
  t.after(() => pair.kill());
  const world = await World.create(pair.create_database(), { seed });
  const other = new ServerProcess(world.server.data);
  t.after(() => Promise.all([world.server.kill(), other.kill()]));
  await other.must_start();
  return { pair, world, nodes: Nodes.of(world.server, other) };
}

test('nothing_acknowledged_is_lost_when_the_primary_dies_and_its_synchronous_standby_takes_over', { skip }, async (t) => {
  const rounds = cycles(1);
  t.diagnostic(`${rounds} cycles, seed ${seed}: tests/fault/run --cycles ${rounds} --seed ${seed} postgres_failover`);
  const { pair, world, nodes } = await start_world(t);
  const { load, model, key, shop } = world;
  for (let round = 1; round <= rounds; round += 1) {
    const random = new Random(seed, 'failover', round);
    await nodes.are('ready');
    const loaded = load.run(...nodes.all);
    await sleep(random.integer(200, 1200));
    pair.primary.kill();
    await loaded;
    await nodes.are('not ready');
    const path = `/api/inventory/${shop.updated[0]}`;
    await Promise.all(nodes.urls.map(async (url) => {
      await must_be_unavailable(url, key, [
        { method: 'GET', path }, { method: 'GET', path: '/api/inventory' }, { method: 'PUT', path, text: JSON.stringify({ warehouse_id: shop.own[0], delta: -1_000_000_000 }) },
      ]);
      assert.equal((await send_once(url, { method: 'GET', path: '/livez' }))?.status, 200);
    }));
    await pair.promote();
    await nodes.are('ready');
    await load.settle_pending(random.pick(nodes.all));
    await audit(random.pick(nodes.all), model, key, { full: round === rounds });
    world.must_be_sound(`cycle ${round} of seed ${seed}`);
    if (round < rounds) await pair.take_turns();
  }
  t.diagnostic(world.summary());
});

test('the_audit_notices_what_is_lost_with_a_primary_whose_standby_is_not_synchronous', { skip }, async (t) => {
  const { pair, world, nodes } = await start_world(t, { is_synchronous: false });
  const { load, model, key } = world;
  pair.standby.kill();
  const loaded = load.run(...nodes.all);
  await until(async () => model.counts.acknowledged > 200);
  pair.primary.kill();
  await loaded;
  await pair.standby.start();
  await pair.promote();
  await nodes.are('ready');
  await load.settle_pending(nodes.first);
  if (model.problems.length === 0) await audit(nodes.first, model, key).catch((error: Error) => model.problem(error.message));
  t.diagnostic(`noticed: ${model.problems[0]}`);
  assert.notEqual(model.problems.length, 0, 'the audit passed although the standby was behind');
});

test('a_write_whose_wait_for_the_standby_is_cancelled_is_neither_acknowledged_nor_replayed_before_the_standby_has_it', { skip }, async (t) => {
  const pair = await Pair.start();
  t.after(() => pair.kill());
  const nodes = await Nodes.start(pair.create_database(), 2);
  t.after(() => nodes.kill());
  const key = await nodes.open_tenant('cancelled');
  const [url, other] = nodes.urls;
  const post = async (path: string, body: object) => (await send_once(url, { method: 'POST', path, key, text: JSON.stringify(body) }))?.body.data;
  const { id: warehouse_id } = await post('/api/inventory/warehouses', { name: 'A', type: 'own' });
  await post('/api/inventory', { sku: 'A' });
  // One locks a record when it is repeated, the other nothing.
  const writes = [
    { method: 'PUT', path: '/api/inventory/A', key, idempotency_key: 'the-only-update', text: JSON.stringify({ warehouse_id, delta: 5 }) },
    { method: 'POST', path: '/api/inventory/warehouses', key, idempotency_key: 'the-only-warehouse', text: JSON.stringify({ name: 'B', type: 'own' }) },
  ];
  const on_hand = async (at: string) => (await send_once(at, { method: 'GET', path: '/api/inventory/A', key }))?.body?.data?.total_on_hand;
  const waiting = () => pair.primary.query(`SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`);

  pair.standby.kill();
  // They are in the primary by now, with the answers that are kept.
  for (const write of writes) {
    const answered = must_be_unavailable(url, key, [write]);
    await until(async () => (await waiting()) !== '0');
    await pair.primary.query(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`);
    await answered;
  }
  // Its operator reads why, in the database's words.
  await until(async () => nodes.first.last_words().includes('canceling wait for synchronous replication'));
  await must_be_unavailable(other, key, writes);

  pair.primary.kill();
  await pair.standby.start();
  await pair.promote();
  await nodes.are('ready');
  for (const write of writes) {
    const [again, once_more] = [await send_once(other, write), await send_once(url, write)];
    assert(again && again.status < 300 && once_more?.replayed, `${again?.text}\n${once_more?.text}`);
    assert.equal(once_more.text, again.text);
  }
  assert.deepEqual([await on_hand(url), await on_hand(other)], [5, 5], 'it was done exactly once');
});

test('while_the_standby_hangs_reads_go_on_and_writes_are_told_so_until_it_is_back', { skip }, async (t) => {
  const { pair, world, nodes } = await start_world(t);
  const { load, model, key, shop } = world;
  const loaded = load.run(...nodes.all);
  await sleep(300);
  pair.standby.pause();
  // Each client stops at the first answer that leaves its write open.
  await loaded;
  await nodes.are('not ready');
  for (let looks = 1; looks <= 10; looks += 1) {
    const readers = nodes.urls.flatMap((url) => Array.from({ length: 16 }, () => url));
    await Promise.all(readers.map(async (url) => {
      const answer = await send_once(url, { method: 'GET', path: `/api/inventory/${shop.updated[0]}`, key });
      assert.equal(answer?.status, 200, `a read waits for the standby, too: ${answer?.text}`);
    }));
    await sleep(100);
  }
  pair.standby.resume();
  await nodes.are('ready');
  await load.settle_pending(nodes.first);
  await audit(nodes.all[1], model, key);
  world.must_be_sound(`seed ${seed}`);
});

test('a_node_that_needs_its_first_numbers_while_the_standby_hangs_still_serves_reads', { skip }, async (t) => {
  const { pair, world, nodes } = await start_world(t);
  const { key, shop } = world;
  // It has not written before.
  const node = nodes.urls.at(-1) as string;
  const path = `/api/inventory/${shop.updated[0]}`;
  pair.standby.pause();
  const written = send_once(node, { method: 'PATCH', path, key, text: JSON.stringify({ title: 'changed' }) });
  await until(async () => (await pair.primary.query(`SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)) !== '0');
  const answers = await Promise.all(Array.from({ length: 16 }, () => send_once(node, { method: 'GET', path, key })));
  assert.deepEqual(answers.map((answer) => answer?.status), answers.map(() => 200), 'a read waits for the standby, too');
  pair.standby.resume();
  await written;
});

test('a_node_whose_writes_wait_for_records_that_another_nodes_hanging_write_holds_says_that_it_cannot_serve', { skip }, async (t) => {
  const { pair, world, nodes } = await start_world(t);
  const { key, shop } = world;
  const write = { method: 'PATCH', path: `/api/inventory/${shop.updated[0]}`, key, text: JSON.stringify({ title: 'changed' }) };
  pair.standby.pause();
  const hanging = send_once(nodes.urls[0], write);
  await until(async () => (await pair.primary.query(`SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)) !== '0');
  await must_be_unavailable(nodes.urls[1], key, [write]);
  await nodes.are('not ready');
  pair.standby.resume();
  await nodes.are('ready');
  await hanging;
});
