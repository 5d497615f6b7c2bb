// Goal: an answer of success survives the process's death, whenever it comes.
// Method: 16 clients write whatever the API lets them, and 4 of the host's people make tenants and keys and revoke keys;
// the server is killed (SIGKILL) at random moments, during starts
// and stops too, and started again. What had no answer is sent again under its idempotency key. Then every record,
// history, reservation, warehouse, tenant and key is compared with the answers. `--cycles 200` makes it long.
import { test } from 'node:test';
import { temporary_folder } from './support/folders.js';
import { note_figures } from './support/figures.js';
import { kill_cycle } from './support/kill_cycle.js';
import { cycles, Random, seed } from './support/random.js';
import { small_checkpoints } from './support/settings.js';
import { World } from './support/world.js';

const administrators = 4;

test('what_was_acknowledged_is_there_exactly_once_and_nothing_else_whenever_the_server_is_killed', async (t) => {
  const rounds = cycles(12);
  t.diagnostic(`${rounds} cycles, seed ${seed}: tests/fault/run --cycles ${rounds} --seed ${seed} sigkill`);
  const world = await World.create(temporary_folder(), { seed, administrators, ...small_checkpoints });
  t.after(() => world.server.kill());
  let kills = 0;
  for (let round = 1; round <= rounds; round += 1) {
    kills += await kill_cycle(world, new Random(seed, 'kill', round), { ...small_checkpoints, full: round % 20 === 0 || round === rounds });
    world.must_be_sound(`cycle ${round} of seed ${seed}`);
    note_figures({ test: 'sigkill', cycles: round, of: rounds, operations: world.operations(), faults: { SIGKILL: kills }, details: world.model.counts });
  }
  await world.server.stop();
  await world.server.must_start();
  t.diagnostic(world.summary());
});
