// Where a server's store is: a folder, or the URL of a PostgreSQL database (NEXUS_TEST_STORE=postgresql, see with_postgres.ts).
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create_database, dump, type PostgresAt } from './postgres.js';

const folders = new Set<string>();
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

// A folder that is gone when the tests of this file are.
export function temporary_folder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-api-'));
  folders.add(folder);
  return folder;
}

const postgres: PostgresAt | undefined = process.env.NEXUS_TEST_POSTGRESQL ? JSON.parse(process.env.NEXUS_TEST_POSTGRESQL) : undefined;
if ((process.env.NEXUS_TEST_STORE ?? 'embedded') !== (postgres ? 'postgresql' : 'embedded')) {
  throw new Error(`NEXUS_TEST_STORE=${process.env.NEXUS_TEST_STORE}: embedded or postgresql, and only by way of tests/api/run`);
}

// An empty one of the kind that this run is about.
export function new_store(): string {
  return postgres ? create_database(postgres) : join(temporary_folder(), 'data');
}

export const is_url = (store: string) => store.startsWith('postgresql:');

export const store_flags = (store: string): string[] => [is_url(store) ? '--store' : '--data', store];
export const store_env = (store: string): Record<string, string> => ({ [is_url(store) ? 'NEXUS_STORE' : 'NEXUS_DATA']: store });

// All that it keeps, as text in which each byte is a character, and those of a database's binary columns are two digits.
export async function everything_kept(store: string): Promise<string> {
  if (is_url(store)) return dump(store);
  const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((file) => readFileSync(join(file.path, file.name), 'latin1')).join('\n');
}

// The options of a test about what only one of the two has.
export const embedded_only = (reason: string) => (postgres ? { skip: `not on PostgreSQL: ${reason}` } : {});
export const postgresql_only = (reason: string) => (postgres ? {} : { skip: `on PostgreSQL only: ${reason}` });
