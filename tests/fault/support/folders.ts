// Folders that are gone when this process is.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function temporary_folder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-fault-'));
  folders.add(folder);
  return join(folder, 'data');
}
