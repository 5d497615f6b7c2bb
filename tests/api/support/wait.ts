import assert from 'node:assert/strict';

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

// Waits for what must come sooner or later; the patience is far beyond what it should take on a busy machine.
export async function until(condition: () => Promise<boolean>, patience_ms = 30_000): Promise<void> {
  const end = Date.now() + patience_ms;
  while (!(await condition())) {
    assert(Date.now() < end, `waited ${patience_ms} ms in vain`);
    await sleep(50);
  }
}
