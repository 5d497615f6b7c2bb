// serve --rate-limit: the limit of every key that has none of its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start_server } from './support/server.js';
import { ok, refused } from './support/shop.js';

const server = await start_server(['--rate-limit', '2']);

test('every_key_has_the_servers_limit_unless_it_carries_its_own', async () => {
  const shop = await server.open_shop();
  const [generous, unlimited] = [await shop.with_key(['inventory:read'], { rate_limit: 1000 }), await shop.with_key(['inventory:read'], { rate_limit: 0 })];
  assert.equal((await shop.list()).headers.get('x-ratelimit-limit'), '2');
  await ok(shop.list());
  await refused(shop.list(), 'RATE_LIMITED');
  assert.equal((await generous.list()).headers.get('x-ratelimit-limit'), '1000');
  for (let i = 0; i < 5; i += 1) assert.equal((await unlimited.list()).status, 200);
});
