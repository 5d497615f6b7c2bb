// Goal: a full disk stops writes with 503, not reads; when space returns so do writes, and nothing was lost.
// Method: the store lies on a small file system in memory, which is filled to the last byte under load, looked at, and
// emptied again; then once more with a SIGKILL while it is full, and with one in each step of taking up the log again.
// Needs root; says so where it is not.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { sleep, until } from '../api/support/wait.js';
import { audit } from './support/audit.js';
import { crash_points } from './support/crash_points.js';
import { Connection } from './support/connection.js';
import type { StartOptions } from './support/process.js';
import { note_figures } from './support/figures.js';
import { cycles, Random, seed } from './support/random.js';
import { breaking, small_checkpoints } from './support/settings.js';
import { Volume } from './support/volume.js';
import { World } from './support/world.js';

const load_ms_max = 800;
const rounds_between_stops = 3;
// The store tries again after a second: whether what it gave up is taken as well shows only after that.
const ms_refused = 1_500;

async function fill_under_load({ server, load }: World, volume: Volume, random: Random): Promise<void> {
  const loaded = load.run(server);
  await sleep(random.integer(50, load_ms_max));
  volume.fill();
  // Every client stops at the first answer that leaves its write open.
  await loaded;
}

// What the store gives up when it fails, such as the half-written files of a checkpoint, makes room again.
async function fill_until_all_is_refused({ server, load }: World, volume: Volume): Promise<void> {
  let refused_since = Infinity;
  await until(async () => {
    volume.fill();
    if (!(await load.is_refused(server))) refused_since = Infinity;
    else refused_since = Math.min(refused_since, Date.now());
    return Date.now() - refused_since >= ms_refused;
  });
}

async function must_serve_reads_only(world: World): Promise<void> {
  const { server, key, shop } = world;
  const connection = new Connection(server.url);
  const body = JSON.stringify({ warehouse_id: shop.own[0], delta: 1 });
  const path = `/api/inventory/${shop.updated[0]}`;
  const write = await connection.send({ method: 'PUT', path, key, text: body });
  assert.deepEqual([write?.status, write?.body?.error?.code], [503, 'UNAVAILABLE'], write?.text);
  for (const read of [path, `${path}/adjustments`, '/api/inventory', '/api/reservations', '/api/inventory/warehouses']) {
    assert.equal((await connection.send({ method: 'GET', path: read, key }))?.status, 200, read);
  }
  assert.equal((await server.get('/readyz'))?.status, 503);
  assert.equal((await server.get('/livez'))?.status, 200);
  connection.close();
}

async function must_get_ready({ server }: World, patience_ms?: number): Promise<void> {
  await until(async () => {
    const answer = await server.get('/readyz');
    if (answer === undefined) assert.fail(`the server ended: ${JSON.stringify(await server.dies())}\n${server.last_words()}`);
    return answer.status === 200;
  }, patience_ms).catch((error: Error) => assert.fail(`${error.message}\n${server.last_words()}`));
}

async function settle_and_audit(world: World, what: string): Promise<void> {
  await world.load.settle_pending(world.server);
  await audit(world.server, world.model, world.key);
  world.must_be_sound(`${what}, seed ${seed}`);
}

async function world_or_skip(t: TestContext, options: StartOptions): Promise<{ world: World; volume: Volume } | undefined> {
  const volume = Volume.in_memory(160);
  if (typeof volume === 'string') {
    t.skip(`no disk to fill here: ${volume}`);
    return undefined;
  }
  const world = await World.create(volume.data, { seed, administrators: 2, ...options });
  t.after(() => world.server.kill());
  return { world, volume };
}

// With small checkpoints one of them fails first; with few, the commit log.
for (const [what, options] of [['a_checkpoint', small_checkpoints], ['the_commit_log', {}]] as const) {
  test(`a_disk_too_full_for_${what}_refuses_writes_serves_reads_and_recovers_when_space_returns`, async (t) => {
    const made = await world_or_skip(t, options);
    if (!made) return;
    const { world, volume } = made;
    const rounds = cycles(2);
    t.diagnostic(`${rounds} cycles, seed ${seed}: tests/fault/run --cycles ${rounds} --seed ${seed} full_disk`);
    for (let round = 1; round <= rounds; round += 1) {
      await fill_under_load(world, volume, new Random(seed, 'disk', round));
      await fill_until_all_is_refused(world, volume);
      await must_serve_reads_only(world);
      volume.free_space();
      await must_get_ready(world);
      await settle_and_audit(world, `disk full ${round}`);
      note_figures({ test: 'full_disk', part: what, cycles: round, of: rounds, operations: world.operations(), faults: { 'full disk': round } });
      if (round % rounds_between_stops !== 0 || round === rounds) continue;
      // Checkpoints, before the log alone fills the disk.
      await world.server.stop();
      await world.server.must_start(options);
    }
    await world.server.kill();
    await world.server.must_start(options);
    await settle_and_audit(world, 'restart after a full disk');
    await world.server.stop();
    volume.release();
    t.diagnostic(world.summary());
  });

  test(`a_kill_while_the_disk_is_too_full_for_${what}_loses_nothing`, async (t) => {
    const made = await world_or_skip(t, options);
    if (!made) return;
    const { world, volume } = made;
    await fill_under_load(world, volume, new Random(seed, 'kill'));
    await world.server.kill();
    // It may come up or refuse to; it must not break anything.
    await world.server.start(options);
    await world.server.kill();
    volume.free_space();
    await world.server.must_start(options);
    await settle_and_audit(world, 'kill on a full disk');
    await world.server.stop();
    volume.release();
  });
}

for (const point of crash_points((name) => name.startsWith('log.recover.'))) {
  test(`a_kill_at_${point}_when_space_returns_loses_nothing`, async (t) => {
    const made = await world_or_skip(t, {});
    if (!made) return;
    const { world, volume } = made;
    await world.server.stop();
    await world.server.must_start({ env: { NEXUS_CRASH_POINT: point } });
    await fill_under_load(world, volume, new Random(seed, point));
    volume.free_space();
    assert.equal((await world.server.dies()).signal, 'SIGKILL', world.server.last_words());
    await world.server.must_start();
    await settle_and_audit(world, point);
    await world.server.stop();
    volume.release();
  });
}

test('it_is_noticed_when_a_store_does_not_recover_from_a_full_disk', async (t) => {
  const made = await world_or_skip(t, breaking('recovery', {}));
  if (!made) return;
  const { world, volume } = made;
  await fill_under_load(world, volume, new Random(seed, 'control'));
  await fill_until_all_is_refused(world, volume);
  await must_serve_reads_only(world);
  volume.free_space();
  await assert.rejects(must_get_ready(world, 3_000), /in vain/);
  await world.server.kill();
  volume.release();
});

test('it_is_noticed_when_writes_are_acknowledged_although_they_did_not_fit_on_the_disk', async (t) => {
  const made = await world_or_skip(t, breaking('errors', {}));
  if (!made) return;
  const { world, volume } = made;
  volume.fill();
  await assert.rejects(must_serve_reads_only(world), /adjustment/);
  await world.server.kill();
  volume.release();
});
