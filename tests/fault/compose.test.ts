// Goal: what packaging/compose says holds: two databases and two nodes come up as it starts them, a node may be lost and be
// made anew, the primary may be lost and its standby be promoted; and the image has what the binary needs.
// Method: its commands, scripts, settings and checks run as they stand, in network namespaces in place of containers, with
// Debian's PostgreSQL, haproxy and this binary in place of the images; what the image of PostgreSQL does at its first start
// is done alike. What Docker itself makes of the file is not seen here. Needs root, PostgreSQL, haproxy; says so where they
// are not.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { binary } from '../api/support/paths.js';
import { why_no_postgres } from '../api/support/postgres.js';
import { until as wait_until } from '../api/support/wait.js';
import { Boxes } from './support/boxes.js';
import { temporary_folder } from './support/folders.js';
import { send_once } from './support/nodes.js';

const folder = join(process.env.NEXUS_REPOSITORY!, 'packaging/compose');
const file = readFileSync(join(folder, 'compose.yaml'), 'utf8');

// What stands at a place of the file, which is written plainly enough for that.
function value(section: string, key: string): string {
  const lines = file.split('\n');
  const depth = (line: string) => line.search(/\S/);
  const begin = lines.findIndex((line) => depth(line) <= 2 && line.trim().split(' ')[0] === `${section}:`);
  const length = lines.slice(begin + 1).findIndex((line) => line !== '' && depth(line) <= depth(lines[begin]));
  const found = lines.slice(begin + 1, begin + 1 + length).find((line) => line.trimStart().startsWith(`${key}: `));
  assert(found, `${key} is not in ${section}`);
  return found.slice(found.indexOf(': ') + 2);
}
// As long as the file lets a database take, on a slow disk, until it is called unhealthy.
const until = (condition: () => Promise<boolean>) => wait_until(condition, 60_000 * Number(value('x-database', 'start_period').replace(/m$/, '')));
const words = (text: string) => text.replace(/^\[(.*)\]$/, '$1').split(/,? +/);

const postgres_path = `${process.env.NEXUS_TEST_POSTGRESQL_BIN ?? '/usr/lib/postgresql/15/bin'}:${process.env.PATH}`;
// What the image's script does at the first start, and then at each.
const image_of_postgres = `set -Eeo pipefail
initdb --no-sync --username=postgres --pwfile=<(printf %s "$POSTGRES_PASSWORD") $POSTGRES_INITDB_ARGS >/dev/null
echo "listen_addresses = '*'" >>"$PGDATA/postgresql.conf"
printf '\\nhost all all all scram-sha-256\\n' >>"$PGDATA/pg_hba.conf"
pg_ctl -w start -o "\${*:2} -c listen_addresses=''" >/dev/null
. ${folder}/primary.sh
pg_ctl -w stop -m fast >/dev/null
exec "$@"`;
const socket_folder = 'mount -t tmpfs tmpfs /run/postgresql && chmod 1777 /run/postgresql';

const has_haproxy = existsSync('/usr/sbin/haproxy');
const boxes = why_no_postgres ?? (has_haproxy ? await Boxes.open() : 'haproxy is not installed');
const skip = typeof boxes === 'string' ? boxes : undefined;

function data_folder(): string {
  const data = temporary_folder();
  mkdirSync(data);
  for (const path of [data, dirname(data)]) chmodSync(path, 0o777);
  return data;
}

test('the_compose_file_makes_nodes_that_outlive_one_of_them_and_their_primary', { skip }, async (t) => {
  assert(boxes instanceof Boxes);
  t.after(() => boxes.remove());
  const is_healthy = async (name: string) => {
    const [, ...check] = words(value('x-database', 'test'));
    await until(() => boxes.exec(name, ...check).then(() => true, () => false)).catch((error) => assert.fail(`${name}: ${error}\n${boxes.last_words()}`));
  };
  const database = (env: Record<string, string>, command: string[]) => ({ user: 'postgres', mounts: socket_folder, env: { PATH: postgres_path, ...env }, command });
  boxes.start('db1', database(
    { PGDATA: join(data_folder(), 'data'), POSTGRES_PASSWORD: value('db1', 'POSTGRES_PASSWORD'), POSTGRES_INITDB_ARGS: value('db1', 'POSTGRES_INITDB_ARGS') },
    ['bash', '-c', image_of_postgres, 'bash', ...words(value('db1', 'command'))],
  ));
  await is_healthy('db1');
  const volume = data_folder();
  const standby = database(
    { PGDATA: join(volume, basename(value('db2', 'PGDATA'))), PGPASSWORD: value('db2', 'PGPASSWORD') },
    ['bash', join(folder, 'standby.sh'), ...words(value('db2', 'command'))],
  );
  boxes.start('db2', standby);
  // In the middle of the copy.
  await until(async () => readdirSync(volume).some((copy) => existsSync(join(volume, copy, 'base'))));
  await boxes.kill('db2');
  boxes.start('db2', standby);
  await is_healthy('db2');
  await until(async () => (await boxes.exec('db1', 'psql', '-qAtc', 'SELECT sync_state FROM pg_stat_replication')) === 'sync');

  const start_node = (name: string) => boxes.start(name, {
    user: 'nobody',
    mounts: 'mount -o remount,bind,ro /',
    privileges: ['--bounding-set', '-all', '--inh-caps', '-all', '--no-new-privs'],
    env: { NEXUS_STORE: value('x-node', 'NEXUS_STORE'), NEXUS_LISTEN: value('x-node', 'NEXUS_LISTEN') },
    command: [binary, 'serve'],
  });
  for (const name of ['node1', 'node2']) start_node(name);
  boxes.start('balancer', { user: 'nobody', env: {}, command: ['/usr/sbin/haproxy', '-db', '-f', join(folder, 'haproxy.cfg')] });
  const url = `http://${boxes.address_of('balancer')}:8080`;
  const is_ready = () => until(async () => (await send_once(url, { method: 'GET', path: '/readyz' }))?.status === 200).catch((error) => assert.fail(`${error}\n${boxes.last_words()}`));
  await is_ready();

  // As often as it takes: one that cannot connect has done nothing.
  const command = async (...args: string[]) => {
    let printed = '';
    await until(() => boxes.exec('node1', binary, ...args).then((text) => ((printed = text), true), () => false));
    return printed;
  };
  await command('tenant', 'create', 'shop');
  const { key } = JSON.parse(await command('key', 'create', '--tenant', 'shop', '--name', 'first', '--owner', 'you@example.com', '--scope', '*', '--json'));
  // Again under the same key while the balancer learns who is there, as clients are told to.
  const answer_to = async (call: Parameters<typeof send_once>[1]) => {
    let answer: Awaited<ReturnType<typeof send_once>>;
    const is_answered = async () => (answer = await send_once(url, { ...call, key })) !== undefined && answer.status < 500;
    await until(is_answered).catch((error) => assert.fail(`${error}\n${boxes.last_words()}`));
    return answer!;
  };
  const add = async (sku: string) => assert.equal((await answer_to({ method: 'POST', path: '/api/inventory', idempotency_key: `add-${sku}`, text: JSON.stringify({ sku }) })).status, 201, boxes.last_words());
  await add('A');

  // Made anew, and then it is the only one.
  await boxes.kill('node1');
  await is_ready();
  await add('B');
  start_node('node1');
  await boxes.kill('node2');
  await is_ready();
  await add('C');

  await boxes.kill('db1');
  await until(async () => (await send_once(url, { method: 'GET', path: '/readyz' }))?.body?.error?.code === 'UNAVAILABLE');
  assert.equal(await boxes.exec('db2', 'psql', '-qAtc', 'SELECT pg_promote()'), 't');
  await is_ready();
  await add('D');
  assert.equal((await answer_to({ method: 'GET', path: '/api/inventory' })).body.data.length, 4);
});

test('the_image_has_every_library_that_the_binary_is_linked_with', { skip: existsSync('/usr/bin/dpkg-query') ? false : 'not on Debian' }, () => {
  const show = (...args: string[]) => String(execFileSync(args[0], args.slice(1), { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 2 ** 26 }));
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
  const [, listed] = dockerfile.match(/--no-install-recommends ((?:.|\\\n)*?) *\\\n *&&/) ?? assert.fail('the Dockerfile installs nothing');
  const depends = new Map<string, string[]>();
  const there = new Set(['apt', ...listed.split(/[\s\\]+/).filter(Boolean)]);
  for (const line of show('dpkg-query', '-W', '-f', '${Package}\t${Essential}\t${Pre-Depends}, ${Depends}\n').split('\n')) {
    const [name, essential, others = ''] = line.split('\t');
    depends.set(name, others.split(',').map((one) => one.trim().split(/[ :|]/)[0]));
    if (essential === 'yes') there.add(name);
  }
  // A set goes on to what is added meanwhile.
  for (const name of there) for (const other of depends.get(name) ?? []) there.add(other);
  const needed = [...show('readelf', '-d', binary).matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, library]) => library);
  assert(needed.length > 5);
  for (const library of needed) {
    const packages = show('dpkg', '-S', `*/${library}`).split('\n').filter(Boolean).map((line) => line.split(':')[0]);
    assert(packages.some((name) => there.has(name)), `${library} of ${packages.join(' or ')} is not in the image`);
  }
});
