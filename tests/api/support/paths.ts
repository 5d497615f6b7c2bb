// Where things stand. The compiled tests run from tests/api/.build/support.
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const tests_api = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const repository = resolve(tests_api, '../..');
export const binary = resolve(process.env.NEXUS_BIN ?? join(repository, 'build/release/src/cli/nexus-inventory'));

if (!existsSync(binary)) throw new Error(`${binary} is not there: build it, or set NEXUS_BIN`);
