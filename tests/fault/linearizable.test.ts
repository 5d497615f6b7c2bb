// Goal: to clients that write and read at once the store looks as if it did one thing after the other, each between
// its beginning and its answer, a bulk as one; in crashes too.
// Method: 16 connections compete for a few SKUs; what they were answered and when is kept, with the ledgers, and judged
// (support/linearizable.ts). The judge itself is tested with histories that were made bad, and against a plain search.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { sleep, until } from '../api/support/wait.js';
import { contents, Contest } from './support/contest.js';
import { crash_points } from './support/crash_points.js';
import { serve_tenant } from './support/serve_tenant.js';
import type { History, Operation } from './support/history.js';
import { find_order, judge } from './support/linearizable.js';
import { note_figures } from './support/figures.js';
import type { ServerProcess, StartOptions } from './support/process.js';
import { cycles, Random, seed } from './support/random.js';
import { seeded_bugs } from './support/seeded_bugs.js';
import { small_checkpoints, without_sync } from './support/settings.js';
import { bugs, simulate } from './support/simulated.js';
import type { Level, Outcome, Request } from './support/stock.js';
import { has_an_order } from './support/wing_gong.js';

const live_ms = 2500;
const recorded_operations = 2000;
const simulations = 150;

async function run_for(contest: Contest, url: string, ms: number): Promise<void> {
  const over = contest.run(url);
  await sleep(ms);
  contest.stop();
  await over;
}

function must_be_linearizable(history: History, what: string): void {
  const verdict = judge(history);
  assert(verdict.is_linearizable, `${what}: ${verdict.is_linearizable ? '' : verdict.reasons.join('\n')}`);
}

const opening_of = ({ opening }: History) => ({ items: opening, held: new Set<string>() });

test('the_judge_accepts_a_good_history_and_rejects_it_with_a_seeded_bug', async (t) => {
  t.diagnostic(`seed ${seed}: tests/fault/run --seed ${seed} linearizable`);
  const { server, key } = await serve_tenant(t);
  const contest = await Contest.open(server.url, key, { seed, skus: 3 });
  const over = contest.run(server.url);
  const not_found = () => contest.recorder.operations.filter(({ request, outcome }) => request.kind === 'get' && outcome?.kind === 'refused').length;
  await until(async () => contest.recorder.operations.length >= recorded_operations && not_found() >= 5);
  contest.stop();
  await over;
  const good = await contest.finish(server.url);
  must_be_linearizable(good, 'the recorded history');
  for (const { name, reason, in_answers, seed: make_bad } of seeded_bugs) {
    await t.test(`it_notices_that_${name}`, () => {
      const bad = structuredClone(good);
      make_bad(bad);
      const verdict = judge(bad);
      assert(!verdict.is_linearizable, 'it was accepted');
      assert(verdict.reasons.some((text) => reason.test(text)), verdict.reasons.join('\n'));
      const by_answers = find_order(bad.operations, opening_of(bad));
      assert.equal(by_answers.is_linearizable, !in_answers, 'the answers alone');
    });
  }
});

// Two items with 10 in their one warehouse, and operations by when they began and were answered.
function by_hand(...told: [number, number, Request, Outcome][]): History {
  const item = { version: 1, levels: [{ on_hand: 10, reserved: 0 }] };
  const operations: Operation[] = told.map(([invoked, answered, request, outcome], i) => ({ name: `o${i}`, invoked, answered, request, outcome }));
  return { opening: new Map([['A', item], ['B', item]]), operations, ledgers: new Map() };
}

const list: Request = { kind: 'list', skus: ['A', 'B'] };
const shows = (...on_hand: number[]): Outcome => ({ kind: 'seen', records: ['A', 'B'].map((sku, i) => ({ sku, levels: [{ on_hand: on_hand[i], reserved: 0 } as Level] })) });
const put = (sku: string): Request => ({ kind: 'put', update: { sku, warehouse: 0, delta: 1 } });
const wrote = (...skus: string[]): Outcome => ({ kind: 'written', lines: skus.map((sku) => ({ sku, warehouse: 0, before: 10, after: 11, version: 2 })) });
const bulk: Request = { kind: 'bulk', updates: ['A', 'B'].map((sku) => ({ sku, warehouse: 0, delta: 1 })) };

const by_hands: [string, boolean, History][] = [
  ['a_reader_beside_a_bulk_sees_all_of_it', true, by_hand([1, 4, bulk, wrote('A', 'B')], [2, 3, list, shows(11, 11)])],
  ['a_reader_beside_a_bulk_sees_nothing_of_it', true, by_hand([1, 4, bulk, wrote('A', 'B')], [2, 3, list, shows(10, 10)])],
  ['a_reader_beside_a_bulk_sees_one_half_of_it', false, by_hand([1, 4, bulk, wrote('A', 'B')], [2, 3, list, shows(11, 10)])],
  ['two_readers_agree_on_the_order_of_two_writes', true, by_hand([1, 8, put('A'), wrote('A')], [2, 7, put('B'), wrote('B')], [3, 6, list, shows(11, 10)], [4, 5, list, shows(11, 11)])],
  ['two_readers_see_two_writes_in_opposite_orders', false, by_hand([1, 8, put('A'), wrote('A')], [2, 7, put('B'), wrote('B')], [3, 6, list, shows(11, 10)], [4, 5, list, shows(10, 11)])],
  ['a_reader_that_began_at_the_moment_of_a_write_s_answer_misses_it', false, by_hand([1, 2, put('A'), wrote('A')], [2, 3, list, shows(10, 10)])],
  ['a_later_reader_sees_less', false, by_hand([1, 8, put('A'), wrote('A')], [2, 3, list, shows(11, 10)], [4, 5, list, shows(10, 10)])],
];

for (const [what, is_good, history] of by_hands) {
  test(`the_judge_and_the_plain_search_${is_good ? 'accept' : 'reject'}_that_${what}`, () => {
    assert.equal(find_order(history.operations, opening_of(history)).is_linearizable, is_good);
    assert.equal(has_an_order(history.operations, opening_of(history)), is_good);
  });
}

for (const bug of [undefined, ...bugs]) {
  test(`the_judge_agrees_with_the_plain_search_on_short_histories_of_${bug ? `a_store_with_the_bug_${bug}` : 'a_good_store'}`, (t) => {
    let rejected = 0;
    // Some bugs show seldom.
    for (let i = 0; i < simulations || (bug && rejected === 0 && i < 20 * simulations); i += 1) {
      const history = simulate({ seed: seed + i, operations: 14, bug, without_answer: i % 2 === 0 ? 0 : 0.1 });
      const has_order = has_an_order(history.operations, opening_of(history));
      assert.equal(find_order(history.operations, opening_of(history)).is_linearizable, has_order, `history ${i} of seed ${seed}`);
      if (!bug) must_be_linearizable(history, `history ${i} of seed ${seed}`);
      if (!has_order) rejected += 1;
    }
    t.diagnostic(`${rejected} of ${simulations} rejected, seed ${seed}`);
    assert.equal(rejected > 0, bug !== undefined, 'the bug shows, and nothing else does');
  });
}

test('sixteen_connections_on_a_few_skus_see_a_linearizable_store', async (t) => {
  t.diagnostic(`seed ${seed}: tests/fault/run --seed ${seed} linearizable`);
  const { server, key } = await serve_tenant(t);
  const contest = await Contest.open(server.url, key, { seed });
  await run_for(contest, server.url, live_ms);
  const history = await contest.finish(server.url);
  t.diagnostic(contents(history));
  must_be_linearizable(history, `seed ${seed}`);
});

interface Crashed { history: History; kills: number; settled: number; open: number }

// Starts it so that it kills itself at one of the places where a write or a checkpoint can be cut short.
async function start_to_die(server: ServerProcess, random: Random, options: StartOptions): Promise<void> {
  await server.kill();
  const point = random.pick(crash_points((name) => !/^(start|log\.recover|restore)\./.test(name)));
  const outcome = await server.start({ ...options, env: { ...options.env, NEXUS_CRASH_POINT: `${point}:${random.integer(1, 30)}` } });
  if (outcome !== 'listening') await server.must_start(options);
}

// Kills it a few times under load. Some of what had no answer is left open for ever: the ledger alone tells whether it
// was done.
async function contest_with_kills(server: ServerProcess, key: string, round: number, options: StartOptions): Promise<Crashed> {
  const random = new Random(seed, 'linearizable', round);
  const contest = await Contest.open(server.url, key, { seed, prefix: `R${round}` });
  // What it begins with is durable in any case.
  await server.stop();
  await server.must_start(options);
  let settled = 0;
  const kills = random.integer(1, 3);
  for (let kill = 1; kill <= kills; kill += 1) {
    if (random.chance(0.5)) await start_to_die(server, random, options);
    const over = contest.run(server.url);
    await sleep(random.integer(20, 500));
    await server.kill();
    await over;
    await server.must_start(options);
    settled += await contest.settle(server.url, () => random.chance(0.9));
  }
  await run_for(contest, server.url, random.integer(20, 200));
  const history = await contest.finish(server.url);
  return { history, kills, settled, open: history.operations.filter(({ outcome }) => !outcome).length };
}

test('the_store_stays_linearizable_when_it_is_killed_and_what_had_no_answer_is_settled_by_its_key', async (t) => {
  const rounds = cycles(4);
  t.diagnostic(`${rounds} cycles, seed ${seed}: tests/fault/run --cycles ${rounds} --seed ${seed} linearizable`);
  const { server, key } = await serve_tenant(t);
  const sums = { operations: 0, kills: 0, settled: 0, open: 0 };
  for (let round = 1; round <= rounds; round += 1) {
    const { history, kills, settled, open } = await contest_with_kills(server, key, round, small_checkpoints);
    sums.kills += kills;
    sums.operations += history.operations.length;
    sums.settled += settled;
    sums.open += open;
    must_be_linearizable(history, `cycle ${round} of seed ${seed}`);
    note_figures({ test: 'linearizable', cycles: round, of: rounds, operations: sums.operations, faults: { 'crash in a history': sums.kills }, details: sums });
  }
  t.diagnostic(`${sums.operations} operations; of those without an answer ${sums.settled} settled by their keys, ${sums.open} left open`);
  assert(sums.settled > 0, 'no kill left anything open');
});

test('the_judge_notices_when_writes_are_acknowledged_before_they_are_durable', async (t) => {
  const { server, key } = await serve_tenant(t, without_sync);
  let noticed: string | undefined;
  for (let round = 1; round <= 5 && noticed === undefined; round += 1) {
    const { history } = await contest_with_kills(server, key, round, without_sync);
    const verdict = judge(history);
    if (!verdict.is_linearizable) noticed = verdict.reasons[0];
  }
  t.diagnostic(`noticed: ${noticed}`);
  assert.notEqual(noticed, undefined, 'the history passed although nothing was synced');
});
