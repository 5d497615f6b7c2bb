// Settings of the server that only tests use.
import type { StartOptions } from './process.js';

// Checkpoints every few hundred events, so that a short run sees many of them. Most write all items, as those of a large
// store do: a world has items enough for so few events.
export const small_checkpoints = { env: { NEXUS_TEST_CHECKPOINT_EVENTS: '200' } };

// A promise that the server breaks, so that the audit must notice: src/store/embedded/fault_settings.hpp says what each is.
export type Promised = 'sync' | 'errors' | 'recovery' | 'checksums' | 'stamps' | 'one_moment';

export const breaking = (promise: Promised, options: StartOptions = small_checkpoints): StartOptions => ({ ...options, env: { ...options.env, NEXUS_TEST_BREAK: promise } });

// Acknowledges what is still in the process's own memory.
export const without_sync = breaking('sync');
