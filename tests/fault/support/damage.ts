// Harm to one place of a store's files.
import { closeSync, cpSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { temporary_folder } from './folders.js';
import type { Random } from './random.js';

// The file below the store's folder, and what is written over its bytes from `offset` on.
export interface Damage { file: string; offset: number; change(bytes: Buffer): void; size: number; text: string }

const sector = 512;
// What a start reads: sorted files, write-ahead files, which of them there are, and which list of them counts.
const kinds = [/\.sst$/, /\.log$/, /^MANIFEST-/, /^CURRENT$/];

export function store_files(folder: string): { path: string; file: string }[][] {
  const all = readdirSync(join(folder, 'db'));
  return kinds.map((kind) => all.filter((file) => kind.test(file) && statSync(join(folder, 'db', file)).size > 0).sort()
    .map((file) => ({ path: join(folder, 'db', file), file: join('db', file) }))).filter((files) => files.length > 0);
}

export function damage_somewhere(files: { path: string; file: string }[][], random: Random): Damage {
  // The two that hold the data more often than the others.
  const { path, file } = random.pick(files[random.pick([0, 0, 0, 1, 1, 1, 2, 3].filter((i) => i < files.length))]);
  const bytes_now = readFileSync(path);
  const size = bytes_now.length;
  // Where there are only zeros there may be nothing: the end of a block.
  const is_something = (from: number, count: number) => bytes_now.subarray(from, from + count).some((byte) => byte !== 0);
  if (random.chance(0.5)) {
    let offset = random.integer(0, size - 1);
    while (!is_something(offset, 1)) offset = random.integer(0, size - 1);
    const bit = random.integer(0, 7);
    return { file, offset, size: 1, text: `bit ${bit} of byte ${offset} of ${size} of ${file} flipped`, change: (bytes) => (bytes[0] ^= 1 << bit) };
  }
  const sectors = Math.ceil(size / sector);
  let offset = random.integer(0, sectors - 1) * sector;
  while (!is_something(offset, sector)) offset = random.integer(0, sectors - 1) * sector;
  const length = Math.min(sector, size - offset);
  return { file, offset, size: length, text: `sector at ${offset} of ${size} of ${file} zeroed`, change: (bytes) => bytes.fill(0) };
}

let copy: string | undefined;

// A copy of the store's files, in the place of the one before; the damaged one is not in use any more.
export function copy_and_damage(folder: string, damage?: Damage): string {
  if (copy) rmSync(copy, { recursive: true, force: true });
  copy ??= temporary_folder();
  cpSync(folder, copy, { recursive: true, filter: (path) => !statSync(path).isSocket() });
  if (!damage) return copy;
  const file = openSync(join(copy, damage.file), 'r+');
  const bytes = Buffer.alloc(damage.size);
  readSync(file, bytes, 0, damage.size, damage.offset);
  damage.change(bytes);
  writeSync(file, bytes, 0, damage.size, damage.offset);
  closeSync(file);
  return copy;
}
