// Goal: the audit that the other tests rely on can fail.
// Method: first the sync is taken out, so that a SIGKILL loses what was acknowledged; then, on a sound store, what is
// remembered of the answers is changed in one place, as a store that is wrong there would look.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { cli } from '../api/support/cli.js';
import { audit } from './support/audit.js';
import { until } from '../api/support/wait.js';
import { temporary_folder } from './support/folders.js';
import { kill_cycle } from './support/kill_cycle.js';
import type { Model } from './support/model.js';
import { Random, seed } from './support/random.js';
import { small_checkpoints, without_sync } from './support/settings.js';
import { World } from './support/world.js';

test('the_audit_notices_when_writes_are_acknowledged_before_they_are_durable', async (t) => {
  const world = await World.create(temporary_folder(), { seed, ...without_sync });
  t.after(() => world.server.kill());
  for (let round = 1; round <= 5 && world.model.problems.length === 0; round += 1) {
    await kill_cycle(world, new Random(seed, 'control', round), without_sync).catch((error: Error) => world.model.problem(error.message));
  }
  t.diagnostic(`noticed: ${world.model.problems[0]}`);
  assert.notEqual(world.model.problems.length, 0, 'the audit passed although nothing was synced');
});

const updated_sku = (model: Model) => [...model.skus.values()].find((sku) => sku.exists && sku.fresh.size > 2)!;
const held = (model: Model) => [...model.reservations.values()].find(({ status, expires_at }) => status === 'held' && !expires_at)!;

const wrongs: [string, (model: Model) => void][] = [
  ['an_acknowledged_adjustment_is_lost', (model) => {
    const sku = updated_sku(model);
    const [line] = sku.fresh.values();
    sku.fresh.set('adj_0000000000000000000000000A', { ...line, id: 'adj_0000000000000000000000000A' });
  }],
  ['an_adjustment_is_there_that_nobody_acknowledged', (model) => {
    const { fresh } = updated_sku(model);
    fresh.delete([...fresh.keys()][1]);
  }],
  ['an_adjustment_says_something_else', (model) => {
    const [line] = updated_sku(model).fresh.values();
    line.note = 'something else';
  }],
  ['two_adjustments_stand_in_the_wrong_order', (model) => {
    const [first, second] = updated_sku(model).fresh.values();
    [first.version, second.version] = [second.version, first.version];
  }],
  ['a_change_of_a_record_happened_twice', (model) => {
    updated_sku(model).changes -= 1;
  }],
  ['a_title_is_an_old_one', (model) => {
    updated_sku(model).title += ' (new)';
  }],
  ['a_reservation_is_lost', (model) => {
    const id = 'res_0000000000000000000000000A';
    model.put_reservation({ ...held(model), id });
  }],
  ['a_closed_reservation_is_held_again', (model) => {
    const reservation = held(model);
    model.put_reservation({ ...reservation, status: 'released' });
  }],
  ['a_shipment_is_lost', (model) => {
    const sku = updated_sku(model);
    sku.shipped.set('wh_0 -5 nothing', 1);
  }],
  ['an_item_is_there_that_was_deleted', (model) => {
    updated_sku(model).exists = false;
  }],
  ['a_warehouse_is_lost', (model) => {
    model.warehouses.set('wh_0000000000000000000000000A', { id: 'wh_0000000000000000000000000A', name: 'lost', is_active: true });
  }],
  ['a_replay_answers_something_else', (model) => {
    model.acknowledged.at(-1)!.answer += ' ';
  }],
  ['a_tenant_is_lost', (model) => {
    model.tenants.set('ten_0000000000000000000000000A', 'lost');
  }],
  ['a_key_is_there_that_nobody_made', (model) => {
    const [id] = [...model.keys].find(([, { name }]) => name === 'other')!;
    model.keys.delete(id);
  }],
  ['a_key_that_was_revoked_works', (model) => {
    const [id, key] = [...model.keys].find(([, { name }]) => name === 'other')!;
    model.put_key(id, { ...key, is_revoked: true });
  }],
];

for (const [wrong, make_it_so] of wrongs) {
  test(`the_audit_notices_that_${wrong}`, async (t) => {
    const world = await World.create(temporary_folder(), { seed, ...small_checkpoints });
    const { server, load, model } = world;
    t.after(() => server.kill());
    const { id, key } = await server.cli('key', 'create', '--tenant', world.tenant, '--name', 'other', '--owner', 'other@shop.example', '--scope', 'inventory:read');
    model.put_key(id, { tenant_id: world.tenant, name: 'other', secret: key, is_revoked: false });
    const loaded = load.run(server);
    await until(async () => model.counts.acknowledged > 300);
    load.stop();
    await loaded;
    world.must_be_sound('before');
    make_it_so(model);
    await audit(server, model, world.key);
    assert.notEqual(model.problems.length, 0);
  });
}

test('no_promise_is_broken_in_a_store_that_does_not_say_that_it_may', async () => {
  const data = temporary_folder();
  const create = (name: string, env: Record<string, string>) => cli(['tenant', 'create', name, '--data', data], { env });
  assert.equal((await create('shop', {})).code, 0);
  for (const promise of ['sync', 'errors', 'recovery', 'checksums', 'stamps', 'one_moment', 'no such promise']) {
    const { code, stderr } = await create('other', { NEXUS_TEST_BREAK: promise });
    assert.notEqual(code, 0);
    assert.match(stderr, /it is for tests only/);
  }
});
