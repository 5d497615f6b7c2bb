// Goal: after a sync or a write that failed nothing is acknowledged, and what was acknowledged before it is there after a
// restart.
// Method: strace lets one fdatasync of the server, or one write into its log, fail with EIO under load, early or late.
// From then on every write is refused with 503 and /readyz fails; reads go on and show nothing of what was refused. Needs
// strace; says so where it is not.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep, until } from '../api/support/wait.js';
import { audit } from './support/audit.js';
import { Connection } from './support/connection.js';
import { note_figures } from './support/figures.js';
import { temporary_folder } from './support/folders.js';
import type { ServerProcess } from './support/process.js';
import { cycles, Random, seed } from './support/random.js';
import { breaking, small_checkpoints } from './support/settings.js';
import { World } from './support/world.js';

const why_not = (() => {
  const { status, error, stderr } = spawnSync('strace', ['-f', '-e', 'inject=fdatasync:error=EIO:when=1', 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `strace does not work here: ${error?.message ?? stderr}`;
})();

type Call = 'sync' | 'write';

// The arguments by which the nth sync of a thread fails, or the nth write of one into the log as it is now.
function injection(call: Call, nth: number, data: string): string[] {
  if (call === 'sync') return ['-e', 'trace=fdatasync,fsync', '-e', `inject=fdatasync,fsync:error=EIO:when=${nth}`];
  const db = join(data, 'db');
  const logs = readdirSync(db).filter((name) => name.endsWith('.log')).flatMap((name) => ['-P', join(db, name)]);
  return [...logs, '-e', 'trace=write,pwrite64', '-e', `inject=write,pwrite64:error=EIO:when=${nth}`];
}

// From now on; the file into which strace writes what it did. strace ends with the server.
async function let_fail({ pid, data }: ServerProcess, call: Call, nth: number, round: number): Promise<string> {
  const log = `${data}.strace${round}`;
  spawn('strace', ['-f', '-qq', '-o', log, ...injection(call, nth, data), '-p', String(pid)], { stdio: 'ignore' });
  const is_traced = (thread: string) => !/^TracerPid:\t0$/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'));
  await until(async () => readdirSync(`/proc/${pid}/task`).every(is_traced));
  return log;
}

const has_failed = (log: string) => existsSync(log) && /EIO.*\(INJECTED\)/.test(readFileSync(log, 'utf8'));

async function must_take_no_writes({ server, shop, key }: World): Promise<void> {
  const connection = new Connection(server.url);
  const text = JSON.stringify({ warehouse_id: shop.own[0], delta: 1 });
  const write = await connection.send({ method: 'PUT', path: `/api/inventory/${shop.updated[0]}`, key, text });
  connection.close();
  assert.deepEqual([write?.status, write?.body?.error?.code], [503, 'UNAVAILABLE'], write?.text);
  assert.equal((await server.get('/readyz'))?.status, 503);
}

test('after_a_sync_or_a_write_failed_nothing_is_acknowledged_and_nothing_is_lost', { skip: why_not }, async (t) => {
  const rounds = cycles(3);
  t.diagnostic(`${rounds} cycles, seed ${seed}: tests/fault/run --cycles ${rounds} --seed ${seed} failing_sync`);
  const world = await World.create(temporary_folder(), { seed, administrators: 2, ...small_checkpoints });
  const { server, load, model, key } = world;
  t.after(() => server.kill());
  const failed: Record<Call, number> = { sync: 0, write: 0 };
  for (let round = 1; round <= rounds; round += 1) {
    const random = new Random(seed, 'failing', round);
    const call: Call = round % 3 === 2 ? 'write' : 'sync';
    // A log is written to until a checkpoint begins the next one.
    const nth = call === 'write' ? random.integer(1, 5) : random.integer(...((round % 2 ? [1, 5] : [30, 150]) as [number, number]));
    const what = `${call} ${nth} fails, round ${round} of seed ${seed}`;
    const log = await let_fail(server, call, nth, round);
    await load.run(server);
    assert(has_failed(log), `${what}: it did not`);
    failed[call] += 1;

    await must_take_no_writes(world);
    await audit(server, model, key, { takes_writes: false });
    world.must_be_sound(what);

    await server.kill();
    await server.must_start(small_checkpoints);
    await load.settle_pending(server);
    await audit(server, model, key, { full: true });
    world.must_be_sound(`restart after ${what}`);
    note_figures({ test: 'failing_sync', cycles: round, of: rounds, operations: world.operations(), faults: { 'failed sync': failed.sync, 'failed write': failed.write } });
  }
  t.diagnostic(world.summary());
});

test('the_audit_notices_when_the_error_of_a_sync_is_ignored', { skip: why_not }, async (t) => {
  const world = await World.create(temporary_folder(), { seed, ...breaking('errors') });
  const { server, load, model, key } = world;
  t.after(() => server.kill());
  const log = await let_fail(server, 'sync', 20, 0);
  const loaded = load.run(server);
  await until(async () => has_failed(log));
  await sleep(300);
  load.stop();
  await loaded;
  await server.kill();
  // A start that refuses a store which has lost something has noticed, too.
  if ((await server.start(small_checkpoints)) === 'listening') {
    await load.settle_pending(server);
    await audit(server, model, key);
  } else {
    model.problem(server.last_words());
  }
  t.diagnostic(`noticed: ${model.problems[0]}`);
  assert.notEqual(model.problems.length, 0, 'the audit passed although what failed was acknowledged');
});
