// Goal: to clients of several nodes the one database looks like one store that does one thing after the other, and the
// death of a node costs nothing but the answers that it owed.
// Method: 16 connections, spread over three nodes, compete for a few SKUs; one node is killed (SIGKILL) meanwhile and
// comes back; what had no answer is sent again, to another node, under its key. The history is judged as a whole. Then
// all kinds of writes over all nodes through such kills, and an audit. Needs PostgreSQL; says so where it is not.
import { test, type TestContext } from 'node:test';
import { Postgres, why_no_postgres } from '../api/support/postgres.js';
import { sleep } from '../api/support/wait.js';
import assert from 'node:assert/strict';
import { audit } from './support/audit.js';
import { contents, Contest } from './support/contest.js';
import { judge } from './support/linearizable.js';
import { Nodes } from './support/nodes.js';
import { ServerProcess } from './support/process.js';
import { cycles, Random, seed } from './support/random.js';
import { World } from './support/world.js';

const skip = why_no_postgres;
const node_count = 3;

async function start_database(t: TestContext): Promise<string> {
  const postgres = await Postgres.start();
  t.after(() => postgres.kill());
  return postgres.create_database();
}

test('several_nodes_on_one_database_are_linearizable_and_one_may_die', { skip }, async (t) => {
  const rounds = cycles(2);
  t.diagnostic(`${rounds} cycles, seed ${seed}: tests/fault/run --cycles ${rounds} --seed ${seed} postgres_nodes`);
  const nodes = await Nodes.start(await start_database(t), node_count);
  t.after(() => nodes.kill());
  const key = await nodes.open_tenant('linearizable');
  let settled = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const random = new Random(seed, 'nodes', round);
    const contest = await Contest.open(nodes.first.url, key, { seed, prefix: `R${round}` });
    const over = contest.run(...nodes.urls);
    await sleep(random.integer(300, 1200));
    const victim = random.pick(nodes.all);
    await victim.kill();
    await sleep(random.integer(100, 600));
    contest.stop();
    await over;
    const survivor = nodes.all.find((node) => node !== victim)!;
    settled += await contest.settle(survivor.url, () => random.chance(0.9));
    await victim.must_start();
    const history = await contest.finish(victim.url);
    t.diagnostic(contents(history));
    const verdict = judge(history);
    assert(verdict.is_linearizable, `cycle ${round} of seed ${seed}: ${verdict.is_linearizable ? '' : verdict.reasons.join('\n')}`);
  }
  t.diagnostic(`${settled} settled by their keys`);
});

test('what_any_node_acknowledged_is_there_exactly_once_when_nodes_are_killed', { skip }, async (t) => {
  const rounds = cycles(2);
  t.diagnostic(`${rounds} cycles, seed ${seed}: tests/fault/run --cycles ${rounds} --seed ${seed} postgres_nodes`);
  const store = await start_database(t);
  const world = await World.create(store, { seed });
  const other = new ServerProcess(store);
  t.after(() => Promise.all([world.server.kill(), other.kill()]));
  const both = [world.server, other];
  await other.must_start();
  for (let round = 1; round <= rounds; round += 1) {
    const random = new Random(seed, 'killed nodes', round);
    const over = world.load.run(...both);
    await sleep(random.integer(100, 1000));
    const [first, second] = random.sample(both, 2);
    await first.kill();
    await sleep(random.integer(0, 300));
    await second.kill();
    await over;
    await first.must_start();
    await world.load.settle_pending(first);
    await second.must_start();
    await audit(second, world.model, world.key, { full: round === rounds });
    world.must_be_sound(`cycle ${round} of seed ${seed}`);
  }
  t.diagnostic(world.summary());
});
