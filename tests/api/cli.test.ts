// The command line: tenants, keys, import, export, backup, restore, verify; help, exit codes, environment.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cli, cli_json } from './support/cli.js';
import { parse_csv } from './support/csv.js';
import { binary } from './support/paths.js';
import { Server, start_server } from './support/server.js';
import { ok, refused, Shop } from './support/shop.js';
import { embedded_only, postgresql_only, store_env, store_flags, temporary_folder } from './support/store.js';
import { walk } from './support/walk.js';

const server = await start_server();
const on_store = store_flags(server.store);
const in_folder = (name: string, text: string): string => {
  const file = join(temporary_folder(), name);
  writeFileSync(file, text);
  return file;
};
const records = async (shop: Shop) => {
  const all = await walk((cursor) => ok(shop.list({ limit: 200, ...cursor })));
  const details = await Promise.all(all.map((one) => shop.record(one.sku)));
  return details.map(({ sku, title, safety_stock, low_threshold, critical_threshold, warehouses }) =>
    ({ sku, title, safety_stock, low_threshold, critical_threshold, levels: warehouses.map((row) => [row.name, row.on_hand]) }));
};
const import_text = (shop: Shop, text: string, ...flags: string[]) =>
  cli(['import', '--tenant', shop.tenant, in_folder('stock.csv', text), ...on_store, '--json', ...flags]);

test('help_names_every_subcommand_and_each_explains_itself', async () => {
  const { code, stdout } = await cli(['--help']);
  assert.equal(code, 0);
  for (const name of ['serve', 'tenant', 'key', 'import', 'export', 'backup', 'restore', 'verify']) {
    assert.match(stdout, new RegExp(`\\b${name}\\b`));
    const help = await cli([name, '--help']);
    assert.equal(help.code, 0, name);
    assert(help.stdout.length > 100, name);
  }
  assert.match((await cli(['serve', '--help'])).stdout, /NEXUS_DATA[\s\S]*NEXUS_LISTEN|NEXUS_LISTEN[\s\S]*NEXUS_DATA/);
  assert.match((await cli(['--version'])).stdout, /\d+\.\d+\.\d+/);
});

const wrong_usage: string[][] = [
  [], ['fly'], ['serve', '--no-such-flag'], ['tenant'], ['tenant', 'create'], ['key', 'create', '--name', 'n', '--owner', 'o', '--scope', '*'], ['key', 'create', '--tenant', 't', '--name', 'n', '--owner', 'o', '--scope', 'inventory:fly'],
  ['key', 'create', '--tenant', 't', '--name', 'n', '--owner', 'o', '--scope', '*', '--expires', 'soon'], ['import', '--tenant', 't'], ['export', '--tenant', 't', '--format', 'xlsx'], ['serve', '--listen', 'nonsense'], ['backup'],
];
for (const args of wrong_usage) {
  test(`"${args.join(' ')}" is_wrong_usage`, async () => {
    const { code, stderr, stdout } = await cli(args, { env: store_env(server.store) });
    assert.equal(code, 2, stderr + stdout);
    assert(stderr.length > 0, 'it says why');
  });
}

test('what_fails_ends_with_1_and_says_why', async () => {
  const file = in_folder('a.csv', 'sku\nA\n');
  const failing: string[][] = [
    ['key', 'create', '--tenant', 'nobody', '--name', 'n', '--owner', 'o', '--scope', '*'], ['key', 'revoke', 'key_01HX8K3N5V7Q2R9T4W6Y1ZB0CD'], ['import', '--tenant', 'nobody', file], ['export', '--tenant', 'nobody'],
    ['import', '--tenant', 'nobody', '/no/such/file.csv'], ['restore', '/no/such/backup'],
  ];
  for (const args of failing) {
    const { code, stderr, stdout } = await cli([...args, ...on_store]);
    assert.equal(code, 1, `${args.join(' ')}: ${stderr}${stdout}`);
    assert(stderr.length > 0, args.join(' '));
  }
});

test('tenants_and_keys_as_json', async () => {
  const tenant = await server.cli('tenant', 'create', 'Acme & Söhne');
  assert.deepEqual(Object.keys(tenant), ['id', 'name']);
  assert.match(tenant.id, /^ten_[0-9A-HJKMNP-TV-Z]{26}$/);
  assert.equal(tenant.name, 'Acme & Söhne');
  assert((await server.cli('tenant', 'list')).some((one: { id: string }) => one.id === tenant.id));
  assert.equal((await cli(['tenant', 'create', 'Acme & Söhne', ...on_store])).code, 1, 'a name is taken once');

  const key = await server.cli('key', 'create', '--tenant', 'Acme & Söhne', '--name', 'shop', '--owner', 'anna@acme.example', '--scope', 'inventory:read', '--scope', 'inventory:write', '--expires', '90d', '--rate-limit', '100');
  assert.match(key.id, /^key_/);
  assert.match(key.key, /^nxc_live_/);
  assert.deepEqual([key.tenant_id, key.scopes, key.owner], [tenant.id, ['inventory:read', 'inventory:write'], 'anna@acme.example']);
  const listed = await server.cli('key', 'list', '--tenant', tenant.id);
  assert.deepEqual(listed.map((one: { id: string }) => one.id), [key.id]);
  assert(!JSON.stringify(listed).includes(key.key), 'a key is shown once');
  await server.cli('key', 'revoke', key.id);
  await refused(new Shop(server, tenant.id, key.key).list(), 'UNAUTHORIZED');
});

test('the_environment_stands_in_for_flags', async () => {
  const shop = await server.open_shop();
  const listed = await cli_json(['tenant', 'list'], { env: store_env(server.store) });
  assert(listed.some((one: { id: string }) => one.id === shop.tenant));
  const folder = temporary_folder();
  await cli_json(['tenant', 'create', 'default'], { cwd: folder });
  const in_default = await cli_json(['tenant', 'list', '--data', join(folder, 'nexus-data')]);
  assert.deepEqual(in_default.map((one: { name: string }) => one.name), ['default']);
});

const stock = `sku,title,safety_stock,low_threshold,critical_threshold,warehouse,quantity
A,"Widget, ""blue""",5,20,10,Main,100
A,"Widget, ""blue""",5,20,10,Annex,7
B,,0,,,Main,0
C,No stock yet,,,,,
`;

test('an_import_makes_items_warehouses_and_levels', async () => {
  const shop = await server.open_shop();
  const { code, stdout, stderr } = await import_text(shop, stock, '--create-warehouses');
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  assert.deepEqual([report.items_created, report.warehouses_created, report.bad_lines], [3, 2, 0]);
  assert.deepEqual(await records(shop), [
    { sku: 'A', title: 'Widget, "blue"', safety_stock: 5, low_threshold: 20, critical_threshold: 10, levels: [['Main', 100], ['Annex', 7]] },
    { sku: 'B', title: '', safety_stock: 0, low_threshold: 0, critical_threshold: 0, levels: [['Main', 0]] },
    { sku: 'C', title: 'No stock yet', safety_stock: 0, low_threshold: 0, critical_threshold: 0, levels: [] },
  ]);
});

test('the_same_import_again_changes_nothing_and_writes_no_adjustment', async () => {
  const shop = await server.open_shop();
  await import_text(shop, stock, '--create-warehouses');
  const before = [await ok(shop.get('A')), await shop.adjustments('A'), await ok(shop.get('B')), await ok(shop.get('C'))];
  const report = JSON.parse((await import_text(shop, stock, '--create-warehouses')).stdout);
  assert.deepEqual([report.items_created, report.items_changed, report.levels_adjusted, report.warehouses_created], [0, 0, 0, 0]);
  assert.deepEqual([await ok(shop.get('A')), await shop.adjustments('A'), await ok(shop.get('B')), await ok(shop.get('C'))], before);
  await import_text(shop, stock.replace('Annex,7', 'Annex,8'), '--create-warehouses');
  assert.deepEqual((await shop.adjustments('A')).map((line) => line.delta), [1, 7, 100], 'what changed is one adjustment');
});

test('bad_lines_are_reported_by_number_and_the_good_ones_are_imported', async () => {
  const shop = await server.open_shop();
  const text = 'sku,warehouse,quantity\nGOOD,Main,1\n,Main,1\nHALF,Main,2.5\nLESS,Main,-1\nbulk,Main,1\nWHERE,Nowhere,1\nLAST,Main,2\n';
  await shop.add_warehouse('Main');
  const { stdout, stderr } = await import_text(shop, text);
  const report = JSON.parse(stdout);
  assert.equal(report.bad_lines, 5);
  for (const line of [3, 4, 5, 6, 7]) assert.match(stdout + stderr, new RegExp(`\\b${line}\\b`));
  assert.deepEqual((await records(shop)).map((one) => one.sku), ['GOOD', 'LAST']);
});

test('a_file_that_is_no_stock_is_refused_whole', async () => {
  const shop = await server.open_shop();
  for (const text of ['title,quantity\nA,1\n', 'sku,colour\nA,red\n', '']) {
    const { code, stderr } = await import_text(shop, text);
    assert.equal(code, 1, text);
    assert(stderr.length > 0);
  }
  assert.deepEqual(await records(shop), []);
});

test('ndjson_is_imported_too', async () => {
  const shop = await server.open_shop();
  const file = in_folder('stock.ndjson', '{"sku":"A","title":"x","warehouse":"Main","quantity":5}\n\n{"sku":"B","safety_stock":3}\n');
  await server.cli('import', '--tenant', shop.tenant, file, '--create-warehouses');
  assert.deepEqual((await records(shop)).map((one) => [one.sku, one.title, one.safety_stock, one.levels]), [['A', 'x', 0, [['Main', 5]]], ['B', '', 3, []]]);
});

const awkward = ['=1+1', '+49 30', '-minus', '@home', "'=quoted", "'apostrophe", '"', 'comma,', 'ü 🧦', ' space ', '\u00a0', '=cmd|\' /C calc\'!A0'];

async function awkward_shop(): Promise<Shop> {
  const shop = await server.open_shop();
  const main = await shop.add_warehouse('=Main, "A"');
  const annex = await shop.add_warehouse('Annex');
  for (const [i, sku] of awkward.entries()) await shop.add_item(sku, i % 2 ? { [main]: i } : { [main]: i, [annex]: 1 }, { title: `=${sku}`, safety_stock: i });
  await shop.add_item('no-level', {}, { low_threshold: 9 });
  return shop;
}

for (const format of ['csv', 'ndjson']) {
  test(`what_export_writes_as_${format}_import_reads_back_the_same`, async () => {
    const [from, to] = [await awkward_shop(), await server.open_shop()];
    const exported = await cli(['export', '--tenant', from.tenant, '--format', format, ...on_store]);
    assert.equal(exported.code, 0, exported.stderr);
    await server.cli('import', '--tenant', to.tenant, in_folder(`stock.${format}`, exported.stdout), '--create-warehouses');
    assert.deepEqual(await records(to), await records(from));
    const again = await cli(['export', '--tenant', to.tenant, '--format', format, ...on_store]);
    assert.equal(again.stdout, exported.stdout);
  });
}

test('no_exported_cell_would_be_run_by_a_spreadsheet', async () => {
  const shop = await awkward_shop();
  const { stdout } = await cli(['export', '--tenant', shop.tenant, ...on_store]);
  const rows = parse_csv(stdout);
  assert.equal(rows.length, 1 + awkward.length + Math.ceil(awkward.length / 2) + 1);
  for (const row of rows) for (const cell of row) assert(!/^[=+\-@]/.test(cell), cell);
});

test('a_backup_is_taken_while_serving_and_restored_elsewhere', embedded_only('PostgreSQL has its own tools'), async () => {
  const shop = await awkward_shop();
  const before = await records(shop);
  const folder = temporary_folder();
  const [backup, restored] = [join(folder, 'backup'), join(folder, 'restored')];
  const writing = Promise.all(Array.from({ length: 50 }, (_, i) => shop.create_item({ sku: `during-${i}` })));
  await server.cli('backup', backup);
  await writing;
  await cli_json(['restore', backup, '--data', restored]);
  assert.equal((await cli_json(['verify', '--data', restored])).ok, true);
  assert.equal((await cli(['restore', backup, '--data', restored])).code, 1, 'never over what is there');

  const copy = new Server([], restored);
  await copy.start();
  try {
    const found = await records(new Shop(copy, shop.tenant, shop.key));
    assert.deepEqual(found.filter((one) => !one.sku.startsWith('during-')), before);
    await ok(new Shop(copy, shop.tenant, shop.key).create_item({ sku: 'only in the copy' }), 201);
  } finally {
    await copy.stop();
  }
  await refused(shop.get('only in the copy'), 'INVENTORY_NOT_FOUND');
});

test('a_backup_of_a_database_is_left_to_its_own_tools_and_it_says_so', postgresql_only('a folder is copied'), async () => {
  const { code, stdout, stderr } = await cli(['backup', join(temporary_folder(), 'backup'), ...on_store]);
  assert.notEqual(code, 0);
  assert.match(stdout + stderr, /pg_basebackup|pg_dump/);
});

test('verify_agrees_while_the_server_runs', async () => {
  const verified = await server.cli('verify');
  assert.equal(verified.ok, true);
  assert(verified.items > 0 && verified.adjustments > 0);
});

test('two_servers_cannot_have_one_folder', embedded_only('many may share a database'), async () => {
  const { code, stderr, stdout } = await cli(['serve', ...on_store, '--listen', '127.0.0.1:0']);
  assert.equal(code, 1, stderr + stdout);
  assert.equal((await server.cli('tenant', 'list')).length > 0, true);
});

test('two_servers_share_a_database_and_see_each_others_writes_at_once', postgresql_only('a folder belongs to one server'), async () => {
  const other = new Server([], server.store);
  await other.start();
  try {
    const here = await server.open_shop();
    const there = new Shop(other, here.tenant, here.key);
    const warehouse_id = await here.add_warehouse();
    await there.add_item('A', { [warehouse_id]: 5 });
    await ok(here.put('A', { warehouse_id, delta: 2 }));
    assert.deepEqual([await here.on_hand('A'), await there.on_hand('A')], [7, 7]);
    const { id } = (await ok(there.reserve({ reference: 'o', lines: [{ sku: 'A', quantity: 3 }] }), 201)).data;
    await ok(here.ship(id));
    await refused(there.release(id), 'RESERVATION_CLOSED');
    assert.equal(await there.on_hand('A'), 4);
    const sent = { 'Idempotency-Key': 'over-two-nodes' };
    const first = await ok(here.put('A', { warehouse_id, delta: 1 }, sent));
    const again = await there.put('A', { warehouse_id, delta: 1 }, sent);
    assert.deepEqual([again.body, again.headers.get('idempotent-replayed')], [first, 'true']);
    const { key, key_id } = await here.with_key(['*']);
    await ok(new Shop(other, here.tenant, key).list());
    await server.cli('key', 'revoke', key_id);
    await refused(new Shop(other, here.tenant, key).list(), 'UNAUTHORIZED');
  } finally {
    await other.stop();
  }
});

test('a_port_that_is_taken_is_said_so', async () => {
  const { code, stderr, stdout } = await cli(['serve', '--data', join(temporary_folder(), 'data'), '--listen', `127.0.0.1:${server.port}`]);
  assert.equal(code, 1);
  assert.match(stderr + stdout, new RegExp(String(server.port)));
});

// Serves at a terminal of its own, closes that, and prints how the server ended.
const at_a_terminal = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
text = ""
while "Ctrl-C" not in text: text += os.read(terminal, 1000).decode()
os.close(terminal)
print(os.waitpid(pid, 0)[1])
`;

test('a_server_whose_terminal_is_closed_ends_in_good_order', () => {
  const ended = execFileSync('python3', ['-c', at_a_terminal, binary, 'serve', '--data', join(temporary_folder(), 'data'), '--listen', '127.0.0.1:0']);
  assert.equal(String(ended).trim(), '0');
});
