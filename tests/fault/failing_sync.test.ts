// Goal: after a sync that failed nothing is acknowledged, and what was acknowledged before it is there after a restart.
// Method: strace lets one fdatasync of the server fail with EIO under load, once early and once late. From then on every
// write is refused with 503 and /readyz fails; reads go on and show nothing of what was refused. Needs strace; says so
// where it is not.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { until } from '../api/support/wait.js';
import { audit } from './support/audit.js';
import { Connection } from './support/connection.js';
import { temporary_folder } from './support/folders.js';
import { Random, seed } from './support/random.js';
import { small_checkpoints } from './support/settings.js';
import { World } from './support/world.js';

const why_not = (() => {
  const { status, error, stderr } = spawnSync('strace', ['-f', '-e', 'inject=fdatasync:error=EIO:when=1', 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `strace does not work here: ${error?.message ?? stderr}`;
})();

// Lets the nth sync that a thread of the process makes from now on fail. strace writes what it did into `log`.
async function break_sync(pid: number, nth: number, log: string): Promise<void> {
  spawn('strace', ['-f', '-qq', '-o', log, '-e', 'trace=fdatasync,fsync', '-e', `inject=fdatasync,fsync:error=EIO:when=${nth}`, '-p', String(pid)], { stdio: 'ignore' });
  const is_traced = (thread: string) => !/^TracerPid:\t0$/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'));
  await until(async () => readdirSync(`/proc/${pid}/task`).every(is_traced));
}

for (const [when, low, high] of [['early', 1, 3], ['late', 50, 150]] as const) {
  test(`after_a_sync_failed_${when}_nothing_is_acknowledged_and_nothing_is_lost`, { skip: why_not }, async (t) => {
    const data = temporary_folder();
    const world = await World.create(data, { seed, ...small_checkpoints });
    const { server, load, model, key, shop } = world;
    t.after(() => server.kill());

    const nth = new Random(seed, when).integer(low, high);
    t.diagnostic(`sync ${nth} of a thread fails, seed ${seed}`);
    const log = `${data}.strace`;
    await break_sync(server.pid, nth, log);
    await load.run(server);
    assert.match(readFileSync(log, 'utf8'), /EIO.*\(INJECTED\)/);

    const connection = new Connection(server.url);
    const text = JSON.stringify({ warehouse_id: shop.own[0], delta: 1 });
    const write = await connection.send({ method: 'PUT', path: `/api/inventory/${shop.updated[0]}`, key, text });
    connection.close();
    assert.deepEqual([write?.status, write?.body?.error?.code], [503, 'UNAVAILABLE'], write?.text);
    assert.equal((await server.get('/readyz'))?.status, 503);
    await audit(server, model, key, { takes_writes: false });
    world.must_be_sound(`after the failed sync, seed ${seed}`);

    await server.kill();
    await server.must_start(small_checkpoints);
    await load.settle_pending(server);
    await audit(server, model, key, { full: true });
    world.must_be_sound(`restart after the failed sync, seed ${seed}`);
    t.diagnostic(world.summary());
  });
}
