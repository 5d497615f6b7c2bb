// serve --demo: a throw-away store that shows what this is, with lines that work when pasted.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { clean_env } from './support/cli.js';
import { send } from './support/http.js';
import { binary, repository, tests_api } from './support/paths.js';
import { temporary_folder } from './support/store.js';
import { until } from './support/wait.js';

test('the_demo', async (t) => {
  const folder = temporary_folder();
  const child = spawn(binary, ['serve', '--demo', '--listen', '127.0.0.1:0'], { cwd: folder, env: clean_env() });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  t.after(() => child.kill('SIGKILL'));
  const curl_lines = () => printed.split('\n').map((line) => line.trim()).filter((line) => line.startsWith('curl '));
  await until(async () => curl_lines().length >= 3 || child.exitCode !== null, 120_000);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0] ?? assert.fail(printed);
  const keys = [...new Set(printed.match(/nxc_live_\w+/g))];

  await t.test('it_prints_a_key_for_each_tenant_and_three_lines_that_work_when_pasted', async () => {
    assert.match(printed, /reference/);
    assert.match(printed, /retail/);
    assert.equal(keys.length, 2, printed);
    assert.equal(curl_lines().length, 3, printed);
    await until(async () => (await send(url, 'GET', '/readyz')).status === 200);
    for (const line of curl_lines()) {
      const answer = execFileSync('bash', ['-c', `${line} --silent --show-error --fail-with-body`], { encoding: 'utf8' });
      assert(JSON.parse(answer).data, `${line}: ${answer}`);
    }
  });

  const lists = await Promise.all(keys.map((key) => send(url, 'GET', '/api/inventory?limit=200', { key })));
  const [reference, retail] = lists.sort((a, b) => a.body.meta.total - b.body.meta.total);

  await t.test('the_reference_tenant_is_the_references_example', () => {
    assert.deepEqual(reference.body.data.map((record: { sku: string }) => record.sku), ['SKU-001', 'SKU-002']);
    const golden = JSON.parse(readFileSync(join(tests_api, 'golden/inventory_list.json'), 'utf8')).data[0];
    const without_ids = (record: { warehouses: object[] }) => ({ ...record, warehouses: record.warehouses.map((row) => ({ ...row, warehouse_id: '' })) });
    // The three lines above may have written: then what they wrote is on top of the example.
    if (reference.body.data[0].total_on_hand === golden.total_on_hand) assert.deepEqual(without_ids(reference.body.data[0]), without_ids(golden));
    assert.equal(reference.body.data[0].title, golden.title);
  });

  await t.test('the_retail_tenant_has_the_real_products_after_their_orders', async () => {
    assert.equal(retail.body.meta.total, 2_879);
    assert(readFileSync(join(repository, 'tests/data/online-retail-orders.csv'), 'utf8').includes(`,${retail.body.data[0].sku},`));
  });

  await t.test('it_ends_well_and_leaves_nothing_behind', async () => {
    child.kill('SIGTERM');
    assert.equal(await ended, 0);
    assert.equal(execFileSync('ls', ['-A', folder], { encoding: 'utf8' }), '');
  });
});
