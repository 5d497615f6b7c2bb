// serve --rate-limit: the limit of every key that has none of its own. serve --failed-attempts: of those that have none.
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

test('whoever_tries_keys_is_told_to_wait_and_those_who_have_one_are_not', async () => {
  const strict = await start_server(['--failed-attempts', '3']);
  const shop = await strict.open_shop();
  const attempt = () => shop.send('GET', '/api/inventory', { key: `nxc_live_${'A'.repeat(43)}` });
  for (let i = 0; i < 3; i += 1) await refused(attempt(), 'UNAUTHORIZED');
  const answer = await attempt();
  assert.equal(answer.status, 429, answer.text);
  assert.match(answer.headers.get('retry-after') ?? '', /^([1-9]|1\d|20)$/);
  await ok(shop.list());
  await refused(shop.send('GET', '/api/inventory', { key: '' }), 'UNAUTHORIZED');
});
