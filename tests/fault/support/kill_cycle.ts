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
  // Keys are made and revoked at the host meanwhile.
  with_admin?: boolean;
  full?: boolean;
}

export async function kill_cycle(world: World, random: Random, options: CycleOptions = {}): Promise<void> {
  const { server, load, model } = world;
  const loaded = load.run(server.url);
  const admin = options.with_admin ? administer(world, random) : Promise.resolve();
  await sleep(random.integer(20, load_ms_max));
  if (random.chance(0.15)) {
    // In the middle of a stop in good order.
    server.signal('SIGTERM');
    await sleep(random.integer(0, start_ms_max));
  }
  server.signal('SIGKILL');
  await server.ended();
  await Promise.all([loaded, admin]);

  while (random.chance(0.3)) {
    // In the middle of a start.
    const started = server.start(options);
    await sleep(random.integer(0, start_ms_max));
    await server.kill();
    await started;
  }
  await server.must_start(options);
  const left = await server.figure('nexus_events_not_checkpointed');
  model.expect(left <= replayed_events_max, () => `a start had ${left} events to replay`);
  await load.settle_pending(server.url);
  const picked = (count: number) => Array.from({ length: Math.min(count, 200) }, (_, i) => (i < 120 ? Math.max(0, count - 1 - i) : random.integer(0, count - 1)));
  await audit(server, model, world.key, { full: options.full, pick: picked });
}

// Makes a key, and revokes it now and then, as long as the server lives. What the host was told must be true later; a
// command that failed may have done its work, and its key is known to nobody.
async function administer({ server, tenant, model }: World, random: Random): Promise<void> {
  let is_over = false;
  void server.ended().then(() => (is_over = true));
  while (!is_over) {
    const made = await server.try_cli('key', 'create', '--tenant', tenant, '--name', 'admin', '--owner', 'admin@shop.example', '--scope', 'inventory:read');
    if (made.code !== 0) return;
    const { id, key } = JSON.parse(made.stdout);
    model.keys.set(key, true);
    if (is_over || random.chance(0.5)) continue;
    const revoked = await server.try_cli('key', 'revoke', id);
    if (revoked.code === 0) model.keys.set(key, false);
    else model.keys.delete(key);
  }
}
