// Goal: an answer of success survives the power going off, which takes with it all that was not synced.
// Method: the store lies on an ext4 file system on a loop device. Under load the kernel shuts that file system down and
// forgets what it had not written (FS_IOC_SHUTDOWN without a log flush); then it is mounted again, the server started,
// what is open sent again, and all audited. Needs root, loop devices and that ioctl; says so where they are not.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { sleep } from '../api/support/wait.js';
import { audit } from './support/audit.js';
import type { StartOptions } from './support/process.js';
import { note_figures } from './support/figures.js';
import { cycles, Random, seed } from './support/random.js';
import { small_checkpoints, without_sync } from './support/settings.js';
import { Volume } from './support/volume.js';
import { World } from './support/world.js';

const load_ms_max = 1000;

async function cut_power_once(world: World, volume: Volume, random: Random, options: StartOptions, full: boolean): Promise<void> {
  const { server, load } = world;
  const loaded = load.run(server);
  await sleep(random.integer(20, load_ms_max));
  const failure = await volume.cut_power(() => (load.distrusted = true));
  assert.equal(failure, undefined, failure);
  await server.kill();
  await loaded;
  volume.remount();
  await server.must_start(options);
  await load.settle_pending(server);
  await audit(server, world.model, world.key, { full });
}

async function volume_or_skip(t: TestContext): Promise<Volume | undefined> {
  const volume = await Volume.on_loop_device(1024);
  if (typeof volume !== 'string') return volume;
  t.skip(`no power to cut here: ${volume}`);
  return undefined;
}

test('what_was_acknowledged_survives_a_power_cut', async (t) => {
  const volume = await volume_or_skip(t);
  if (!volume) return;
  const rounds = cycles(5);
  t.diagnostic(`${rounds} cycles, seed ${seed}: tests/fault/run --cycles ${rounds} --seed ${seed} power_cut`);
  const world = await World.create(volume.data, { seed, administrators: 4, ...small_checkpoints });
  for (let round = 1; round <= rounds; round += 1) {
    await cut_power_once(world, volume, new Random(seed, 'power', round), small_checkpoints, round === rounds);
    world.must_be_sound(`power cut ${round} of seed ${seed}`);
    note_figures({ test: 'power_cut', cycles: round, of: rounds, operations: world.operations(), faults: { 'power cut': round }, details: world.model.counts });
  }
  await world.server.stop();
  volume.release();
  t.diagnostic(world.summary());
});

test('the_audit_notices_when_acknowledged_writes_were_not_synced', async (t) => {
  const volume = await volume_or_skip(t);
  if (!volume) return;
  const world = await World.create(volume.data, { seed, ...without_sync });
  let noticed = false;
  for (let round = 1; round <= 5 && !noticed; round += 1) {
    // A start that refuses a store with holes in it has noticed, too.
    noticed = await cut_power_once(world, volume, new Random(seed, 'control', round), without_sync, false).then(() => world.model.problems.length > 0, () => true);
  }
  await world.server.kill();
  volume.release();
  assert(noticed, 'the audit passed although nothing was synced');
});
