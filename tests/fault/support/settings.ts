// Settings of the server that only tests use.

// Checkpoints every few hundred events, so that a short run sees many of them.
export const small_checkpoints = { env: { NEXUS_TEST_CHECKPOINT_EVENTS: '300' } };

// Acknowledges what is still in the process's own memory: the broken promise that the audit must notice.
export const without_sync = { env: { NEXUS_TEST_CHECKPOINT_EVENTS: '300', NEXUS_TEST_SYNC_WRITES: '0' } };
