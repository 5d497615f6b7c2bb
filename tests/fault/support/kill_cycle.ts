// One round of the crash test: load, SIGKILL at a random moment, restart, retry of what is open, audit.
import { sleep } from '../../api/support/wait.js';
import { audit } from './audit.js';
import type { Random } from './random.js';
import type { StartOptions } from './process.js';
import type { World } from './world.js';

const load_ms_max = 1200;
const start_ms_max = 80;
// A few windows of the checkpoint's, which are small here, and a group: however long the store has been in use.
const replayed_events_max = 6_000;

export interface CycleOptions extends StartOptions {
  full?: boolean;
}

// How often the server was killed.
export async function kill_cycle(world: World, random: Random, options: CycleOptions = {}): Promise<number> {
  const { server, load, model } = world;
  const loaded = load.run(server);
  await sleep(random.integer(20, load_ms_max));
  if (random.chance(0.15)) {
    // In the middle of a stop in good order.
    server.signal('SIGTERM');
    await sleep(random.integer(0, start_ms_max));
  }
  server.signal('SIGKILL');
  await server.ended();
  await loaded;
  let kills = 1;

  while (random.chance(0.3)) {
    // In the middle of a start.
    const started = server.start(options);
    await sleep(random.integer(0, start_ms_max));
    await server.kill();
    await started;
    kills += 1;
  }
  const began = Date.now();
  await server.must_start(options);
  const took_s = (Date.now() - began) / 1000;
  const left = await server.figure('nexus_events_not_checkpointed');
  model.expect(left <= replayed_events_max, () => `a start had ${left} events to replay`);
  const replayed = await server.figure('nexus_events_replayed');
  model.expect(replayed <= replayed_events_max, () => `a start replayed ${replayed} events`);
  const replay_s = await server.figure('nexus_replay_seconds');
  model.expect(replay_s <= took_s, () => `${replay_s} s of a start that took ${took_s} s were for replaying`);
  await load.settle_pending(server);
  const picked = (count: number) => Array.from({ length: Math.min(count, 200) }, (_, i) => (i < 120 ? Math.max(0, count - 1 - i) : random.integer(0, count - 1)));
  await audit(server, model, world.key, { full: options.full, pick: picked });
  return kills;
}
