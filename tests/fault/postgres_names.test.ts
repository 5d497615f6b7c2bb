// Goal: a resolver of names that does not answer is no worse than a database that does not: nodes say so in time, use the
// hosts that they can find, and end when they are told to.
// Method: in a mount namespace of the node's own, the name server is a socket that nobody reads. Needs root and
// PostgreSQL; says so where they are not.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Postgres, why_no_postgres } from '../api/support/postgres.js';
import { temporary_folder } from './support/folders.js';
import { Nodes, send_once } from './support/nodes.js';
import { ServerProcess } from './support/process.js';

const name = 'database.test';

class SilentNameServer {
  private constructor(readonly socket: Socket, readonly within: string[]) {}

  // The reason when this machine does not let us have one.
  static async start(): Promise<SilentNameServer | string> {
    const address = `127.${process.pid >> 8 & 127}.${process.pid & 255}.53`;
    const socket = createSocket('udp4');
    try {
      socket.bind(53, address);
      await once(socket, 'listening');
      const file = temporary_folder();
      writeFileSync(file, `nameserver ${address}\noptions timeout:30 attempts:5\n`);
      // Nothing else but who is started within asks it.
      const within = ['unshare', '--mount', 'sh', '-c', `mount --bind ${file} /etc/resolv.conf && exec "$@"`, 'sh'];
      execFileSync(within[0], [...within.slice(1), 'true'], { stdio: 'pipe' });
      return new SilentNameServer(socket, within);
    } catch (error) {
      socket.close();
      return `no name server of its own: ${String((error as { stderr?: Buffer }).stderr?.toString().trim() || error)}`;
    }
  }
}

const names = why_no_postgres ?? await SilentNameServer.start();
const skip = typeof names === 'string' ? names : undefined;

test('a_node_whose_name_server_is_silent_serves_by_the_hosts_that_it_finds_and_says_which_it_does_not', { skip }, async (t) => {
  assert(names instanceof SilentNameServer);
  t.after(() => names.socket.close());
  const { within } = names;
  const postgres = await Postgres.start();
  t.after(() => postgres.kill());
  const store = postgres.create_database();
  const key = await Nodes.of(new ServerProcess(store)).open_tenant('names');
  const at = `@${postgres.address}:${postgres.port}/`;
  assert(store.includes(at));

  const lost = new ServerProcess(store.replace(at, `@${name}:${postgres.port}/`));
  t.after(() => lost.kill());
  assert.deepEqual(await lost.start({ within }), { code: 1, signal: null });
  assert(lost.last_words().includes(`the name ${name} is not looked up in time`), lost.last_words());

  const node = new ServerProcess(store.replace(at, `@${name}:${postgres.port},${at.slice(1)}`));
  t.after(() => node.kill());
  await node.must_start({ within });
  const nodes = Nodes.of(node);
  await nodes.are('ready');
  const write = { method: 'POST', path: '/api/inventory', key, text: JSON.stringify({ sku: 'A' }) };
  assert.equal((await send_once(node.url, write))?.status, 201);
  postgres.kill();
  await nodes.are('not ready');
  await postgres.start();
  await nodes.are('ready');
  assert.equal((await send_once(node.url, { method: 'GET', path: '/api/inventory/A', key }))?.status, 200);
  postgres.kill();
  await nodes.are('not ready');
  await node.stop();
});
