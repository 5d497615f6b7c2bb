// The places at which the server can be told to die, as its source names them: none is forgotten.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const sources = join(process.env.NEXUS_REPOSITORY!, 'src');

export function crash_points(wanted: (name: string) => boolean): string[] {
  const names = new Set<string>();
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.cpp'))) {
    for (const [, name] of readFileSync(join(sources, file), 'utf8').matchAll(/\bcrash_point\("([^"]+)"\)/g)) names.add(name);
  }
  const chosen = [...names].filter(wanted).sort();
  assert(chosen.length > 0, `no crash points are named in ${sources}`);
  return chosen;
}
