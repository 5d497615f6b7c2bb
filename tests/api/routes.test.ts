// The API description and the server's own table of routes say the same, and every operation is really served.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cli_json } from './support/cli.js';
import { openapi, operations } from './support/openapi.js';
import { repository } from './support/paths.js';
import { start_server } from './support/server.js';

const server = await start_server();
const shop = await server.open_shop();

const in_one_spelling = (method: string, path: string) => `${method} ${path.replace(/\{[^}]*\}|:\w+/g, '{}')}`;

test('the_servers_routes_are_the_descriptions_operations', async () => {
  const routes: { method: string; path: string }[] = await cli_json(['routes']);
  const served = routes.filter(({ method }) => method !== 'HEAD').map(({ method, path }) => in_one_spelling(method, path));
  const described = operations.map(({ method, path }) => in_one_spelling(method, path));
  assert.deepEqual(served.sort(), described.sort());
});

test('every_operation_is_served', async (t) => {
  for (const { method, path } of operations) {
    await t.test(`${method} ${path}`, async () => {
      const answer = await shop.send(method, path.replace('{sku}', 'NOPE').replace(/\{\w+\}/, 'nonsense'));
      const code = answer.body?.error?.code;
      assert(code !== 'ROUTE_NOT_FOUND' && code !== 'METHOD_NOT_ALLOWED', answer.text);
    });
  }
});

test('every_operation_needs_its_scope_and_only_those_without_a_key_need_none', () => {
  for (const { method, path, operation } of operations) {
    const scope = operation['x-required-scope'];
    if (!path.startsWith('/api/')) assert.equal(scope, null, path);
    else assert.match(scope ?? '', method === 'GET' ? /^inventory:read$/ : /^inventory:(write|admin|sync)$/, `${method} ${path}`);
  }
});

test('every_error_code_is_documented_under_its_own_status', () => {
  const used = new Set<string>();
  for (const { path, operation } of operations) {
    for (const [status, response] of Object.entries(operation.responses)) {
      if (Number(status) < 400) continue;
      const resolved = response.$ref ? (openapi.components.responses[response.$ref.split('/')[3]] as typeof response) : response;
      assert(resolved['x-error-codes']?.length, `${path} ${status}`);
      for (const code of resolved['x-error-codes']) {
        assert.equal(openapi['x-errors'][code]?.status, Number(status), `${path}: ${code}`);
        used.add(code);
      }
    }
  }
  // These are told before it is known which operation is meant.
  const of_no_operation = ['BAD_REQUEST', 'METHOD_NOT_ALLOWED', 'REQUEST_TIMEOUT', 'URI_TOO_LONG'];
  assert.deepEqual([...used, ...of_no_operation].sort(), Object.keys(openapi['x-errors']).sort());
});

test('the_served_description_is_the_one_in_the_repository', async () => {
  const served = await shop.send('GET', '/openapi.json');
  assert.deepEqual(served.body, JSON.parse(readFileSync(join(repository, 'src/http/openapi/openapi.json'), 'utf8')));
});
