// Goal: there is no step in writing, checkpointing, starting, stopping or backing up at which a death loses anything, and
// none in restoring at which it leaves half a store.
// Method: the server kills itself at each named point in turn, at the first, third, tenth … time that it passes it, until
// a whole run (start, load, backup, stop) does not pass it so often; after each death it is started, what is open sent
// again, and all audited. Points of a full disk are tried in full_disk.test.ts. A restore kills itself likewise; what is at
// its place then is nothing, or the store that was backed up.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { cli, cli_json } from '../api/support/cli.js';
import { sleep } from '../api/support/wait.js';
import { audit } from './support/audit.js';
import { crash_points } from './support/crash_points.js';
import { note_figures } from './support/figures.js';
import { temporary_folder } from './support/folders.js';
import { ServerProcess, type StartOptions } from './support/process.js';
import { seed } from './support/random.js';
import { breaking, small_checkpoints } from './support/settings.js';
import { World } from './support/world.js';

const passes = process.env.FAULT_CYCLES ? Array.from({ length: 12 }, (_, i) => 2 ** i) : [1, 3, 10, 30];
const load_ms = 400;
const is_of_start = (name: string) => name.startsWith('start.');

// Start, load with a backup into `copy` in the middle of it, stop. Whether the server died at the point.
async function dies({ server, load }: World, options: StartOptions, copy = temporary_folder()): Promise<boolean> {
  let loaded = Promise.resolve();
  if ((await server.start(options)) === 'listening') {
    loaded = load.run(server);
    const backup = sleep(load_ms / 2).then(() => server.try_cli('backup', copy));
    await sleep(load_ms);
    load.stop();
    await Promise.race([loaded, server.ended()]);
    server.signal('SIGTERM');
    await backup;
  }
  const { code, signal } = await server.dies();
  await loaded;
  assert(signal === 'SIGKILL' || code === 0, `the server ended with ${code ?? signal}\n${server.last_words()}`);
  return signal === 'SIGKILL';
}

// What a backup that was cut short has left at its place is whole, or is not there and no hindrance to the next one.
async function must_be_whole_or_absent(copy: string, server: ServerProcess): Promise<void> {
  if (!existsSync(copy)) await server.cli('backup', copy);
  const restored = new ServerProcess(temporary_folder());
  await cli_json(['restore', copy, '--data', restored.data]);
  assert.equal((await restored.cli('verify')).ok, true);
}

const is_of_restore = (name: string) => name.startsWith('restore.');
const points = crash_points((name) => !name.startsWith('log.recover.') && !is_of_restore(name));
const sums = { operations: 0, deaths: 0 };

for (const [index, point] of points.entries()) {
  test(`a_death_at_${point}_loses_nothing`, async (t) => {
    const world = await World.create(temporary_folder(), { seed, clients: 8, administrators: 2, ...small_checkpoints });
    t.after(() => world.server.kill());
    await world.server.kill();
    const died_at: number[] = [];
    for (const nth of passes) {
      const copy = temporary_folder();
      if (!(await dies(world, { env: { ...small_checkpoints.env, NEXUS_CRASH_POINT: `${point}:${nth}` } }, copy))) break;
      died_at.push(nth);
      await world.server.must_start(small_checkpoints);
      await world.load.settle_pending(world.server);
      await audit(world.server, world.model, world.key);
      world.must_be_sound(`death at ${point}:${nth}, seed ${seed}`);
      if (point.startsWith('backup.')) await must_be_whole_or_absent(copy, world.server);
      // What was written since the last checkpoint is left to the next start.
      await world.server.kill();
    }
    t.diagnostic(`died at pass ${died_at.join(', ')}; ${world.summary()}`);
    sums.operations += world.operations();
    sums.deaths += died_at.length;
    note_figures({ test: 'crash_points', cycles: index + 1, of: points.length, operations: sums.operations, faults: { 'death at a named point': sums.deaths } });
    assert(died_at.length > 0 || (is_of_start(point) && (await dies_when_new(point))), `nothing passes ${point}`);
  });
}

// Points that only a new store's start passes.
async function dies_when_new(point: string): Promise<boolean> {
  const server = new ServerProcess(temporary_folder());
  const outcome = await server.start({ env: { NEXUS_CRASH_POINT: point } });
  if (outcome === 'listening') {
    await server.kill();
    return false;
  }
  await server.must_start();
  const verified = await server.cli('verify');
  assert.equal(verified.ok, true);
  await server.stop();
  return true;
}

// How much is in a store that is sound; without its reservations, which go on to expire.
async function verified(server: ServerProcess) {
  const { ok, problems, tenants, items, levels, adjustments } = await server.cli('verify');
  assert.equal(ok, true, JSON.stringify(problems));
  return { tenants, items, levels, adjustments };
}

for (const point of crash_points(is_of_restore)) {
  test(`a_restore_that_dies_at_${point}_leaves_nothing_or_the_whole_store`, async (t) => {
    const world = await World.create(temporary_folder(), { seed, clients: 8, ...small_checkpoints });
    t.after(() => world.server.kill());
    await world.load.run_for(load_ms, world.server);
    const copy = temporary_folder();
    await world.server.cli('backup', copy);
    await world.server.stop();
    const contents = await verified(world.server);
    const left = { nothing: 0, whole: 0 };
    for (const nth of passes) {
      const restored = new ServerProcess(temporary_folder());
      // A folder may be there already, so long as it is empty.
      if (nth > 1) mkdirSync(restored.data);
      const restore = ['restore', copy, '--data', restored.data];
      const { code } = await cli(restore, { env: { NEXUS_CRASH_POINT: `${point}:${nth}` } });
      if (code === 0) break;
      assert.equal(code, null, 'it does not die, and fails');
      const is_nothing = !existsSync(restored.data) || readdirSync(restored.data).length === 0;
      left[is_nothing ? 'nothing' : 'whole'] += 1;
      if (is_nothing) await cli_json(restore);
      assert.deepEqual(await verified(restored), contents);
      const beside = readdirSync(dirname(restored.data));
      assert.deepEqual(beside, [basename(restored.data)], 'it leaves something beside the store');
    }
    t.diagnostic(`left nothing ${left.nothing} times, the whole store ${left.whole} times`);
    assert(left.nothing + left.whole > 0, `nothing passes ${point}`);
  });
}

// The control: a start that does not know which events its records have already does them twice.
test('the_audit_notices_when_a_checkpoint_has_lost_its_stamps', async (t) => {
  const world = await World.create(temporary_folder(), { seed, ...small_checkpoints });
  t.after(() => world.server.kill());
  await world.server.kill();
  assert(await dies(world, breaking('stamps', { env: { ...small_checkpoints.env, NEXUS_CRASH_POINT: 'checkpoint.ingested' } })));
  if ((await world.server.start(small_checkpoints)) === 'listening') {
    await world.load.settle_pending(world.server);
    await audit(world.server, world.model, world.key);
  } else {
    // It has noticed by itself.
    world.model.problem(world.server.last_words());
  }
  t.diagnostic(`noticed: ${world.model.problems[0]}`);
  assert.notEqual(world.model.problems.length, 0, 'the audit passed although events were done twice');
});
