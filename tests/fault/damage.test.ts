// Goal: a flipped bit or a zeroed sector anywhere in the store's files is noticed, and nothing wrong is ever served.
// Method: a store that was killed under load is copied, damaged in one place, and started. Either it refuses to start and
// names the file, or everything that it serves is what the sound store serves, or an error, and `verify` finds the damage.
// tests/unit/store_embedded/damage_test.cpp tries every byte of a small store; here the store is a real one.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { audit } from './support/audit.js';
import { copy_and_damage, damage_somewhere, store_files, type Damage } from './support/damage.js';
import { note_figures } from './support/figures.js';
import { temporary_folder } from './support/folders.js';
import { ServerProcess, type StartOptions } from './support/process.js';
import { cycles, Random, seed } from './support/random.js';
import { breaking, small_checkpoints } from './support/settings.js';
import { read_everything, type Everything } from './support/everything.js';
import { World } from './support/world.js';

const load_ms = 700;

interface Sound { folder: string; world: World; shown: Everything }

// A store with much of it in sorted files and some in the log alone, and all that it shows.
async function sound_store(t: TestContext): Promise<Sound> {
  const world = await World.create(temporary_folder(), { seed, administrators: 2, ...small_checkpoints });
  t.after(() => world.server.kill());
  await world.load.run_for(load_ms, world.server);
  await audit(world.server, world.model, world.key, { full: true });
  world.must_be_sound(`before the damage, seed ${seed}`);
  await world.server.kill();
  const server = new ServerProcess(copy_and_damage(world.server.data));
  await server.must_start(small_checkpoints);
  const shown = await read_everything(server.url, world);
  await server.kill();
  return { folder: world.server.data, world, shown };
}

type Noticed = 'refused to start' | 'refused to serve' | 'found by verify' | 'WRONG' | 'unnoticed';

async function what_happens(sound: Sound, damage: Damage, options: StartOptions): Promise<{ noticed: Noticed; said: string }> {
  const server = new ServerProcess(copy_and_damage(sound.folder, damage));
  if ((await server.start(options)) !== 'listening') return { noticed: 'refused to start', said: server.last_words() };
  const shown = await read_everything(server.url, sound.world);
  const verified = await server.try_cli('verify');
  await server.kill();
  const wrong = [...sound.shown].find(([path, text]) => shown.get(path) !== text && shown.get(path) !== undefined);
  if (wrong) return { noticed: 'WRONG', said: `${wrong[0]} was ${wrong[1]} and is ${shown.get(wrong[0])}` };
  const said = `${verified.stdout}${verified.stderr}`;
  if (verified.code === 0) return { noticed: 'unnoticed', said };
  return { noticed: shown.size < sound.shown.size ? 'refused to serve' : 'found by verify', said };
}

test('a_flipped_bit_or_a_zeroed_sector_is_refused_or_found_by_verify_and_never_served', async (t) => {
  const rounds = cycles(16);
  t.diagnostic(`${rounds} cycles, seed ${seed}: tests/fault/run --cycles ${rounds} --seed ${seed} damage`);
  const sound = await sound_store(t);
  const files = store_files(sound.folder);
  const counts: Record<string, number> = {};
  for (let round = 1; round <= rounds; round += 1) {
    const damage = damage_somewhere(files, new Random(seed, 'damage', round));
    const { noticed, said } = await what_happens(sound, damage, small_checkpoints);
    assert(noticed !== 'WRONG' && noticed !== 'unnoticed', `${damage.text}, seed ${seed}: ${noticed}: ${said}`);
    assert(said.includes('/db') || said.includes(damage.file), `${damage.text} is noticed without its place: ${said}`);
    counts[noticed] = (counts[noticed] ?? 0) + 1;
    note_figures({ test: 'damage', cycles: round, of: rounds, operations: sound.world.operations(), faults: { 'damaged place': round }, details: counts });
  }
  t.diagnostic(Object.entries(counts).map(([what, count]) => `${count} ${what}`).join(', '));
});

test('something_wrong_is_served_or_overlooked_when_checksums_are_not_checked', async (t) => {
  const sound = await sound_store(t);
  const files = store_files(sound.folder);
  for (let round = 1; round <= 40; round += 1) {
    const damage = damage_somewhere(files, new Random(seed, 'control', round));
    const { noticed, said } = await what_happens(sound, damage, breaking('checksums'));
    if (noticed !== 'WRONG' && noticed !== 'unnoticed') continue;
    t.diagnostic(`${damage.text}: ${noticed}: ${said.slice(0, 300)}`);
    return;
  }
  assert.fail('whatever was damaged was noticed although nothing is checked');
});
