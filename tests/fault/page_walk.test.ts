// Goal: a walk from page to page sees each item that lasts exactly once, whatever is written meanwhile.
// Method: items between the lasting ones come and go, and the lasting ones change their quantities and statuses, while
// several clients walk over the list, with and without a filter.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { sleep } from '../api/support/wait.js';
import { note_figures } from './support/figures.js';
import { judge_walk, PageWalks } from './support/page_walk.js';
import { cycles, seed } from './support/random.js';
import { serve_tenant } from './support/serve_tenant.js';

const live_ms = 2500;

test('a_walk_from_page_to_page_sees_each_lasting_item_exactly_once_whatever_is_written_meanwhile', async (t) => {
  const rounds = cycles(1);
  t.diagnostic(`${rounds} cycles, seed ${seed}: tests/fault/run --cycles ${rounds} --seed ${seed} page_walk`);
  const { server, key } = await serve_tenant(t);
  const walks = new PageWalks(key, seed);
  await walks.open(server.url);
  for (let round = 1; round <= rounds; round += 1) {
    const over = walks.run(server.url, 12, 4);
    await sleep(live_ms);
    walks.stop();
    await over;
    assert.deepEqual(walks.problems.slice(0, 20), []);
    const { created, deleted, status_changes, pages } = walks.counts;
    note_figures({ test: 'page_walk', cycles: round, of: rounds, operations: created + deleted + 2 * status_changes + pages, faults: {}, details: walks.counts });
  }
  t.diagnostic(Object.entries(walks.counts).map(([what, count]) => `${count} ${what}`).join(', '));
  assert(walks.counts.walks > 0 && walks.counts.deleted > 0 && walks.counts.status_changes > 0);
});

test('the_judge_of_walks_notices_what_is_missed_twice_there_out_of_order_or_filtered_wrongly', () => {
  const row = (sku: string, status = 'normal') => ({ sku, status });
  assert.deepEqual(judge_walk([row('A'), row('B')], ['A', 'B'], true), []);
  assert.deepEqual(judge_walk([row('A')], ['A', 'B'], true), ['B is missed']);
  assert.deepEqual(judge_walk([row('A'), row('A')], ['A'], true), ['A is there twice']);
  assert.deepEqual(judge_walk([row('B'), row('A')], ['A'], true), ['A comes after B']);
  assert.deepEqual(judge_walk([row('A', 'low')], ['A'], true), ['A is low']);
});
